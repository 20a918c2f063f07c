"""A closed-form stick figure on a treadmill, seen from the side, with exact events and metrics.

Metres, x forward, y up from the belt; the camera projects them to pixels. In stance the ball of the
foot moves with the belt, so the planted foot has belt speed by construction. The knee follows
from hip and ankle.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from edge.gait.foot_signals import BALL_SHARE
from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT, LEFT_LEG, LEFT_SHOULDER, RIGHT_LEG, RIGHT_SHOULDER

SHANK_M, THIGH_M = 0.43, 0.41
LEG_M = SHANK_M + THIGH_M
TRUNK_M = 0.50
# From the heel to the tip of the shoe.
_FOOT_M = 0.638 * SHANK_M
_HEEL_M, _TOE_M = -BALL_SHARE * _FOOT_M, (1 - BALL_SHARE) * _FOOT_M
# From the ball of the flat foot to its other points: ankle, heel, toe.
_FOOT = np.array([[_HEEL_M + 0.05, 0.06], [_HEEL_M, 0.0], [_TOE_M, 0.0]])
_SOLE_M = 0.02
# The foot turns about its ball from this share of stance to this share of swing; by toe-off it has
# covered the third share of its turn's time, and it is steepest at the fourth, a share of swing.
_HEEL_OFF, _FOOT_FLAT, _RISEN, _HIGHEST = 0.5, 0.70, 0.60, 0.30
# The time at which the hips are lowest, as a share of stance.
_LOWEST = 0.55
# The ball of the foot rises this long before toe-off.
_BALL_LEAD_S = 0.02
# Deceleration of the foot after toe-off, m/s^2.
_PUSH_BRAKE = 50.0
_HIP, _KNEE, _ANKLE, _HEEL, _TOE = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The figure's motion. ``lead_s`` is the time from the foot's furthest reach to contact."""

    cadence_spm: float = 166.0
    duty: float = 0.33
    belt_mps: float = 2.5
    knee_toe_pct: float = -6.0
    push_off_deg: float = 12.0
    peak_flexion_deg: float = 45.0
    bounce_m: float = 0.02
    lift_m: float = 0.20
    lead_s: float = 0.028
    trunk_lean_deg: float = 7.0


