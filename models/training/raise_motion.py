"""A single-leg calf-raise set as a motion of the reference renderer, with its exact truth.

The ball of the tested foot is fixed to the belt and the foot turns about it; the heel's rise over
time is prescribed, the leg follows by two-link inverse kinematics, the other foot hangs behind.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rng = np.random.Generator

# A raise is full from 90 % of the full height and partial from 50 %; the full height is the mean of
# the best three of the first five (docs/gait-metrics.md, "Calf raises").
_FULL_SHARE, _PARTIAL_SHARE = 0.9, 0.5
_BEAT_S: Final = 2.0
_STANDS_S, _RESTS_S = 2.2, 1.6
_KNEE_DEG: Final = 5.0
_HALF_STANCE_M: Final = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueRaise:
    """One raise as prescribed: times of leaving the floor, the top, and landing; height in metres.

    ``knee_deg`` is bent on the way up, ``sway_m`` the hips' shift, ``dip`` the share of height lost
    between two tops.
    """

    start_s: float
    end_s: float
    height_m: float
    knee_deg: float = 0.0
    sway_m: float = 0.0
    dip: float = 0.0

    @property
    def top_s(self) -> float:
        """The middle of the time at the top."""
        return (self.start_s + self.end_s) / 2

    def rise_m(self, times_s: Floats) -> Floats:
        """Return the heel's height over time."""
        share = (times_s - self.start_s) / (self.end_s - self.start_s)
        level = _smooth(share / 0.42) * _smooth((1 - share) / 0.42)
        return np.asarray(self.height_m * (level - self.dip * _bump(share, 0.5, 0.16)))

    def bend_deg(self, times_s: Floats) -> Floats:
        """Return the extra knee flexion: the knee gives in before the heel rises, and helps it."""
        share = (times_s - self.start_s) / (self.end_s - self.start_s)
        return np.asarray(self.knee_deg * _bump(share, 0.3, 0.3))

    def shift_m(self, times_s: Floats) -> Floats:
        """Return the hips' shift forward beyond what the foot's turn brings."""
        share = (times_s - self.start_s) / (self.end_s - self.start_s)
        return np.asarray(self.sway_m * _bump(share, 0.5, 0.5))


