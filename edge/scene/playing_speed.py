"""Film that plays slower or faster than it was filmed, told by the runner's strides and fall."""

from collections import deque
from dataclasses import dataclass, field
from math import inf, isfinite, isnan, nan, pi
from typing import Final

import numpy as np

from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import (
    ANKLE,
    HIP,
    KNEE,
    LEFT_LEG,
    LEFT_SHOULDER,
    RIGHT_LEG,
    RIGHT_SHOULDER,
)
from edge.numerics.quantiles import median
from edge.numerics.sagittal import knee_flexion_deg, runner_axes

# The near ankle ahead of and behind the hip, in leg lengths, for a new swing to count.
_AHEAD_LEGS: Final = 0.1
# 17 rendered runners reach 0.23 to 0.41 ahead and 0.49 to 0.73 behind, and bend the knee to 96 to
# 127 degrees; a walker bends it to 61. Somebody who steps or stretches on the spot reaches less.
_FORE_LEGS: Final = 0.12
_AFT_LEGS: Final = -0.3
_BENDS_DEG: Final = 70.0
# Correlation of the hips' height with the distance of the ankles: 0.47 to 0.9 in running, whose
# hips are lowest while the legs pass each other, and -0.8 in walking (docs/gait-metrics.md). In
# single strides of runners who hardly bounce it is -0.04 to 0.5, of walkers -0.4 to -0.9.
_BOUNCES: Final = -0.2
# Nobody runs with fewer than 114 or more than 286 steps a minute.
_SLOWEST_S: Final = 1.05
_FASTEST_S: Final = 0.42
_CYCLES: Final = 2
# Legs mixed up for a moment cut a stride in two. A swing that was missed makes two strides one, but
# not twice among so few.
_LOOKED_AT: Final = 4
# A cycle longer than this, at eight times slower, is a pause.
_LONGEST_S: Final = 8.0
_LEAST_SAMPLES: Final = 8
# A notice that followed every stride would flicker.
_SAME: Final = 0.1
# Fewer than 140 steps a minute are rare in running, and made slow motion likely enough to ask.
_SELDOM_S: Final = 120 / 140
# So many cycles, and a body that falls so much slower than gravity has it. Three runners filmed and
# three of motion capture are at 0.85 to 1.00, longer legs and a longer contact add a tenth.
_FALLS, _SLOWER = 4, 1.15
# At the rate of the steps, the vertical acceleration of a body that is in the air for a third of
# the time: half a sine of force, in shares of gravity.
_ACCELERATES: Final = 1.2
_GRAVITY: Final = 9.81
# Thigh plus shank of an adult of 1.70 m (Winter, Biomechanics and Motor Control, table 4.1).
_LEG_M: Final = 0.83


@dataclass(slots=True)
class _Cycle:
    """What the near leg did since its last swing began."""

    began_s: float = nan
    times_s: list[float] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    shoulders: list[float] = field(default_factory=list)
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

    def slower(self, stride_s: float) -> float:
        """Return how many times slower than by gravity the body rises and falls.

        Whatever the cadence, a body that leaves the ground twice a stride is accelerated by a known
        share of gravity at that rate; its length in the picture gives the scale. Hip and shoulder
        together move like the body's centre.
        """
        rate = 4 * pi / stride_s
        body = (np.array(self.heights) + np.array(self.shoulders)) / 2
        turns = np.exp(1j * rate * np.array(self.times_s))
        rises_m = _LEG_M * 2 * float(abs(np.mean((body - body.mean()) * turns)))
        accelerates = rises_m * rate**2 / _GRAVITY
        return float(np.sqrt(_ACCELERATES / accelerates)) if accelerates > 0 else inf


class PlayingSpeed:
    """Finds running strides of an impossible duration, and slow ones whose fall is slow, too.

    Notes
    -----
    Activity cannot tell: at half speed the cadence is a walker's. The shape of the stride does not
    depend on the speed at which it plays. Data: poses with settled legs.

    A stride that people can take is only asked about: how far a body bounces differs.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the runner."""
        self._cycle = _Cycle()
        self._swings = False
        # Of the latest cycles the duration if it is impossible; NaN of those that tell nothing.
        self._wrong_s: deque[float] = deque(maxlen=_LOOKED_AT)
        self._right = 0
        self._falls: deque[tuple[float, float]] = deque(maxlen=_FALLS)
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
        shoulder = float(body[[LEFT_SHOULDER, RIGHT_SHOULDER], 1].mean())
        if not all(map(isfinite, (reach, gap, height, shoulder))):
            return
        if reach > _AHEAD_LEGS and not self._swings:
            self._swings = True
            self._end_cycle(pose.time_s)
        elif reach < -_AHEAD_LEGS:
            self._swings = False
        cycle = self._cycle
        cycle.times_s.append(pose.time_s)
        cycle.heights.append(height)
        cycle.shoulders.append(shoulder)
        cycle.gaps.append(gap)
        cycle.fore, cycle.aft = max(cycle.fore, reach), min(cycle.aft, reach)
        bend_deg = float(knee_flexion_deg(hip, knee, ankle))
        cycle.bend_deg = max(cycle.bend_deg, bend_deg if isfinite(bend_deg) else -np.inf)

    def _end_cycle(self, time_s: float) -> None:
        cycle, self._cycle = self._cycle, _Cycle(began_s=time_s)
        stride_s = time_s - cycle.began_s
        if isnan(stride_s) or stride_s > _LONGEST_S or not cycle.runs:
            self._wrong_s.append(nan)
            return
        if _FASTEST_S < stride_s < _SLOWEST_S:
            self._wrong_s.clear()
            self._right += 1
            self._falls.append((stride_s, cycle.slower(stride_s)))
            if self._right >= _CYCLES:
                self._ask()
            return
        self._right = 0
        self._falls.clear()
        self._wrong_s.append(stride_s)
        wrong_s = [s for s in self._wrong_s if isfinite(s)][-_CYCLES:]
        if len(wrong_s) == _CYCLES:
            self._tell(sum(wrong_s) / _CYCLES)

    def _ask(self) -> None:
        """Ask about slow motion if cadence and fall are both slow; else withdraw any notice."""
        stride_s, slower = (median(values) for values in zip(*self._falls, strict=True))
        if len(self._falls) < _FALLS or stride_s < _SELDOM_S or slower < _SLOWER:
            self._notice = Notice()
        elif self._notice.code != "slow_motion_suspect":
            self._notice = Notice("slow_motion_suspect", cadence_spm=round(120 / stride_s))

    def _tell(self, stride_s: float) -> None:
        told_s = dict(self._notice.params).get("stride_s")
        if told_s is not None and abs(stride_s / float(told_s) - 1) < _SAME:
            return
        rounded_s = round(stride_s, 2)
        if stride_s < _FASTEST_S:
            self._notice = Notice("fast_motion", stride_s=rounded_s)
        else:
            self._notice = Notice("slow_motion", stride_s=rounded_s)
