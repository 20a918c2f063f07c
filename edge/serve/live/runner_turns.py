"""Whom the messages are about, and what is remembered of them."""

from dataclasses import dataclass

from msgspec import structs

from edge.messages.gait import GaitState
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.serve.live.recent_strides import RecentStrides
from edge.serve.live.runner_watch import RunnerWatch
from edge.serve.wire import protocol
from edge.serve.wire.encode import Broadcast, text_for
from edge.serve.wire.session_messages import Runner, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Another runner's turn; ``another_session`` tells whether the session is another, too."""

    runner: Runner
    another_session: bool


class RunnerTurns:
    """The runner in front of the camera: their keys, strides of this session, and state.

    Attributes
    ----------
    runner
        The keys as last given by ``turn``.
    """

    def __init__(self) -> None:
        self._watch = RunnerWatch()
        self.runner = self._watch.told
        self._recent = RecentStrides()
        # Strides of this session.
        self._count = 0
        self._state: GaitState | None = None

    @property
    def session_name(self) -> str:
        """Name of the session in progress; empty if there is none."""
        return self._watch.name

    @property
    def waiting(self) -> bool:
        """Whether everything measured is still about the previous runner; see ``RunnerWatch``."""
        return self._watch.waiting

    @property
    def facing(self) -> Side | None:
        """The side of the picture that the runner runs towards; None while unknown."""
        return self._state.facing if self._state else None

    def follow(self, session: Session) -> Turn | None:
        """Process news of the session; return the turn of another runner, if it is one."""
        self._watch.follow(session)
        return self._turn()

    def another(self) -> Turn | None:
        """Note that the pipeline starts anew on a person; return the turn, if it is one."""
        self._watch.another()
        return self._turn()

    def text(self, record: Broadcast) -> protocol.Text:
        """Return a record as a wire message; a stride with the estimates over the last ones."""
        text = text_for(record)
        if isinstance(record, StrideMetrics):
            self._count += 1
            return structs.replace(text, recent=self._recent.update(record), count=self._count)
        return text

    def changes(self, state: GaitState) -> bool:
        """Take in a state; return whether it differs from the last one for a client."""
        before, self._state = self._state, state
        return before is None or before.gist != state.gist

    def _turn(self) -> Turn | None:
        """If the keys have changed, forget the previous runner."""
        before, self.runner = self.runner, self._watch.told
        if self.runner == before:
            return None
        self._recent.clear()
        self._state = None
        another_session = self.runner.session_key != before.session_key
        if another_session:
            self._count = 0
        return Turn(runner=self.runner, another_session=another_session)
