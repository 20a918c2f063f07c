"""What a pose model and a camera do to the points of two legs: noise, exchanges, merges, drops.

Modelled on what BlazePose does to rendered runners with exact truth. Legs are arrays of shape
(n, 2, 5, 2), metres in the picture's plane, x forward: left and right leg; hip, knee, ankle, heel,
toe. Inputs are not changed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HIP, KNEE
from edge.numerics.sagittal import knee_flexion_deg
from edge.offline.evaluate.force_plate import LEGS

# Noise that lasts fades with this time.
_LASTS_S = 0.06
# A burst of exchanged frames goes on to the next frame with this chance: two frames on average.
_GOES_ON = 0.5
# When both legs' points are laid on one leg, against the instant the ankles pass each other, and
# for how long: medians -17 ms and one to three frames at 60 a second on eight rendered clips.
_MERGES_AT_S, _MERGES_AT_SD_S = -0.017, 0.02
_MERGED_S = (0.017, 0.05)
# The legs cross where the near knee is bent; a straighter one is no runner's.
_BENT_DEG = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaws:
    """How much goes wrong.

    Attributes
    ----------
    noise_mm
        Standard deviation of white noise in each coordinate, and once more of noise that lasts
        60 ms (first-order autoregressive).
    swap_pct
        Share of frames with left and right exchanged, in bursts of two frames on average, half of
        them from the hips down and half from the knees down.
    merge_pct
        Share of the crossings of the two legs at which, for one to three frames (17 to 50 ms), both
        legs' points lie on one of them; BlazePose does so at about 40 % of them.
    drop_pct
        Share of frames that never come.
    """

    noise_mm: float = 5.0
    swap_pct: float = 0.0
    merge_pct: float = 0.0
    drop_pct: float = 0.0


def noise_m(
    shape: tuple[int, ...], frame_rate_hz: float, flaws: Flaws, random: np.random.Generator
) -> Floats:
    """Return noise of this shape, the first axis being frames."""
    scale = flaws.noise_mm / 1000
    kept = float(np.exp(-1 / (frame_rate_hz * _LASTS_S)))
    lasting = random.normal(size=shape)
    for i in range(1, len(lasting)):
        lasting[i] = kept * lasting[i - 1] + np.sqrt(1 - kept**2) * lasting[i]
    return np.asarray(scale * (lasting + random.normal(size=shape)))


def exchanged(legs: Floats, flaws: Flaws, random: np.random.Generator) -> Floats:
    """Exchange the legs in bursts of frames."""
    seen = legs.copy()
    for first, last in bursts(len(legs), flaws.swap_pct / 100, random):
        top = HIP if random.random() < 0.5 else KNEE
        seen[first:last, :, top:] = legs[first:last, ::-1, top:]
    return seen


def bursts(frames: int, share: float, random: np.random.Generator) -> list[tuple[int, int]]:
    """Return stretches ``[first, last)`` that cover about this share of the frames.

    Notes
    -----
    A chain with two states: what begins a burst is chosen so that the share comes out.
    """
    begins = share * (1 - _GOES_ON) / (1 - share)
    found = []
    i = 0
    while i < frames:
        if random.random() < begins:
            length = int(random.geometric(1 - _GOES_ON))
            found.append((i, min(i + length, frames)))
            # The frame after a burst is a right one, or it would be the same burst.
            i += length + 1
        else:
            i += 1
    return found


def merged(legs: Floats, times_s: Floats, flaws: Flaws, random: np.random.Generator) -> Floats:
    """Lay both legs' points on one of them for a moment around some of the crossings."""
    seen = legs.copy()
    for crossing_s in crossings_s(legs, times_s):
        hits = random.random() < flaws.merge_pct / 100
        middle = crossing_s + random.normal(_MERGES_AT_S, _MERGES_AT_SD_S)
        half = random.uniform(*_MERGED_S) / 2
        top = HIP if random.random() < 0.5 else KNEE
        kept = int(random.random() < 0.5)
        if hits:
            inside = np.flatnonzero(np.abs(times_s - middle) <= half)
            seen[inside, 1 - kept, top:] = legs[inside, kept, top:]
    return seen


def crossings_s(legs: Floats, times_s: Floats) -> Floats:
    """Return when one ankle passes the other with the near knee bent, shape (k,)."""
    gap = legs[:, 0, ANKLE, 0] - legs[:, 1, ANKLE, 0]
    before = np.flatnonzero(gap[:-1] * gap[1:] < 0)
    share = gap[before] / (gap[before] - gap[before + 1])
    near = legs[before, LEGS.index(Side.RIGHT)]
    bent = knee_flexion_deg(near[:, HIP], near[:, KNEE], near[:, ANKLE]) > _BENT_DEG
    times = times_s[before] + share * (times_s[before + 1] - times_s[before])
    return np.asarray(times[bent])


def dropped(frames: int, flaws: Flaws, random: np.random.Generator) -> NDArray[np.bool_]:
    """Return which frames never come, shape (frames,)."""
    return np.asarray(random.random(frames) < flaws.drop_pct / 100)
