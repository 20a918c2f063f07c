"""Leg identity: two sources of leg points side by side, and the better one of them."""

from collections import deque
from dataclasses import replace
from math import inf, nan
from typing import Final

from edge.identity.read_legs import with_read_legs
from edge.identity.source_judge import SourceJudge
from edge.identity.source_quality import SourceQuality
from edge.identity.tracked_legs import KEPT_S, TrackedLegs
from edge.identity.view import View, ViewFinder, both_legs
from edge.messages.legs import UNKNOWN_LEGS, LegFlaw, LegQuality, LegSource
from edge.messages.pose import Pose
from edge.messages.side import Side

# A score changes slowly, and costs as much as several frames.
_LOOK_EVERY_S: Final = 0.3


class LegIdentity:
    """The legs of the leg reader, or of the pose model tracked over time, whichever is better.

    Neither silences the other: while the score of one leaves room for the other to be chosen, both
    are followed. Poses without a reader's points come from tracking.

    Parameters
    ----------
    facing
        The facing if a person entered it; None to detect it.

    Attributes
    ----------
    view
        Orientation and size of the runner.
    legs
        The source in force and its score.
    rival
        The poses of the last update by the other source, while it may soon be chosen; else empty.
    """

    def __init__(self, facing: Side | None = None) -> None:
        self._finder = ViewFinder(facing)
        self._tracked = TrackedLegs()
        self._read: deque[Pose] = deque()
        self._reader_quality = SourceQuality()
        self._judge = SourceJudge()
        self._looked_s = -inf
        self._has_reader = True
        self.view = View(facing=facing, leg_px=nan)
        self.legs = UNKNOWN_LEGS
        self.rival: list[Pose] = []

    def reset(self) -> None:
        """Forget the person."""
        self._finder.reset()
        self._tracked.reset()
        self._read.clear()
        self._forget_scores()

    def update(self, pose: Pose) -> list[Pose]:
        """Add one raw pose.

        Returns
        -------
        The poses of the last 0.3 s, oldest first, legs repaired with current knowledge.
        """
        if pose.breaks:
            self.reset()
        facing = self.view.facing
        self.view = self._finder.update(pose)
        if self.view.facing is not facing:
            # Near and far have swapped, so what was learnt belongs to the other leg.
            self._tracked.forget_legs()
            self._forget_scores()
        self._take_read(pose)
        if pose.found:
            # A frame without anybody says nothing about the source of the others.
            self._has_reader = pose.legs_px is not None
        reading = self._has_reader
        doubts = reading and self._judge.doubts
        source = self._judge.source if reading else LegSource.MODEL
        tracking = source is not LegSource.READER
        if tracking or self._judge.compares:
            tracked = self._tracked.update(pose, self.view, repair=tracking or doubts)
        else:
            tracked = []
        self._look(pose.time_s, source, reading=reading)
        chosen, other = (tracked, self._read) if tracking else (self._read, tracked)
        self.rival = list(other) if doubts else []
        return list(chosen)

    def _take_read(self, pose: Pose) -> None:
        """Add the pose with the reader's legs to the window, where there is a reader."""
        near_side, leg_px = self.view.near_side, self.view.leg_px
        if pose.legs_px is not None and near_side is not None and leg_px > 0:
            pose = with_read_legs(pose, near_side, leg_px)
            left, right = both_legs(pose)
            near, far = (left, right) if near_side is Side.LEFT else (right, left)
            self._reader_quality.add(pose.time_s, near, far, leg_px)
        self._read.append(pose)
        while self._read[0].time_s < pose.time_s - KEPT_S:
            self._read.popleft()

    def _look(self, time_s: float, source: LegSource, *, reading: bool) -> None:
        """Score both sources a few times per second, and choose the one for the next frames."""
        if time_s - self._looked_s < _LOOK_EVERY_S:
            if source is not self.legs.source:
                self.legs = replace(self.legs, source=source)
            return
        self._looked_s = time_s
        tracking = source is not LegSource.READER or self._judge.compares
        read = self._reader_quality.score()
        tracked = self._tracked.quality.score() if tracking else (nan, LegFlaw.NONE)
        self.legs = _quality(source, read if source is LegSource.READER else tracked)
        if reading:
            self._judge.look(read[0], tracked[0])

    def _forget_scores(self) -> None:
        self._reader_quality.reset()
        self._judge.reset()
        self._looked_s = -inf
        self.legs = LegQuality(source=self._judge.source)
        self.rival = []


def _quality(source: LegSource, found: tuple[float, LegFlaw]) -> LegQuality:
    return LegQuality(source=source, score=found[0], flaw=found[1])
