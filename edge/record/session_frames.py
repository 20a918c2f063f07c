"""The frames of one session: how many, over what time, and how many were repaired."""

from math import isfinite, nan

from edge.messages.pose import Pose


class SessionFrames:
    """Frames, their times and their repairs."""

    def __init__(self) -> None:
        self._processed = 0
        self._found = 0
        self._swapped = 0
        self._last: Pose | None = None
        self._steps = 0
        self._steps_s = 0.0
        self._first_s = nan
        self._last_s = nan

    def update(self, pose: Pose) -> None:
        """Add one processed frame."""
        self.see(pose.time_s)
        self._processed += 1
        self._found += int(pose.found)
        self._swapped += int(pose.swapped)
        if not isfinite(pose.time_s):
            return
        if self._last is not None and not pose.breaks:
            self._steps += pose.frame_index - self._last.frame_index
            self._steps_s += pose.time_s - self._last.time_s
        self._last = pose

    def see(self, time_s: float) -> None:
        """Extend the session to a time."""
        if isfinite(time_s):
            # min and max keep the first argument when the second is NaN.
            self._first_s = min(time_s, self._first_s)
            self._last_s = max(time_s, self._last_s)

    def counts(self, captured: int | None, dropped: int | None) -> dict[str, int]:
        """Return the ``frames`` entry."""
        if captured is None:
            captured = max(self._processed, self._last.frame_index + 1 if self._last else 0)
        if dropped is None:
            dropped = max(0, captured - self._processed)
        return {"captured": captured, "processed": self._processed, "dropped": dropped}

    def rate_hz(self) -> float:
        """Return captured frames per second, breaks excluded; NaN for fewer than two."""
        return self._steps / self._steps_s if self._steps_s > 0 else nan

    @property
    def first_s(self) -> float:
        """The first time of the session; NaN before it."""
        return self._first_s

    @property
    def last_s(self) -> float:
        """The last time of the session; NaN before it."""
        return self._last_s

    def interval_s(self) -> float:
        """Return the frame interval at the measured rate; 0 while that is unknown."""
        return self._steps_s / self._steps if self._steps > 0 else 0.0

    def duration_s(self) -> float:
        """Return the seconds from the first frame to the end of the last; 0 without frames."""
        if not isfinite(self._first_s):
            return 0.0
        return self._last_s - self._first_s + self.interval_s()

    def swaps(self) -> dict[str, int]:
        """Return the ``leg_swaps`` entry; ``frames`` are those with a person in view."""
        return {"exchanged_frames": self._swapped, "frames": self._found}
