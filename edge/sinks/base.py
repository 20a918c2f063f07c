"""What every destination of the station's messages offers."""

from typing import Protocol

from edge.messages.frame import Frame
from edge.messages.health import Health
from edge.messages.message import Message
from edge.pipeline import Outcome


class Sink(Protocol):
    """Takes what the pipeline brings, on the worker's thread."""

    @property
    def storage_full(self) -> bool:
        """Whether nothing can be recorded for now; ``notice`` says why."""
        ...

    @property
    def records_video(self) -> bool:
        """Whether pictures of the runner are being kept; every page must say so."""
        ...

    @property
    def notice(self) -> str:
        """One sentence if something is wrong with it; else empty."""
        ...

    def frame(self, frame: Frame, outcome: Outcome, latency_ms: float) -> None:
        """Take one processed frame."""
        ...

    def health(self, health: Health) -> None:
        """Take the station's health, about once a second."""
        ...

    def finish(self, messages: list[Message], captured: int, dropped: int) -> None:
        """Take what was still open at the end, and close."""
        ...
