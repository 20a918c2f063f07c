"""The interface of sinks, and the messages that they receive."""

from dataclasses import dataclass, field

from edge.messages.frame import Frame
from edge.messages.health import Health
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.outcome import Outcome
from edge.messages.session import SessionNews, StationRun


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Processed:
    """One processed frame.

    Attributes
    ----------
    frame
        The frame; without its picture for sinks that need none.
    outcome
        The pipeline's result.
    latency_ms
        From the frame's arrival to its last decision.
    """

    frame: Frame
    outcome: Outcome
    latency_ms: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ended:
    """The end of the frames; only health may follow. ``messages`` are those still open then."""

    messages: list[Message] = field(default_factory=list)


SinkMessage = Processed | Ended | Health | SessionNews


class Sink:
    """Base class of sinks, in which every method does nothing.

    Built-in sinks are called on the worker's thread; an error there ends the station. A plug-in
    runs behind ``PluginSink``, which isolates its failures.
    """

    @property
    def notice(self) -> Notice:
        """What is wrong with the sink; empty if nothing is."""
        return Notice()

    @property
    def storage_full(self) -> bool:
        """Whether nothing can be recorded for now; ``notice`` says why."""
        return False

    @property
    def records_video(self) -> bool:
        """Whether pictures of the runner are being recorded; every page must say so."""
        return False

    def open(self, session: StationRun) -> None:
        """Get ready: called once, before the first message."""

    def write(self, message: SinkMessage) -> None:
        """Handle one message: each frame, health about once a second, and ``Ended`` once."""

    def close(self) -> None:
        """Release all resources: called once, after the last message, opened or not."""
