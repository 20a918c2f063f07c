"""Stick figures that do anything but run, seen from the side, for what must not pass for running.

Metres, x forward, y up from the floor, as in ``synthetic``. Thigh and shank keep their lengths; a
leg is given by its hip and ankle, or by its two angles.
"""

from collections.abc import Callable

import numpy as np
from synthetic import SHANK_M, THIGH_M, TRUNK_M, Camera, legs_of

from edge.messages.arrays import Floats
from edge.messages.skeleton import BODY_COUNT, LEFT_SHOULDER, RIGHT_SHOULDER

_ANKLE_M = 0.08
_STAND_M = 0.99 * (SHANK_M + THIGH_M) + _ANKLE_M
# Heel and toe from the ankle of a flat foot.
_HEEL, _TOE = np.array([-0.05, -0.06]), np.array([0.22, -0.06])

Mime = Callable[[Floats], tuple[Floats, Floats, Floats]]
"""Times to hip, near ankle and far ankle, each shape (n, 2)."""


def mimed_px(mime: Mime, times_s: Floats, camera: Camera | None = None) -> Floats:
    """Return the body in the picture, shape (n, 12, 2)."""
    camera = camera or Camera()
    hip, near, far = mime(times_s)
    xy = np.zeros((times_s.size, BODY_COUNT, 2))
    for ankle, indices, is_far in zip(
        (near, far), legs_of(camera.facing), (False, True), strict=True
    ):
        leg = np.stack([hip, _knee(hip, ankle), ankle, ankle + _HEEL, ankle + _TOE], axis=1)
        xy[:, indices] = camera.image(leg, far=is_far)
    shoulder = camera.image(hip + np.array([0.03, TRUNK_M]))
    xy[:, [LEFT_SHOULDER, RIGHT_SHOULDER]] = shoulder[:, None]
    return xy


def standing(times_s: Floats) -> tuple[Floats, Floats, Floats]:
    """Stand, and shift the weight a little."""
    sway = 0.01 * _sine(times_s, 2.2)
    return _at(sway, _STAND_M), _at(0 * times_s, _ANKLE_M), _at(0.03 + 0 * times_s, _ANKLE_M)


def squats(times_s: Floats, period_s: float = 1.4) -> tuple[Floats, Floats, Floats]:
    """Bend both knees; the feet stay."""
    depth = 0.35 * _up_and_down(times_s, period_s)
    hip = _at(-0.5 * depth, _STAND_M - depth)
    return hip, _at(0 * depth, _ANKLE_M), _at(0.05 + 0 * depth, _ANKLE_M)


def leg_swings(times_s: Floats, period_s: float = 0.9) -> tuple[Floats, Floats, Floats]:
    """Swing the near leg to and fro beside the planted far one."""
    angle = np.deg2rad(45.0) * _sine(times_s, period_s)
    hip = _at(0.02 * _sine(times_s, period_s / 2), _STAND_M)
    reach = 0.98 * (SHANK_M + THIGH_M)
    near = hip + reach * np.stack([np.sin(angle), -np.cos(angle)], axis=-1)
    return hip, near, _at(0 * times_s, _ANKLE_M)


def calf_raises(times_s: Floats, period_s: float = 0.8) -> tuple[Floats, Floats, Floats]:
    """Rise on the toes of both feet."""
    rise = 0.09 * _up_and_down(times_s, period_s)
    ankle = _at(0.05 * rise, _ANKLE_M + rise)
    return _at(0 * rise, _STAND_M + rise), ankle, ankle + np.array([0.03, 0.0])


def jumping_jacks(times_s: Floats, period_s: float = 0.8) -> tuple[Floats, Floats, Floats]:
    """Jump with the feet apart and together, seen from the front."""
    spread = 0.45 * _up_and_down(times_s, period_s)
    jump = 0.08 * _up_and_down(times_s, period_s / 2)
    hip = _at(0 * spread, _STAND_M - 0.12 * _up_and_down(times_s, period_s) + jump)
    return hip, _at(spread, _ANKLE_M + jump), _at(-spread, _ANKLE_M + jump)


def split_jumps(times_s: Floats, period_s: float = 0.9) -> tuple[Floats, Floats, Floats]:
    """Jump from one foot ahead to the other; both land together."""
    ahead = 0.35 * _sine(times_s, period_s)
    jump = 0.1 * _up_and_down(times_s, period_s / 2)
    hip = _at(0 * ahead, _STAND_M - 0.12 + jump)
    return hip, _at(ahead, _ANKLE_M + jump), _at(-ahead, _ANKLE_M + jump)


def marching(times_s: Floats, period_s: float = 1.0) -> tuple[Floats, Floats, Floats]:
    """Lift one knee after the other on the spot."""
    lift = 0.3 * _sine(times_s, period_s)
    near, far = np.maximum(lift, 0.0), np.maximum(-lift, 0.0)
    hip = _at(0 * lift, _STAND_M - 0.01)
    return hip, _at(-0.15 * near, _ANKLE_M + near), _at(-0.15 * far, _ANKLE_M + far)


NO_RUN: tuple[Mime, ...] = (
    standing,
    squats,
    leg_swings,
    calf_raises,
    jumping_jacks,
    split_jumps,
    marching,
)


def _sine(times_s: Floats, period_s: float) -> Floats:
    return np.asarray(np.sin(2 * np.pi * times_s / period_s))


def _up_and_down(times_s: Floats, period_s: float) -> Floats:
    """Return a wave from 0 to 1."""
    return np.asarray((1 - np.cos(2 * np.pi * times_s / period_s)) / 2)


def _at(x: Floats, y: float | Floats) -> Floats:
    return np.stack(np.broadcast_arrays(x, y), axis=-1)


def _knee(hip: Floats, ankle: Floats) -> Floats:
    """Return the knee, ahead of the line from hip to ankle."""
    down = ankle - hip
    span = np.minimum(np.hypot(*down.T), 0.999 * (SHANK_M + THIGH_M))
    along = (span**2 + THIGH_M**2 - SHANK_M**2) / (2 * span)
    ahead = np.sqrt(np.maximum(THIGH_M**2 - along**2, 0.0))
    unit = down / np.hypot(*down.T)[:, None]
    normal = np.stack([-unit[:, 1], unit[:, 0]], axis=-1)
    return np.asarray(hip + along[:, None] * unit + ahead[:, None] * normal)
