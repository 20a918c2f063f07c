"""The set-up check: findings from a few seconds of frames and poses."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Final

import numpy as np

from edge.exercises.base import Sight
from edge.exercises.set_up_check.backdrop import Background
from edge.exercises.set_up_check.findings import (
    blur_line,
    centre_line,
    feet_line,
    frame_rate_line,
    lens_height_line,
    light_line,
    roll_line,
    runner_size_line,
    squareness_line,
)
from edge.exercises.set_up_check.lines import Levelness, levelness
from edge.exercises.set_up_check.picture import edge_ratio, light
from edge.messages.arrays import Floats, Image
from edge.messages.exercise import ExerciseState, ExerciseUpdate, Finding
from edge.messages.frame import Frame
from edge.messages.gait import GaitState
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import (
    ANKLE,
    HEEL,
    LEFT_HIP,
    LEFT_LEG,
    RIGHT_HIP,
    RIGHT_LEG,
    TOE,
)

SET_UP: Final = "set_up"
LASTS_S: Final = 6.0
# The check ends after this even if the frames are so far apart that nothing can be measured.
PATIENCE_S: Final = 30.0
_LONGEST_GAP_S: Final = 1.0
_LOOK_EVERY_S: Final = 0.25
_BACKGROUND_EVERY_S: Final = 0.5
# Half width of the square around the ankle, as a share of the picture's height.
_FOOT_SHARE: Final = 0.12
# A foot slower than this, in picture heights per second, causes no blur.
_QUICK: Final = 1.0
_HEAD_SHARE: Final = 0.08


@dataclass(slots=True)
class _Seen:
    """Measurements from the frames so far."""

    gaps_s: list[float] = field(default_factory=list)
    long_gaps_s: list[float] = field(default_factory=list)
    looks: list[tuple[float, float, float]] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    offsets: list[float] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    cut: list[float] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)


class SetUpCheck:
    """The exercise: six seconds of measurement, then findings on what is good or to be changed.

    A camera of less than a frame a second ends it after ``PATIENCE_S``, with the finding that it is
    too slow.

    Notes
    -----
    Source of the target values: docs/gait-metrics.md, "Camera". The person may stand, walk or run;
    only blur needs a quick foot. Lens height assumes a level camera and a ground-to-hip height of
    0.9 m.
    """

    def __init__(self) -> None:
        self._seen = _Seen()
        self._background = Background()
        self._elapsed_s = self._waited_s = 0.0
        self._last_s = np.nan
        self._looked_s = self._kept_s = -np.inf
        self._ankle: tuple[float, Floats] | None = None
        self._tenth = -1
        self._over = False

    @property
    def progress(self) -> float:
        """Share of the six seconds measured, or of the patience used up, 0 to 1."""
        return min(max(self._elapsed_s / LASTS_S, self._waited_s / PATIENCE_S), 1.0)

    def update(self, seen: Sight) -> list[ExerciseUpdate]:
        """Process one frame; return an update at each tenth, and the findings at the end.

        After the six seconds the background is computed in steps, one per frame, because together
        they would take as long as many frames.
        """
        if seen.frame is None or self._over:
            return []
        if self.progress >= 1:
            return self._conclude(seen.pose.time_s)
        self._measure(seen.frame, seen.pose, seen.state)
        self._seen.codes.update(notice.code for notice in seen.notices)
        tenth, self._tenth = self._tenth, int(10 * self.progress)
        if tenth == self._tenth:
            return []
        return [
            ExerciseUpdate(
                kind=SET_UP,
                state=ExerciseState.MEASURING,
                time_s=seen.pose.time_s,
                progress=self.progress,
                code="looking",
            )
        ]

    def finish(self) -> list[ExerciseUpdate]:
        """Return nothing: half a check is none."""
        return []

    def _conclude(self, time_s: float) -> list[ExerciseUpdate]:
        # Between slow frames there is time for all steps at once.
        slow = self._elapsed_s < LASTS_S
        while not self._background.step():
            if not slow:
                return []
        self._over = True
        return [
            ExerciseUpdate(
                kind=SET_UP,
                state=ExerciseState.DONE,
                time_s=time_s,
                progress=1.0,
                code="done",
                findings=self._lines(),
            )
        ]

    def _measure(self, frame: Frame, pose: Pose, state: GaitState) -> None:
        gap_s = frame.time_s - self._last_s
        self._waited_s += gap_s if gap_s > 0 else 0.0
        # The check continues when a clip restarts or a camera comes back.
        if 0 < gap_s < _LONGEST_GAP_S and not frame.breaks:
            self._seen.gaps_s.append(gap_s)
            self._elapsed_s += gap_s
        else:
            if gap_s > 0 and not frame.breaks:
                self._seen.long_gaps_s.append(gap_s)
            self._looked_s = self._kept_s = -np.inf
            self._ankle = None
        self._last_s = frame.time_s
        self._look(frame, pose, state)

    def _look(self, frame: Frame, pose: Pose, state: GaitState) -> None:
        time_s = frame.time_s
        if time_s - self._kept_s >= _BACKGROUND_EVERY_S:
            self._kept_s = time_s
            self._background.keep(frame.image)
        if not pose.found:
            self._ankle = None
            return
        self._look_at_foot(frame, pose, state)
        if time_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = time_s
            self._look_at_runner(frame, pose)

    def _look_at_foot(self, frame: Frame, pose: Pose, state: GaitState) -> None:
        """Measure the sharpness of the near foot while it is quick."""
        leg = RIGHT_LEG if state.near_side is Side.RIGHT else LEFT_LEG
        ankle = pose.body_px[leg[ANKLE]]
        before, self._ankle = self._ankle, (frame.time_s, ankle)
        if before is None or frame.time_s <= before[0] or state.near_side is None:
            return
        height = frame.image.shape[0]
        speed = abs(float(ankle[0] - before[1][0])) / (frame.time_s - before[0]) / height
        if speed > _QUICK:
            self._seen.ratios.append(edge_ratio(_around(frame.image, ankle, _FOOT_SHARE * height)))

    def _look_at_runner(self, frame: Frame, pose: Pose) -> None:
        height, width = frame.image.shape[:2]
        known = pose.xy_px[np.isfinite(pose.xy_px).all(axis=1)]
        (left, top), (right, bottom) = known.min(axis=0), known.max(axis=0)
        self._seen.looks.append(light(_cut(frame.image, left, top, right, bottom)))
        tall = float(bottom - top)
        self._seen.sizes.append((1 + _HEAD_SHARE) * tall / height)
        feet = pose.body_px[[LEFT_LEG[HEEL], LEFT_LEG[TOE], RIGHT_LEG[HEEL], RIGHT_LEG[TOE]]]
        if np.isfinite(feet).all():
            beyond = (feet < 0) | (feet > np.array([width - 1, height - 1]))
            self._seen.cut.append(float(beyond.any()))
        hips = pose.body_px[[LEFT_HIP, RIGHT_HIP]]
        if np.isfinite(hips).all():
            middle = hips.mean(axis=0)
            leg = float(bottom - middle[1])
            if leg > 0:
                self._seen.offsets.append(float(middle[0] - width / 2) / leg)
                self._seen.heights.append(float(bottom - height / 2) / leg)

    def _lines(self) -> tuple[Finding, ...]:
        seen = self._seen
        level = _level_of(self._background.picture)
        return (
            frame_rate_line(np.array(seen.gaps_s or seen.long_gaps_s)),
            light_line(*_middles(seen.looks)),
            blur_line(_middle(seen.ratios), len(seen.ratios)),
            runner_size_line(_middle(seen.sizes), max(seen.sizes, default=float("nan"))),
            centre_line(_middle(seen.offsets)),
            squareness_line(level.yaw_deg),
            roll_line(level.roll_deg),
            lens_height_line(_lowest_ground(seen.heights)),
            feet_line(
                float(np.mean(seen.cut)) if seen.cut else float("nan"),
                seen.codes,
                len(seen.ratios),
            ),
        )


def _level_of(background: Image | None) -> Levelness:
    if background is None:
        return Levelness(roll_deg=float("nan"), yaw_deg=float("nan"))
    return levelness(background)


def _lowest_ground(heights: list[float]) -> float:
    """Return the ground's distance below the picture's middle, in legs, as a foot is often up."""
    known = [height for height in heights if isfinite(height)]
    return float(np.percentile(known, 75)) if known else float("nan")


def _middles(rows: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    one, two, three = (_middle([row[i] for row in rows]) for i in range(3))
    return one, two, three


def _middle(values: list[float]) -> float:
    known = [value for value in values if isfinite(value)]
    return float(np.median(known)) if known else float("nan")


def _around(image: Image, at: Floats, half: float) -> Image:
    if not np.isfinite(at).all():
        return image[:0, :0]
    return _cut(image, at[0] - half, at[1] - half, at[0] + half, at[1] + half)


def _cut(image: Image, left: float, top: float, right: float, bottom: float) -> Image:
    x, y = max(int(left), 0), max(int(top), 0)
    return image[y : max(int(bottom), y), x : max(int(right), x)]