GOOD = Form()
KNEES_FORWARD = Form(knee_toe_pct=2.0, peak_flexion_deg=50.0, bounce_m=0.032)
BENT_PUSH_OFF = Form(push_off_deg=24.0, peak_flexion_deg=48.0, knee_toe_pct=-4.0)
QUICK = Form(cadence_spm=186.0, belt_mps=2.7)
# Hips highest over the standing foot, both feet down between, furthest reach at contact.
WALK = Form(
    cadence_spm=110.0,
    duty=0.6,
    belt_mps=1.1,
    knee_toe_pct=-30.0,
    push_off_deg=12.0,
    peak_flexion_deg=30.0,
    bounce_m=-0.015,
    lift_m=0.10,
    lead_s=0.01,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera perpendicular to the belt; the far leg is slightly smaller and higher."""

    facing: Side = Side.RIGHT
    px_per_m: float = 250.0
    size_px: tuple[int, int] = (1280, 720)
    ground_px: float = 640.0
    centre_px: float = 640.0
    far_scale: float = 0.96

    def image(self, points: Floats, *, far: bool = False) -> Floats:
        """Project points, shape (..., 2), metres, to pixels."""
        forward = 1.0 if self.facing is Side.RIGHT else -1.0
        scale = self.px_per_m * (self.far_scale if far else 1.0)
        ground = self.ground_px - (8.0 if far else 0.0)
        return np.stack(
            [self.centre_px + forward * scale * points[..., 0], ground - scale * points[..., 1]],
            axis=-1,
        )


@dataclass(frozen=True)
class Runner:
    """One form in front of one camera; the right foot lands first at ``first_contact_s``."""

    form: Form = field(default_factory=Form)
    camera: Camera = field(default_factory=Camera)
    first_contact_s: float = 0.2

    @property
    def stride_s(self) -> float:
        return 120.0 / self.form.cadence_spm

    @property
    def stance_s(self) -> float:
        return self.form.duty * self.stride_s

    @property
    def near(self) -> Side:
        return self.camera.facing

    @property
    def leg_px(self) -> float:
        return LEG_M * self.camera.px_per_m

    @property
    def belt_px_s(self) -> float:
        return self.form.belt_mps * self.camera.px_per_m

    def contact_s(self, side: Side) -> float:
        """Return the time of this side's first contact."""
        return self.first_contact_s + (0.0 if side is Side.RIGHT else self.stride_s / 2)

    def events(self, kind: EventKind, side: Side, end_s: float) -> Floats:
        """Return the exact times of one kind of event in ``[0, end_s)``."""
        within = {
            EventKind.INITIAL_CONTACT: 0.0,
            EventKind.PEAK_KNEE_FLEXION: self.peak_s,
            EventKind.TOE_OFF: self.stance_s,
        }[kind]
        first = (self.contact_s(side) + within) % self.stride_s
        return np.arange(first, end_s, self.stride_s)

    def leg(self, since_s: Floats) -> Floats:
        """Return a leg in metres, shape (n, 5, 2), at times after its own contact."""
        leg = _leg(self.form, self._front_m, self._heel_up, self._landing, np.asarray(since_s))
        span = np.hypot(*(leg[:, _ANKLE] - leg[:, _HIP]).T)
        if (span > LEG_M).any():
            raise ValueError(f"the leg of {LEG_M} m does not reach {span.max():.3f} m")
        return leg

    def points_px(self, times_s: Floats) -> Floats:
        """Return the body with correct leg identity, shape (n, 12, 2)."""
        xy = np.zeros((times_s.size, BODY_COUNT, 2))
        for side, indices in ((Side.LEFT, LEFT_LEG), (Side.RIGHT, RIGHT_LEG)):
            leg = self.leg(times_s - self.contact_s(side))
            xy[:, list(indices)] = self.camera.image(leg, far=side is not self.near)
        hip = self.leg(times_s - self.contact_s(self.near))[:, _HIP]
        lean = np.deg2rad(self.form.trunk_lean_deg)
        up = np.array([np.sin(lean), np.cos(lean)])
        xy[:, [LEFT_SHOULDER, RIGHT_SHOULDER]] = self.camera.image(hip + TRUNK_M * up)[:, None]
        return xy

    @cached_property
    def metrics(self) -> dict[str, float]:
        """The near leg's metrics by their definitions, from the closed form."""
        peak, toe_off = self.leg(np.array([self.peak_s, self.stance_s]))
        landed = self.leg(np.zeros(1))[0]
        after_peak = np.arange(self.peak_s, self.stance_s + 0.06, 0.0005)
        lean = np.deg2rad(self.form.trunk_lean_deg)
        shoulder = toe_off[_HIP] + TRUNK_M * np.array([np.sin(lean), np.cos(lean)])
        reach = 100 * (landed[_ANKLE, 0] - landed[_HIP, 0]) / LEG_M
        # The mid-hip is between the near hip and the far one, which appears smaller.
        share = (1 + self.camera.far_scale) / 2
        return {
            "knee_toe_offset_pct": _knee_toe(peak),
            "shank_angle_deg": _lean(peak[_ANKLE], peak[_KNEE]),
            "hip_ankle_offset_pct": 100 * (peak[_HIP, 0] - peak[_ANKLE, 0]) / LEG_M,
            "knee_flexion_peak_deg": float(_bend(peak)),
            "knee_flexion_contact_deg": float(_bend(landed)),
            "knee_flexion_push_off_deg": float(_bend(self.leg(after_peak)).min()),
            "thigh_extension_deg": _lean(toe_off[_KNEE], toe_off[_HIP]),
            "plantarflexion_deg": -_lean(toe_off[_ANKLE], toe_off[_KNEE])
            - _rise(toe_off[_HEEL], toe_off[_TOE]),
            "line_straightness_pct": _crookedness(toe_off, shoulder),
            "trunk_lean_deg": self.form.trunk_lean_deg,
            "overstride_pct": reach,
            "ground_contact_ms": 1000 * self.stance_s,
            "flight_ms": 1000 * (self.stride_s / 2 - self.stance_s),
            "stride_time_ms": 1000 * self.stride_s,
            "cadence_spm": self.form.cadence_spm,
            "vertical_oscillation_pct": 100 * 2 * abs(self.form.bounce_m) * share / LEG_M,
        }

    @cached_property
    def peak_s(self) -> float:
        """The time from contact to peak knee flexion in stance."""
        return _peak_s(self.form, self._front_m)

    @cached_property
    def straightest_s(self) -> float:
        """The time from contact to the straightest knee around toe-off."""
        t = np.arange(self.peak_s, self.stance_s + 0.06, 0.0005)
        return float(t[np.argmin(_bend(self.leg(t)))])

    @cached_property
    def _front_m(self) -> float:
        """Where the ball of the foot lands, ahead of the hips, for the given knee-toe offset."""

        def excess(front: float) -> float:
            since = np.array([_peak_s(self.form, front)])
            return _knee_toe(_leg(self.form, front, 0.0, 0.0, since)[0]) - self.form.knee_toe_pct

        return _root(excess, 0.15, 0.60)

    @cached_property
    def _heel_up(self) -> float:
        """The foot's rotation in push-off, radians, for the given knee flexion."""
        t = np.arange(self.peak_s, self.stance_s + 0.06, 0.001)

        def excess(heel_up: float) -> float:
            least = _bend(_leg(self.form, self._front_m, heel_up, self._landing, t)).min()
            return float(least) - self.form.push_off_deg

        return _root(excess, 0.3, 1.6)

    @cached_property
    def _landing(self) -> float:
        """The foot's deceleration at contact, m/s^2, for the furthest reach at ``lead_s``."""
        if self.form.lead_s <= 0:
            return 0.0
        t = np.arange(-0.2, 0.0, 0.0005)

        def excess(landing: float) -> float:
            ankle = _leg(self.form, self._front_m, 0.0, landing, t)[:, _ANKLE, 0]
            return -float(t[np.argmax(ankle)]) - self.form.lead_s

        return _root(excess, -400.0, 0.0)


def standing_px(camera: Camera, times_s: Floats) -> Floats:
    """Return the body of a person standing still, shape (n, 12, 2)."""
    ankle = np.array([_HEEL_M + 0.05, 0.06 + _SOLE_M])
    hip = ankle + np.array([0.0, 0.995 * LEG_M])
    leg = np.stack([hip, _knee(hip, ankle), ankle, [_HEEL_M, _SOLE_M], [_TOE_M, _SOLE_M]])
    xy = np.zeros((BODY_COUNT, 2))
    near, far = (RIGHT_LEG, LEFT_LEG) if camera.facing is Side.RIGHT else (LEFT_LEG, RIGHT_LEG)
    xy[[LEFT_SHOULDER, RIGHT_SHOULDER]] = camera.image(hip + np.array([0.0, TRUNK_M]))
    xy[list(near)], xy[list(far)] = camera.image(leg), camera.image(leg, far=True)
    return np.repeat(xy[None], times_s.size, axis=0)


def legs_of(near: Side) -> tuple[list[int], list[int]]:
    """Return the keypoint indices of the near and of the far leg."""
    left, right = list(LEFT_LEG), list(RIGHT_LEG)
    return (left, right) if near is Side.LEFT else (right, left)


def _leg(form: Form, front: float, heel_up: float, landing: float, since_s: Floats) -> Floats:
    """Return hip, knee, ankle, heel and toe, shape (n, 5, 2), ``since_s`` after contact."""
    stride = 120.0 / form.cadence_spm
    stance = form.duty * stride
    tau = np.mod(since_s, stride)
    swing = np.clip((tau - stance) / (stride - stance), 0.0, 1.0)
    back = front - form.belt_mps * stance
    length = stride - stance
    along = _quintic(
        swing,
        (back, -form.belt_mps * length, _PUSH_BRAKE * length**2),
        (front, -form.belt_mps * length, landing * length**2),
    )
    ball_x = np.where(tau < stance, front - form.belt_mps * tau, along)
    # Steep at the start, smooth at the end; its maximum is 1, at two fifths of swing.
    lift = np.clip((tau - stance + _BALL_LEAD_S) / (length + _BALL_LEAD_S), 0.0, 1.0)
    ball_y = form.lift_m * lift**2 * (1 - lift) ** 3 / (0.4**2 * 0.6**3)
    ball = np.stack([ball_x, ball_y + _SOLE_M], axis=-1)
    foot = ball[:, None] + _turned(_FOOT, heel_up * _heel_rise(tau / stance, swing))
    hip = np.stack([np.zeros_like(tau), _hip_height(form, front, tau)], axis=-1)
    ankle = foot[:, 0]
    return np.stack([hip, _knee(hip, ankle), ankle, foot[:, 1], foot[:, 2]], axis=1)


def _heel_rise(stance: Floats, swing: Floats) -> Floats:
    """Return the foot's rotation as a share of its maximum, shortly after toe-off."""
    before = (np.minimum(stance, 1.0) - _HEEL_OFF) / (1 - _HEEL_OFF)
    rise = _smooth(_RISEN * before + (1 - _RISEN) * swing / _HIGHEST)
    fall = _smooth((swing - _HIGHEST) / (_FOOT_FLAT - _HIGHEST))
    return np.asarray(rise * (1.0 - fall))


def _hip_height(form: Form, front: float, tau: Floats) -> Floats:
    stride = 120.0 / form.cadence_spm
    lowest = _LOWEST * form.duty * stride
    ankle = front + _FOOT[0, 0] - form.belt_mps * lowest
    low = _FOOT[0, 1] + _SOLE_M + np.sqrt(_span(form.peak_flexion_deg) ** 2 - ankle**2)
    phase = 4 * np.pi * (tau - lowest) / stride
    return np.asarray(low + form.bounce_m * (1 - np.cos(phase)))


def _span(flexion_deg: float) -> float:
    """Return the distance from hip to ankle at a knee flexion."""
    bend = np.cos(np.deg2rad(flexion_deg))
    return float(np.sqrt(SHANK_M**2 + THIGH_M**2 + 2 * SHANK_M * THIGH_M * bend))


def _knee(hip: Floats, ankle: Floats) -> Floats:
    """Return the knee, ahead of the line from hip to ankle."""
    down = ankle - hip
    span = np.hypot(down[..., 0], down[..., 1])
    along = (span**2 + THIGH_M**2 - SHANK_M**2) / (2 * span)
    ahead = np.sqrt(np.maximum(THIGH_M**2 - along**2, 0.0))
    unit = down / span[..., None]
    normal = np.stack([-unit[..., 1], unit[..., 0]], axis=-1)
    return np.asarray(hip + along[..., None] * unit + ahead[..., None] * normal)


def _turned(points: Floats, toes_down: Floats) -> Floats:
    """Return points, shape (k, 2), rotated about the origin by each angle, shape (n, k, 2)."""
    c, s = np.cos(toes_down)[:, None], np.sin(toes_down)[:, None]
    x, y = points[:, 0], points[:, 1]
    return np.stack([c * x + s * y, -s * x + c * y], axis=-1)


def _smooth(u: Floats) -> Floats:
    """Return a rise from 0 to 1 over ``u`` from 0 to 1 with two continuous derivatives."""
    v = np.clip(u, 0.0, 1.0)
    return np.asarray(v**3 * (10 - 15 * v + 6 * v**2))


def _quintic(
    u: Floats, start: tuple[float, float, float], end: tuple[float, float, float]
) -> Floats:
    """Return the quintic over ``u`` from 0 to 1 with given value and derivatives at both ends."""
    (p, v, a), (q, w, b) = start, end
    c0, c1, c2 = p, v, a / 2
    d0, d1, d2 = q - (c0 + c1 + c2), w - (c1 + 2 * c2), b - 2 * c2
    c3, c4, c5 = 10 * d0 - 4 * d1 + d2 / 2, -15 * d0 + 7 * d1 - d2, 6 * d0 - 3 * d1 + d2 / 2
    return np.asarray(c0 + u * (c1 + u * (c2 + u * (c3 + u * (c4 + u * c5)))))


def _bend(leg: Floats) -> Floats:
    """Return knee flexion by the cosine rule, degrees; the knee always points ahead."""
    span = np.hypot(*np.moveaxis(leg[..., _HIP, :] - leg[..., _ANKLE, :], -1, 0))
    cosine = (span**2 - SHANK_M**2 - THIGH_M**2) / (2 * SHANK_M * THIGH_M)
    return np.asarray(np.rad2deg(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _lean(low: Floats, high: Floats) -> float:
    """Return the forward lean of the upper point over the lower one, degrees."""
    return float(np.rad2deg(np.arctan2(high[0] - low[0], high[1] - low[1])))


def _rise(back: Floats, front: Floats) -> float:
    """Return the upward angle of the line to the front point, degrees."""
    return float(np.rad2deg(np.arctan2(front[1] - back[1], front[0] - back[0])))


def _knee_toe(leg: Floats) -> float:
    return float(100 * (leg[_KNEE, 0] - leg[_TOE, 0]) / SHANK_M)


def _crookedness(leg: Floats, shoulder: Floats) -> float:
    along = shoulder - leg[_ANKLE]
    away = leg[[_KNEE, _HIP]] - leg[_ANKLE]
    cross = along[0] * away[:, 1] - along[1] * away[:, 0]
    return float(100 * np.abs(cross).max() / (along @ along))


def _peak_s(form: Form, front: float) -> float:
    stance = form.duty * 120.0 / form.cadence_spm
    t = np.arange(0.1 * stance, _HEEL_OFF * stance, 0.0005)
    return float(t[np.argmax(_bend(_leg(form, front, 0.0, 0.0, t)))])


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return the root of a function that changes sign once."""
    at_low, at_high = function(low), function(high)
    if at_low * at_high > 0:
        raise ValueError(f"no such form: {at_low:.3g} at {low}, {at_high:.3g} at {high}")
    for _ in range(40):
        middle = (low + high) / 2
        if function(middle) * at_low > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