class RaiseMotion:
    """What the renderer's ``pose`` asks of a motion, for one set of raises.

    Parameters
    ----------
    skeleton
        The renderer's, of the body.
    raises
        The set.
    side
        ``L`` or ``R``, the leg that stands.
    carried
        Share of the ankle's shift forward that the hips follow.
    both
        Whether both feet stand, and raise together.
    wobble
        Seed of the small movements of standing on one leg.
    """

    head_pitch = 0.0

    def __init__(
        self,
        skeleton: Any,
        raises: list[TrueRaise],
        side: str,
        *,
        carried: float = 0.9,
        both: bool = False,
        wobble: int = 0,
    ) -> None:
        self._sk, self._raises, self._side = skeleton, raises, side
        self._carried, self._both = carried, both
        rng = np.random.default_rng((wobble, 7))
        self._phases, self._rates = rng.uniform(0, 6.28, 3), rng.uniform(0.2, 0.7, 3)
        self._far = rng.uniform(55, 85), rng.uniform(-4, 12)
        self.st: dict[str, list[Any]] = {"L": [], "R": []}

    def belt_pos(self, times_s: Any) -> Floats:
        """Return the belt's travel: it stands still."""
        return np.zeros_like(np.asarray(times_s, float))

    def rise_m(self, times_s: Floats) -> Floats:
        """Return the heel's height above the belt."""
        return np.asarray(sum((r.rise_m(times_s) for r in self._raises), np.zeros(len(times_s))))

    def pelvis(self, times_s: Any) -> dict[str, Any]:
        """Return where the pelvis is and how it is turned."""
        t = np.atleast_1d(np.asarray(times_s, float))
        still = np.zeros(len(t))
        hip = self._hip(t)
        sign = 1 if self._side == "L" else -1
        middle = hip - np.array([0, 0 if self._both else sign * self._sk.hip_half, 0])
        if self._both:
            middle[:, 1] = 0
        lean = 3.0 + 0.6 * np.sin(2 * np.pi * self._rates[1] * t + self._phases[1])
        return {
            "pos": middle,
            "R": np.tile(np.eye(3), (len(t), 1, 1)),
            "yaw": still,
            "tilt": still,
            "lean": lean,
            "w": still + np.pi / 2,
            "v": still,
            "ph": still,
            "duty": still + 0.5,
        }

    def legs(self, times_s: Any) -> dict[str, dict[str, Floats]]:
        """Return the joint angles of both legs."""
        t = np.atleast_1d(np.asarray(times_s, float))
        other = "R" if self._side == "L" else "L"
        stands = self._standing(t, self._side)
        return {self._side: stands, other: self._standing(t, other) if self._both else self._up(t)}

    def _standing(self, t: Floats, side: str) -> dict[str, Floats]:
        ankle, pitch = self._ankle(t, side)
        sign = 1 if side == "L" else -1
        hip = self.pelvis(t)["pos"] + np.array([0, sign * self._sk.hip_half, 0])
        thigh, knee, tilt = _two_links(hip, ankle, self._sk.thigh, self._sk.shank)
        return {
            "th": thigh,
            "k": knee,
            "be": tilt,
            "phi": pitch,
            "psi": -pitch,
            "con": np.ones(len(t), bool),
        }

    def _up(self, t: Floats) -> dict[str, Floats]:
        knee, thigh = self._far
        swing = 2.0 * np.sin(2 * np.pi * self._rates[2] * t + self._phases[2])
        return {
            "th": thigh + swing,
            "k": knee + swing,
            "be": np.zeros(len(t)),
            "phi": thigh - knee - 12.0 + swing,
            "psi": np.zeros(len(t)),
            "con": np.zeros(len(t), bool),
        }

    def _ankle(self, t: Floats, side: str) -> tuple[Floats, Floats]:
        """Return the ankle, shape (n, 3), and the foot's pitch in degrees, toes up positive."""
        sk = self._sk
        arm = sk.c_ball[0] - sk.c_heel[0]
        pitch = -np.arcsin(np.clip(self.rise_m(t) / arm, -0.2, 0.95))
        x, z = -sk.c_ball[0], -sk.c_ball[2]
        # The foot turned about the ball, which stays where it is.
        ankle = np.stack(
            [
                np.cos(pitch) * x - np.sin(pitch) * z + sk.c_ball[0],
                np.full(len(t), (1 if side == "L" else -1) * self._foot_y()),
                np.sin(pitch) * x + np.cos(pitch) * z,
            ],
            axis=-1,
        )
        return ankle, np.rad2deg(pitch)

    def _foot_y(self) -> float:
        return float(self._sk.hip_half) if self._both else _HALF_STANCE_M

    def _hip(self, t: Floats) -> Floats:
        """Return the hip of the leg that stands, shape (n, 3)."""
        ankle, _ = self._ankle(t, self._side)
        quiet, _ = self._ankle(np.array([-1.0]), self._side)
        bend = np.deg2rad(_KNEE_DEG + sum((r.bend_deg(t) for r in self._raises), np.zeros(len(t))))
        thigh, shank = self._sk.thigh, self._sk.shank
        span = np.sqrt(thigh**2 + shank**2 + 2 * thigh * shank * np.cos(bend))
        wobble = 0.004 * np.sin(2 * np.pi * self._rates[0] * t + self._phases[0])
        shift = sum((r.shift_m(t) for r in self._raises), np.zeros(len(t)))
        x = quiet[0, 0] + 0.02 + self._carried * (ankle[:, 0] - quiet[0, 0]) + shift + wobble
        across = 0.0 if self._both else 0.02
        y = ankle[:, 1] + (1 if self._side == "L" else -1) * across
        flat = np.hypot(x - ankle[:, 0], y - ankle[:, 1])
        return np.stack([x, y, ankle[:, 2] + np.sqrt(span**2 - flat**2)], axis=-1)


