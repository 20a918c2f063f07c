"""The sink that feeds the hub of the pages."""

from edge.messages.health import Health
from edge.serve.live.hub import Hub
from edge.sinks.base import Processed, Sink, SinkMessage


class PageSink(Sink):
    """A sink that passes everything to the hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def write(self, message: SinkMessage) -> None:
        """Publish a frame with its pose and state, then its messages; or the health."""
        match message:
            case Processed(frame=frame, outcome=outcome):
                if outcome.seen.fresh or outcome.seen.another_person:
                    self._hub.publish_another_runner()
                self._hub.publish_frame(frame, outcome.pose, outcome.state)
                for decided in outcome.messages:
                    self._hub.publish(decided)
            case Health():
                self._hub.publish_health(message)
