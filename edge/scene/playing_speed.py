"""Film that plays slower or faster than it was filmed, told by the runner's strides."""

from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from typing import Final

import numpy as np

from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HIP, KNEE, LEFT_LEG, RIGHT_LEG
from edge.numerics.sagittal import knee_flexion_deg, runner_axes

# The near ankle ahead of and behind the hip, in leg lengths, for a new swing to count.
_AHEAD_LEGS: Final = 0.1
# 17 rendered runners reach 0.23 to 0.41 ahead and 0.49 to 0.73 behind, and bend the knee to 96 to
# 127 degrees; a walker bends it to 61. Somebody who steps or stretches on the spot reaches less.
_FORE_LEGS: Final = 0.12
_AFT_LEGS: Final = -0.3
_BENDS_DEG: Final = 70.0
# Correlation of the hips' height with the distance of the ankles: 0.47 to 0.9 in running, whose
# hips are lowest while the legs pass each other, and -0.8 in walking (docs/gait-metrics.md).
_BOUNCES: Final = 0.3
# Nobody runs with fewer than 114 or more than 286 steps a minute.
_SLOWEST_S: Final = 1.05
_FASTEST_S: Final = 0.42
_CYCLES: Final = 2
# A cycle longer than this, at eight times slower, is a pause.
_LONGEST_S: Final = 8.0
_LEAST_SAMPLES: Final = 8
# A notice that followed every stride would flicker.
_SAME: Final = 0.1


@dataclass(slots=True)
class _Cycle:
    """What the near leg did since its last swing began."""

    began_s: float = nan
    heights: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    fore: float = -np.inf
    aft: float = np.inf
    bend_deg: float = -np.inf

    @property
    def runs(self) -> bool:
        """Whether it is a running stride, at whatever speed it plays."""
        far = self.fore > _FORE_LEGS and self.aft < _AFT_LEGS and self.bend_deg > _BENDS_DEG
        if not far or len(self.heights) < _LEAST_SAMPLES:
            return False
        return float(np.corrcoef(self.gaps, self.heights)[0, 1]) > _BOUNCES


class PlayingSpeed:
    """Finds running strides of an impossible duration.

    Notes
    -----
    Activity cannot tell: at half speed the cadence is a walker's. The shape of the stride does not
    depend on the speed at which it plays. Data: poses with settled legs.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the runner."""
        self._cycle = _Cycle()
        self._swings = False
        self._wrong_s: list[float] = []
        self._right = 0
        self._notice = Notice()

    @property
    def notice(self) -> Notice:
        """The notice about film in slow or fast motion; empty if there is none."""
        return self._notice

    def update(self, pose: Pose, facing: Side | None, leg_px: float) -> None:
        """Add one pose.

        Parameters
        ----------
        pose
            In order of time.
        facing
            The side of the picture run towards, which is also the runner's near side.
        leg_px
            Length of thigh plus shank.
        """
        if pose.breaks or not pose.found or facing is None or not leg_px > 0:
            self._cycle = _Cycle()
            return
        near, far = (LEFT_LEG, RIGHT_LEG) if facing is Side.LEFT else (RIGHT_LEG, LEFT_LEG)
        body = runner_axes(pose.body_px, facing) / leg_px
        hip, knee, ankle = (body[near[at]] for at in (HIP, KNEE, ANKLE))
        reach = float(ankle[0] - hip[0])
        gap = float(abs(ankle[0] - body[far[ANKLE], 0]))
        height = float(hip[1])
        if not all(map(isfinite, (reach, gap, height))):
            return
        if reach > _AHEAD_LEGS and not self._swings:
            self._swings = True
            self._end_cycle(pose.time_s)
        elif reach < -_AHEAD_LEGS:
            self._swings = False
        cycle = self._cycle
        cycle.heights.append(height)
        cycle.gaps.append(gap)
        cycle.fore, cycle.aft = max(cycle.fore, reach), min(cycle.aft, reach)
        bend_deg = float(knee_flexion_deg(hip, knee, ankle))
        cycle.bend_deg = max(cycle.bend_deg, bend_deg if isfinite(bend_deg) else -np.inf)

    def _end_cycle(self, time_s: float) -> None:
        cycle, self._cycle = self._cycle, _Cycle(began_s=time_s)
        stride_s = time_s - cycle.began_s
        if isnan(stride_s) or stride_s > _LONGEST_S or not cycle.runs:
            self._wrong_s.clear()
            return
        if _FASTEST_S < stride_s < _SLOWEST_S:
            self._wrong_s.clear()
            self._right += 1
            if self._right >= _CYCLES:
                self._notice = Notice()
            return
        self._right = 0
        self._wrong_s = [*self._wrong_s, stride_s][-_CYCLES:]
        if len(self._wrong_s) == _CYCLES:
            self._tell(sum(self._wrong_s) / _CYCLES)

    def _tell(self, stride_s: float) -> None:
        told_s = dict(self._notice.params).get("stride_s")
        if told_s is not None and abs(stride_s / float(told_s) - 1) < _SAME:
            return
        rounded_s = round(stride_s, 2)
        if stride_s < _FASTEST_S:
            self._notice = Notice("fast_motion", stride_s=rounded_s)
        else:
            self._notice = Notice("slow_motion", stride_s=rounded_s)