def draw_raises(
    rng: Rng, count: int, best_m: float, *, faults: bool = True
) -> tuple[list[TrueRaise], float]:
    """Draw a set of ``count`` raises on the beat, some of them low or cheated.

    Parameters
    ----------
    rng
        Random numbers.
    count
        Raises in all.
    best_m
        Height of a full raise.
    faults
        Whether to bend knees, sway, bounce and leave the beat.

    Returns
    -------
    The raises, and the time at which the film ends.
    """
    fatigue = rng.uniform(0.0, 0.07)
    raises: list[TrueRaise] = []
    at = _STANDS_S
    slow = int(rng.integers(5, max(count - 3, 6))) if faults and rng.random() < 0.4 else -9
    for number in range(count):
        height = best_m * (1 - fatigue * number / count) * (1 + rng.normal(0, 0.012))
        # The first raises define the full height; low ones come later.
        low = number >= 5 or (number in (1, 3) and rng.random() < 0.15)
        if low and rng.random() < 0.12:
            height = best_m * rng.uniform(0.6, 0.8)
        elif low and rng.random() < 0.05:
            height = best_m * rng.uniform(0.3, 0.42)
        pace = _BEAT_S * (1.45 if slow <= number < slow + 3 else 1.0) + rng.normal(0, 0.03)
        length = pace * rng.uniform(0.78, 0.9)
        one = TrueRaise(start_s=at, end_s=at + length, height_m=height)
        raises.append(_cheated(one, rng) if faults else one)
        at += pace
    return raises, at + _RESTS_S


def _cheated(raised: TrueRaise, rng: Rng) -> TrueRaise:
    kind = rng.choice(["", "knee", "sway", "bounce"], p=[0.82, 0.07, 0.06, 0.05])
    if kind == "knee":
        return replace(raised, knee_deg=rng.uniform(20, 35))
    if kind == "sway":
        return replace(raised, sway_m=rng.uniform(0.10, 0.14) * rng.choice([-1, 1]))
    if kind == "bounce":
        return replace(raised, dip=rng.uniform(0.35, 0.45))
    return raised


def truth_of(raises: list[TrueRaise]) -> list[dict[str, Any]]:
    """Return the set as ``raises.csv`` has it: heights in cm, kinds, and the fault put in."""
    heights = [100 * float(r.rise_m(np.linspace(r.start_s, r.end_s, 400)).max()) for r in raises]
    full_cm = float(np.mean(sorted(heights[:5])[-3:]))
    late = [False] * len(raises)
    for i in range(2, len(raises)):
        gaps = [(raises[j].top_s - raises[j - 1].top_s) / _BEAT_S for j in (i - 1, i)]
        late[i] = all(abs(gap - 1) > 0.2 for gap in gaps)
    return [
        {
            "rep": number,
            "start_s": r.start_s,
            "top_s": r.top_s,
            "end_s": r.end_s,
            "height_cm": height,
            "height_pct": 100 * height / full_cm,
            "kind": _kind(height / full_cm),
            "fault": _fault(r, late[number - 1]),
            "drawn": asdict(r),
        }
        for number, (r, height) in enumerate(zip(raises, heights, strict=True), 1)
    ]


def _kind(share: float) -> str:
    return "full" if share >= _FULL_SHARE else "partial" if share >= _PARTIAL_SHARE else "failed"


def _fault(raised: TrueRaise, late: bool) -> str:
    if raised.knee_deg:
        return "knee_bend"
    if raised.sway_m:
        return "sway"
    return "double_bounce" if raised.dip else "tempo" if late else ""


def _two_links(hip: Floats, ankle: Floats, thigh: float, shank: float) -> tuple[Floats, ...]:
    """Return thigh angle, knee flexion and sideways tilt in degrees, degrees and radians."""
    down = ankle - hip
    tilt = np.arctan2(down[:, 1], -down[:, 2])
    deep = np.hypot(down[:, 1], down[:, 2])
    span = np.minimum(np.hypot(down[:, 0], deep), (thigh + shank) * 0.9999)
    knee = np.arccos((span**2 - thigh**2 - shank**2) / (2 * thigh * shank))
    turn = np.arctan2(down[:, 0], deep) + np.arcsin(np.clip(shank * np.sin(knee) / span, -1, 1))
    return np.rad2deg(turn), np.rad2deg(knee), tilt


def _smooth(u: Floats) -> Floats:
    v = np.clip(u, 0.0, 1.0)
    return np.asarray(v * v * (3 - 2 * v))


def _bump(share: Floats, middle: float, half: float) -> Floats:
    """Return a smooth hump of height 1 between ``middle - half`` and ``middle + half``."""
    u = np.clip((share - middle) / half, -1, 1)
    return np.asarray(np.cos(np.pi * u / 2) ** 2)
