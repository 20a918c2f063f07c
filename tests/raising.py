"""A closed-form leg that raises its heel: the foot turns about its ball, the leg stays straight."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from skeletons import BLAZEPOSE33

from edge.exercises.base import Sight
from edge.exercises.calf_raise.calf_raise import CalfRaise
from edge.messages.arrays import Floats
from edge.messages.exercise import ExerciseUpdate
from edge.messages.gait import Activity, GaitState, Phase
from edge.messages.pose import Pose
from edge.messages.raises import ExercisePlan
from edge.messages.side import Side

STATURE_M = 1.75
# 0.49 of stature, as the scale has it.
THIGH_M, SHANK_M = 0.435, 0.4225
PX_PER_M = 210.0
# From the ball of the flat foot, forward and up: ankle, heel, tip.
_ANKLE, _HEEL, _TIP = np.array([-0.12, 0.09]), np.array([-0.19, 0.02]), np.array([0.109, 0.03])
STAND_S = 2.0
BEAT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """One raise: how high, how long after the last, and what is wrong with it."""

    height_m: float = 0.09
    gap_s: float = BEAT_S
    knee_deg: float = 0.0
    sway_m: float = 0.0
    dip: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A camera and what it does to the points.

    ``noise_px`` is the scatter of each point, ``lost`` the share of frames whose near foot is
    unsure, ``fooled`` the share in which the reader takes the other leg for the near one.
    """

    facing: Side = Side.RIGHT
    fps: float = 30.0
    noise_px: float = 0.0
    lost: float = 0.0
    fooled: float = 0.0
    seed: int = 0
    far_up_m: float = 0.25
    ends_s: float = 2.0
    reader: bool = True
    ups: Sequence[Up] = field(default_factory=lambda: [Up()] * 6)

    @property
    def tops_s(self) -> list[float]:
        """Times of the tops."""
        gaps_s = [0.0, *(up.gap_s for up in self.ups[1:])]
        return [STAND_S + 1.0 + sum(gaps_s[: i + 1]) for i in range(len(gaps_s))]

    def poses(self) -> list[Pose]:
        """Return the poses of the set."""
        rng = np.random.default_rng(self.seed)
        times_s = np.arange(0.0, self.tops_s[-1] + 1.0 + self.ends_s, 1 / self.fps)
        legs_m = self._legs(times_s)
        poses = []
        for i, time_s in enumerate(times_s):
            pair = legs_m[:, i] + rng.normal(0, self.noise_px / PX_PER_M, (2, 7, 2))
            error = np.full((2, 7), 1.5)
            if rng.random() < self.lost:
                pair[0, 4:] += rng.normal(0, 0.15, (3, 2))
                error[0, 4:] = 30.0
            if rng.random() < self.fooled:
                pair = pair[::-1]
            poses.append(self._pose(i, float(time_s), self._image(pair), error))
        return poses

    def seen(self) -> list[Sight]:
        """Return what the exercise sees."""
        return [Sight(pose=pose, state=state_at(pose, self.facing)) for pose in self.poses()]

    def _legs(self, t: Floats) -> Floats:
        """Return near and far leg, shape (2, n, 7, 2), metres, forward and up."""
        rise, knee, sway = np.zeros((3, t.size))
        for top_s, up in zip(self.tops_s, self.ups, strict=True):
            u = np.clip((t - top_s) / 0.85, -1, 1)
            hump = np.cos(np.pi * u / 2) ** 2
            notch = up.dip * np.cos(np.pi * np.clip(u / 0.35, -1, 1) / 2) ** 2
            rise += up.height_m * (np.minimum(1.4 * hump, 1.0) - notch)
            knee += up.knee_deg * hump
            sway += up.sway_m * hump
        turn = np.arcsin(np.clip(rise / -_HEEL[0], 0, 0.95))
        # The sole's back edge rises by exactly ``rise``; the heel point is a little above it.
        ankle, heel = (_turned(point, turn) for point in (_ANKLE, _HEEL))
        bend = np.deg2rad(4 + knee)
        span = np.sqrt(THIGH_M**2 + SHANK_M**2 + 2 * THIGH_M * SHANK_M * np.cos(bend))
        hip_x = ankle[:, 0] + 0.01 + sway
        hip = np.stack([hip_x, ankle[:, 1] + np.sqrt(span**2 - (hip_x - ankle[:, 0]) ** 2)], -1)
        tip = np.broadcast_to(_TIP, heel.shape)
        near = np.stack(
            [hip + np.array([0, 0.5]), hip, _knee(hip, ankle), ankle, heel, tip, tip], 1
        )
        far_ankle = hip + np.array([-0.12, self.far_up_m - 0.8])
        far_heel, far_tip = far_ankle + np.array([-0.06, -0.05]), far_ankle + np.array([0.13, -0.1])
        far_knee = _knee(hip, far_ankle)
        far = np.stack(
            [hip + np.array([0, 0.5]), hip, far_knee, far_ankle, far_heel, far_tip, far_tip], 1
        )
        return np.stack([near, far])

    def _image(self, legs_m: Floats) -> Floats:
        forward = 1.0 if self.facing is Side.RIGHT else -1.0
        return np.stack(
            [320 + forward * PX_PER_M * legs_m[..., 0], 440 - PX_PER_M * legs_m[..., 1]], -1
        )

    def _pose(self, index: int, time_s: float, legs_px: Floats, error_px: Floats) -> Pose:
        xy = np.full((BLAZEPOSE33.count, 2), np.nan)
        sides = (BLAZEPOSE33.right, BLAZEPOSE33.left)
        near, far = sides if self.facing is Side.RIGHT else sides[::-1]
        for side, leg in zip((near, far), legs_px, strict=True):
            for place, point in zip(side, leg, strict=True):
                if place >= 0:
                    xy[place] = point
        return Pose(
            frame_index=index,
            time_s=time_s,
            size_px=(640, 480),
            skeleton=BLAZEPOSE33,
            xy_px=xy,
            visibility=np.ones(BLAZEPOSE33.count),
            depth_px=np.full(BLAZEPOSE33.count, np.nan),
            presence=1.0,
            legs_px=legs_px.copy() if self.reader else None,
            legs_error_px=error_px if self.reader else None,
        )


