"""Run the pipeline on poses or pictures, and keep the messages that are compared."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.gait import EventKind, GaitEvent
from edge.messages.message import Message
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.offline.evaluate.agreement import EventScore, score_events


@dataclass(slots=True)
class Heard:
    """The events and strides of one pipeline run, in order of emission."""

    events: list[GaitEvent] = field(default_factory=list)
    strides: list[StrideMetrics] = field(default_factory=list)

    def take(self, messages: Iterable[Message]) -> None:
        """Add one frame's messages."""
        for message in messages:
            if isinstance(message, GaitEvent):
                self.events.append(message)
            elif isinstance(message, StrideMetrics):
                self.strides.append(message)

    def strides_of(self, side: Side) -> list[StrideMetrics]:
        """Return one leg's strides."""
        return [s for s in self.strides if s.side is side]

    def score(
        self,
        kind: EventKind,
        side: Side,
        true_s: Floats,
        window_s: tuple[float, float],
        *,
        confirmed: bool = True,
    ) -> EventScore:
        """Compare one leg's events of one kind with the true times, shape (n,)."""
        events = [
            e for e in self.events if e.kind is kind and e.side is side and e.confirmed is confirmed
        ]
        return score_events(
            true_s,
            np.array([e.time_s for e in events], float),
            np.array([e.decided_at_s for e in events], float),
            window_s,
        )

    @property
    def has_provisional(self) -> bool:
        """Whether provisional events are emitted as well."""
        return any(not e.confirmed for e in self.events)
