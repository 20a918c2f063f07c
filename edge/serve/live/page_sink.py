"""The hub of the pages as a sink."""

from edge.messages.frame import Frame
from edge.messages.health import Health
from edge.messages.message import Message
from edge.pipeline import Outcome
from edge.serve.live.hub import Hub


class PageSink:
    """Give everything to the hub."""

    notice = ""
    storage_full = records_video = False

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def frame(self, frame: Frame, outcome: Outcome, latency_ms: float) -> None:
        """Publish the picture with its overlay, then what was decided."""
        self._hub.publish_frame(frame, outcome.pose, outcome.state)
        for message in outcome.messages:
            self._hub.publish(message)

    def health(self, health: Health) -> None:
        """Publish the health."""
        self._hub.publish_health(health)

    def finish(self, messages: list[Message], captured: int, dropped: int) -> None:
        """Nothing: the last poses are for the record."""
