"""Simulated errors of a pose model and camera: noise, swapped legs, merged legs, dropped frames.

Modelled on BlazePose's errors on rendered runners with exact truth. Legs are arrays of shape
(n, 2, 5, 2), metres in the picture's plane, x forward: left and right leg; hip, knee, ankle, heel,
toe. Inputs are not modified.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HIP, KNEE
from edge.numerics.sagittal import knee_flexion_deg
from edge.offline.evaluate.force_plate import LEGS

# Time constant of persistent noise.
_LASTS_S = 0.06
# Probability that a burst of swapped frames continues to the next frame: two frames on average.
_GOES_ON = 0.5
# When, relative to the ankles' crossing, and for how long both legs' points merge onto one leg:
# medians -17 ms and one to three frames at 60 fps on eight rendered clips.
_MERGES_AT_S, _MERGES_AT_SD_S = -0.017, 0.02
_MERGED_S = (0.017, 0.05)
# Only crossings with the near knee bent more than this occur in running.
_BENT_DEG = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaws:
    """Amounts of simulated error.

    Attributes
    ----------
    noise_mm
        Standard deviation of white noise in each coordinate, and of persistent noise added to it
        (first-order autoregressive, time constant 60 ms).
    swap_pct
        Share of frames with left and right swapped, in bursts of two frames on average, half of
        them from the hips down and half from the knees down.
    merge_pct
        Share of the legs' crossings at which, for one to three frames (17 to 50 ms), both legs'
        points are on one leg; about 40 % for BlazePose.
    drop_pct
        Share of frames dropped.
    """

    noise_mm: float = 5.0
    swap_pct: float = 0.0
    merge_pct: float = 0.0
    drop_pct: float = 0.0


def noise_m(
    shape: tuple[int, ...], frame_rate_hz: float, flaws: Flaws, random: np.random.Generator
) -> Floats:
    """Return noise of the given shape; the first axis is frames."""
    scale = flaws.noise_mm / 1000
    kept = float(np.exp(-1 / (frame_rate_hz * _LASTS_S)))
    lasting = random.normal(size=shape)
    for i in range(1, len(lasting)):
        lasting[i] = kept * lasting[i - 1] + np.sqrt(1 - kept**2) * lasting[i]
    return np.asarray(scale * (lasting + random.normal(size=shape)))


def exchanged(legs: Floats, flaws: Flaws, random: np.random.Generator) -> Floats:
    """Swap the legs in bursts of frames."""
    seen = legs.copy()
    for first, last in bursts(len(legs), flaws.swap_pct / 100, random):
        top = HIP if random.random() < 0.5 else KNEE
        seen[first:last, :, top:] = legs[first:last, ::-1, top:]
    return seen


def bursts(frames: int, share: float, random: np.random.Generator) -> list[tuple[int, int]]:
    """Return ranges ``[first, last)`` that cover about the given share of the frames.

    Notes
    -----
    A two-state Markov chain; the probability of starting a burst follows from the share.
    """
    begins = share * (1 - _GOES_ON) / (1 - share)
    found = []
    i = 0
    while i < frames:
        if random.random() < begins:
            length = int(random.geometric(1 - _GOES_ON))
            found.append((i, min(i + length, frames)))
            # At least one correct frame separates two bursts.
            i += length + 1
        else:
            i += 1
    return found


def merged(legs: Floats, times_s: Floats, flaws: Flaws, random: np.random.Generator) -> Floats:
    """Put both legs' points on one leg for a moment around some of the crossings."""
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
    """Return the times at which one ankle passes the other with the near knee bent, shape (k,)."""
    gap = legs[:, 0, ANKLE, 0] - legs[:, 1, ANKLE, 0]
    before = np.flatnonzero(gap[:-1] * gap[1:] < 0)
    share = gap[before] / (gap[before] - gap[before + 1])
    near = legs[before, LEGS.index(Side.RIGHT)]
    bent = knee_flexion_deg(near[:, HIP], near[:, KNEE], near[:, ANKLE]) > _BENT_DEG
    times = times_s[before] + share * (times_s[before + 1] - times_s[before])
    return np.asarray(times[bent])


def dropped(frames: int, flaws: Flaws, random: np.random.Generator) -> NDArray[np.bool_]:
    """Return a mask of the dropped frames, shape (frames,)."""
    return np.asarray(random.random(frames) < flaws.drop_pct / 100)
