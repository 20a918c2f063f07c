"""The findings of the set-up check: one per measurement, good, to be changed or not measurable."""

from collections.abc import Collection
from math import isfinite
from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.exercise import Finding, Result
from edge.messages.frame import LEAST_RATE_HZ

_WELL_HZ: Final = 55.0
_UNEVEN: Final = 1.8
_DIM, _GLARING = 45.0, 215.0
_MOST_BLACK, _MOST_WHITE = 0.5, 0.2
_BLURRED: Final = 0.28
_LEAST_LOOKS: Final = 20
_CUT_SHARE: Final = 0.3
_SMALL, _LARGE = 0.45, 0.95
# 0.3 m of a leg of 0.9 m.
_OFF_LEGS: Final = 0.33
_TURNED_DEG, _ROLLED_DEG = 10.0, 1.0
_LEG_M: Final = 0.9
# Target 0.5 to 0.9 m, with a margin for the unknown height of the runner.
_LOW_M, _HIGH_M = 0.4, 1.0


def frame_rate_line(gaps_s: Floats) -> Finding:
    """Judge the frame rate from intervals in seconds."""
    gaps = gaps_s[gaps_s > 0]
    rate_hz = 1 / float(np.mean(gaps)) if gaps.size else float("nan")
    line = _Maker("frame_rate", rate_hz, "Hz")
    if not isfinite(rate_hz):
        return line(Result.UNKNOWN, "none")
    if rate_hz < LEAST_RATE_HZ:
        return line(Result.FIX, "slow")
    if float(np.percentile(gaps, 95)) > _UNEVEN * float(np.median(gaps)):
        return line(Result.FIX, "uneven")
    return line(Result.PASS, "enough" if rate_hz < _WELL_HZ else "well")


def light_line(brightness: float, black: float, white: float) -> Finding:
    """Judge the light on the runner: mean brightness 0 to 255, shares of black and white."""
    line = _Maker("light", brightness, "of 255")
    if not isfinite(brightness):
        return _nobody(line)
    if brightness < _DIM or black > _MOST_BLACK:
        return line(Result.FIX, "dark")
    if brightness > _GLARING or white > _MOST_WHITE:
        return line(Result.FIX, "bright")
    return line(Result.PASS, "well")


def blur_line(ratio: float, looks: int) -> Finding:
    """Judge the sharpness of quick feet from ``edge_ratio``."""
    line = _Maker("blur", ratio, "")
    if not isfinite(ratio) or looks < _LEAST_LOOKS:
        return line(Result.UNKNOWN, "no_running")
    return line(Result.FIX, "blurred") if ratio < _BLURRED else line(Result.PASS, "sharp")


def runner_size_line(share: float, largest: float) -> Finding:
    """Judge the height of the runner as a share of the picture's height."""
    line = _Maker("runner_size", 100 * share, "%")
    if not isfinite(share):
        return _nobody(line)
    if share < _SMALL:
        return line(Result.FIX, "small")
    return line(Result.FIX, "large") if largest > _LARGE else line(Result.PASS, "well")


def centre_line(offset_legs: float) -> Finding:
    """Judge the runner's offset to the right of the middle, in leg lengths."""
    line = _Maker("centre", 100 * offset_legs, "% of leg")
    if not isfinite(offset_legs):
        return _nobody(line)
    if abs(offset_legs) > _OFF_LEGS:
        return line(Result.FIX, "right" if offset_legs > 0 else "left")
    return line(Result.PASS, "well")


def squareness_line(yaw_deg: float) -> Finding:
    """Judge the yaw of the camera from square to the belt, degrees."""
    line = _Maker("squareness", yaw_deg, "deg")
    if not isfinite(yaw_deg):
        return line(Result.UNKNOWN, "no_edges")
    if abs(yaw_deg) > _TURNED_DEG:
        return line(Result.FIX, "turned")
    return line(Result.PASS, "well")


def roll_line(roll_deg: float) -> Finding:
    """Judge the roll of the camera, degrees, positive clockwise in the picture."""
    line = _Maker("roll", roll_deg, "deg")
    if not isfinite(roll_deg):
        return line(Result.UNKNOWN, "no_edges")
    if abs(roll_deg) > _ROLLED_DEG:
        return line(Result.FIX, "clockwise" if roll_deg > 0 else "counterclockwise")
    return line(Result.PASS, "well")


def lens_height_line(middle_legs: float) -> Finding:
    """Judge the height of the lens from that of the picture's middle, in leg lengths."""
    height_m = _LEG_M * middle_legs
    line = _Maker("lens_height", height_m, "m")
    if not isfinite(height_m):
        return _nobody(line)
    if height_m < _LOW_M:
        return line(Result.FIX, "low")
    return line(Result.FIX, "high") if height_m > _HIGH_M else line(Result.PASS, "well")


def feet_line(cut_share: float, codes: Collection[str], looks: int) -> Finding:
    """Judge whether the near foot can be seen.

    Parameters
    ----------
    cut_share
        Share of the looks with heel or toe beyond the picture; NaN if nobody was seen.
    codes
        Notices that held meanwhile; those of the feet need a runner.
    looks
        Number of frames with a quick foot.
    """
    line = _Maker("feet", 100 * cut_share, "%")
    if not isfinite(cut_share):
        return _nobody(line)
    if cut_share > _CUT_SHARE or "feet_cut" in codes:
        return line(Result.FIX, "cut")
    if "feet_hidden" in codes:
        return line(Result.FIX, "hidden")
    return line(Result.UNKNOWN, "no_running") if looks < _LEAST_LOOKS else line(Result.PASS, "seen")


class _Maker:
    """Factory of the finding for one measurement."""

    def __init__(self, name: str, value: float, unit: str) -> None:
        self._name, self._value, self._unit = name, value, unit

    def __call__(self, result: Result, code: str) -> Finding:
        return Finding(
            name=self._name, result=result, code=code, value=self._value, unit=self._unit
        )


def _nobody(line: _Maker) -> Finding:
    return line(Result.UNKNOWN, "no_runner")
