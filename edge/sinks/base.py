"""What every destination of the station's messages offers, and what it is given."""

from dataclasses import dataclass, field

from edge.messages.frame import Frame
from edge.messages.health import Health
from edge.messages.message import Message
from edge.messages.session import SessionNews, StationRun
from edge.pipeline import Outcome


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Processed:
    """One processed frame.

    Attributes
    ----------
    frame
        The picture; without it where a sink has no use for pictures.
    outcome
        What the pipeline made of it.
    latency_ms
        From the frame's arrival to its last decision.
    """

    frame: Frame
    outcome: Outcome
    latency_ms: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ended:
    """The frames have ended; only health may follow. ``messages`` are those still open then."""

    messages: list[Message] = field(default_factory=list)


SinkMessage = Processed | Ended | Health | SessionNews


class Sink:
    """Take what the station brings. Each method does nothing until a sink says otherwise.

    A sink of the station itself is called on the worker's thread; what it raises ends the station.
    A plug-in runs behind ``PluginSink``, which keeps its failures away from everything else.
    """

    @property
    def notice(self) -> str:
        """One sentence if something is wrong with it; else empty."""
        return ""

    @property
    def storage_full(self) -> bool:
        """Whether nothing can be recorded for now; ``notice`` says why."""
        return False

    @property
    def records_video(self) -> bool:
        """Whether pictures of the runner are being kept; every page must say so."""
        return False

    def open(self, session: StationRun) -> None:
        """Get ready: called once, before the first message."""

    def write(self, message: SinkMessage) -> None:
        """Take one message: each frame, health about once a second, and ``Ended`` once."""

    def close(self) -> None:
        """Let go of everything: called once, after the last message, opened or not."""
