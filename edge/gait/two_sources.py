"""Gait from the better of two sources of leg points."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

from edge.gait.gait_tracker import GaitMessage, GaitTracker
from edge.messages.gait import EventKind, GaitEvent, GaitState
from edge.messages.legs import LegFlaw, LegQuality, LegSource
from edge.messages.pose import Pose
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import Stride

# Longer than the judge takes to decide.
_KEPT_S = 3.0
# Both sources place the same contact within this time of each other.
_OVERLAP_S = 0.1
# Two events of the same kind of one leg are at least this far apart.
_SAME_EVENT_S = 0.2


class SourcedGait:
    """A tracker of the gait that follows one source, and a second one while it may be replaced.

    Each stride comes from one source alone. When the source changes, the second tracker takes
    over, and the strides that it has found meanwhile are handed on, as far as the first one has
    found none.

    Parameters
    ----------
    new
        Makes a tracker for the points of a source.
    """

    def __init__(self, new: Callable[[LegSource], GaitTracker]) -> None:
        self._new = new
        self._source = LegSource.READER
        self._tracker = new(self._source)
        self._second: GaitTracker | None = None
        self._waiting: list[GaitEvent | Stride] = []
        self._told_s: dict[tuple[EventKind, Side], float] = {}
        self._stride_end_s: dict[Side, float] = {}

    def reset(self) -> None:
        """Forget the runner."""
        self._tracker.reset()
        self._drop_second()
        self._told_s.clear()
        self._stride_end_s.clear()

    def update(
        self,
        window: Sequence[Pose],
        rival: Sequence[Pose],
        facing: Side | None,
        leg_px: float,
        legs: LegQuality,
    ) -> list[GaitMessage]:
        """Process the current window of poses.

        Parameters
        ----------
        window
            The latest poses of the source in force, oldest first.
        rival
            The same from the other source; empty if it will not be chosen soon.
        facing, leg_px
            As in ``GaitTracker.update``.
        legs
            The source in force and its score; copied into strides and states.

        Returns
        -------
        As ``GaitTracker.update``; after a change of source preceded by what the new one has found.
        """
        late = self._follow(legs.source, window[-1].time_s)
        if rival:
            self._watch(rival, facing, leg_px)
        else:
            self._drop_second()
        found = [*late, *self._tracker.update(window, facing, leg_px)]
        return [_with_quality(self._noted(message), legs) for message in found]

    def _follow(self, source: LegSource, time_s: float) -> list[GaitEvent | Stride]:
        """Change the source; return what the new one has found that the old one has not."""
        if source is self._source:
            return []
        self._source = source
        waiting = self._waiting
        before, self._tracker = self._tracker, self._second or self._new(source)
        self._tracker.resume(before)
        self._drop_second()
        return [
            replace(message, decided_at_s=time_s) for message in waiting if self._is_new(message)
        ]

    def _is_new(self, message: GaitEvent | Stride) -> bool:
        if isinstance(message, Stride):
            return message.start_s >= self._stride_end_s.get(message.side, -inf) - _OVERLAP_S
        told_s = self._told_s.get((message.kind, message.side), -_SAME_EVENT_S)
        return message.time_s >= told_s + _SAME_EVENT_S

    def _watch(self, rival: Sequence[Pose], facing: Side | None, leg_px: float) -> None:
        if self._second is None:
            other = LegSource.TRACKED if self._source is LegSource.READER else LegSource.READER
            self._second = self._new(other)
        for message in self._second.update(rival, facing, leg_px):
            if isinstance(message, Stride) or (
                isinstance(message, GaitEvent) and message.confirmed
            ):
                self._waiting.append(message)
        old_s = rival[-1].time_s - _KEPT_S
        self._waiting = [message for message in self._waiting if message.decided_at_s > old_s]

    def _drop_second(self) -> None:
        self._second = None
        self._waiting = []

    def _noted(self, message: GaitMessage) -> GaitMessage:
        """Note what is told; a stride that overlaps one of the other source does not count."""
        if isinstance(message, GaitEvent) and message.confirmed:
            self._told_s[message.kind, message.side] = message.time_s
        if not isinstance(message, Stride) or not message.valid:
            return message
        if message.start_s < self._stride_end_s.get(message.side, -inf) - _OVERLAP_S:
            return replace(message, valid=False, reason=Reason("legs_changed"))
        self._stride_end_s[message.side] = message.end_s
        return message


def _with_quality(message: GaitMessage, legs: LegQuality) -> GaitMessage:
    if isinstance(message, GaitState) and message.legs.flaw is LegFlaw.STRIDES:
        return replace(message, legs=replace(message.legs, source=legs.source))
    return replace(message, legs=legs) if isinstance(message, Stride | GaitState) else message