def state_at(pose: Pose, facing: Side | None) -> GaitState:
    """Return the gait state of somebody who stands."""
    return GaitState(
        frame_index=pose.frame_index,
        time_s=pose.time_s,
        activity=Activity.STANDING,
        facing=facing,
        near_side=facing,
        left_phase=Phase.UNKNOWN,
        right_phase=Phase.UNKNOWN,
        cadence_spm=np.nan,
        belt_speed_px_s=np.nan,
    )


def run(seen: Sequence[Sight], plan: ExercisePlan | None = None) -> list[ExerciseUpdate]:
    """Return all updates of the exercise, and its end."""
    exercise = CalfRaise(plan or ExercisePlan(stature_m=STATURE_M, target=0))
    updates = [update for sight in seen for update in exercise.update(sight)]
    return updates + exercise.finish()


def nobody(seen: Sight) -> Sight:
    """Return the same frame without anybody."""
    xy = np.full_like(seen.pose.xy_px, np.nan)
    pose = replace(seen.pose, xy_px=xy, legs_px=None, legs_error_px=None, presence=0.0)
    return Sight(pose=pose, state=replace(seen.state, activity=Activity.ABSENT))


def _turned(point: Floats, turn: Floats) -> Floats:
    c, s = np.cos(turn), np.sin(turn)
    return np.stack([c * point[0] + s * point[1], -s * point[0] + c * point[1]], -1)


def _knee(hip: Floats, ankle: Floats) -> Floats:
    down = ankle - hip
    span = np.minimum(np.hypot(down[:, 0], down[:, 1]), THIGH_M + SHANK_M - 1e-6)
    along = (span**2 + THIGH_M**2 - SHANK_M**2) / (2 * span)
    ahead = np.sqrt(np.maximum(THIGH_M**2 - along**2, 0.0))
    unit = down / span[:, None]
    normal = np.stack([-unit[:, 1], unit[:, 0]], -1)
    return np.asarray(hip + along[:, None] * unit + ahead[:, None] * normal)
