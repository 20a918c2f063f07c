"""At which frame another runner begins."""

from math import inf
from typing import Final

from edge.messages.pose import Pose
from edge.messages.reason import Reason

# Someone who appears after the belt was empty this long counts as a new runner.
_EMPTY_S: Final = 10.0


class RunnerChanges:
    """Decides at which frame a new runner begins, or the last one is forgotten."""

    def __init__(self) -> None:
        self._found_s = -inf
        self._asked_anew = self._begun_anew = 0
        self._asked_end = self._ended = 0

    def reset(self) -> None:
        """Forget the runner; whoever is found next is a new one."""
        self._found_s = -inf

    def begin_anew(self) -> None:
        """Treat the next pose as a new runner's first; callable from any thread."""
        self._asked_anew += 1

    def end(self) -> None:
        """Forget the runner at the next pose; callable from any thread."""
        self._asked_end += 1

    def update(self, pose: Pose, *, another_person: bool = False) -> tuple[bool, bool, Reason]:
        """Add one raw pose.

        Parameters
        ----------
        pose
            In order of time.
        another_person
            Whether the person changed without a break in the video.

        Returns
        -------
        Whether the pose is a new runner's first, whether the person changed, and why the previous
        runner is forgotten; no reason if neither.
        """
        # Read once: another thread may change it meanwhile.
        asked, ended = self._asked_anew, self._asked_end
        comes = pose.found and pose.time_s - self._found_s > _EMPTY_S
        fresh = comes or asked != self._begun_anew
        ends = ended != self._ended and not fresh
        self._begun_anew, self._ended = asked, ended
        if fresh:
            self._found_s = -inf
        if pose.found:
            self._found_s = pose.time_s
        return fresh, another_person or ends, _reason(fresh, another_person, ends)


def _reason(fresh: bool, another_person: bool, ends: bool) -> Reason:
    codes = {"new_session": fresh, "another_person": another_person, "session_ended": ends}
    return next((Reason(code) for code, holds in codes.items() if holds), Reason())
