"""Each measurement of the set-up check as one line: well, to be changed, or not measurable."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final

import numpy as np

from edge.messages.arrays import Floats

_WELL_HZ, _LEAST_HZ = 55.0, 29.0
_UNEVEN: Final = 1.8
_DIM, _GLARING = 45.0, 215.0
_MOST_BLACK, _MOST_WHITE = 0.5, 0.2
_BLURRED: Final = 0.28
_LEAST_LOOKS: Final = 20
_SMALL, _LARGE = 0.45, 0.95
# 0.3 m of a leg of 0.9 m.
_OFF_LEGS: Final = 0.33
_TURNED_DEG, _ROLLED_DEG = 10.0, 1.0
_LEG_M: Final = 0.9
# The wanted 0.5 to 0.9 m, give or take what is not known of the runner's height.
_LOW_M, _HIGH_M = 0.4, 1.0


class Result(StrEnum):
    """What one check says."""

    PASS = "pass"
    FIX = "fix"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the check; the value is NaN where nothing was measured."""

    name: str
    result: Result
    code: str
    text: str
    value: float
    unit: str


def frame_rate_line(gaps_s: Floats) -> Line:
    """Judge the intervals between frames, seconds."""
    gaps = gaps_s[gaps_s > 0]
    rate_hz = 1 / float(np.mean(gaps)) if gaps.size else float("nan")
    line = _Maker("frame_rate", rate_hz, "Hz")
    if not isfinite(rate_hz):
        return line(Result.UNKNOWN, "none", "No frames came.")
    shown = f"{rate_hz:.0f} frames a second reach the station"
    if rate_hz < _LEAST_HZ:
        advice = "At least 30 are needed: set the camera to 60, give it light, free the computer."
        return line(Result.FIX, "slow", f"{shown}. {advice}")
    if float(np.percentile(gaps, 95)) > _UNEVEN * float(np.median(gaps)):
        advice = "but unevenly: free the computer, turn automatic exposure off."
        return line(Result.FIX, "uneven", f"{shown}, {advice}")
    if rate_hz < _WELL_HZ:
        return line(Result.PASS, "enough", f"{shown}: enough; 60 are better.")
    return line(Result.PASS, "well", f"{shown}.")


def light_line(brightness: float, black: float, white: float) -> Line:
    """Judge the light on the runner: mean brightness 0 to 255, shares of black and of white."""
    line = _Maker("light", brightness, "of 255")
    if not isfinite(brightness):
        return _nobody(line)
    if brightness < _DIM or black > _MOST_BLACK:
        return line(Result.FIX, "dark", "The runner is too dark: add light from the camera's side.")
    if brightness > _GLARING or white > _MOST_WHITE:
        advice = "The runner is too bright: shorten the exposure, or keep the sun out."
        return line(Result.FIX, "bright", advice)
    return line(Result.PASS, "well", "The light is good.")


def blur_line(ratio: float, looks: int) -> Line:
    """Judge the sharpness of quick feet, as ``edge_ratio`` gives it."""
    line = _Maker("blur", ratio, "")
    if not isfinite(ratio) or looks < _LEAST_LOOKS:
        advice = "Blur shows only while somebody runs: check again then."
        return line(Result.UNKNOWN, "no_running", advice)
    if ratio < _BLURRED:
        advice = "Quick feet are blurred: shorten the exposure to 1/500 s and add light."
        return line(Result.FIX, "blurred", advice)
    return line(Result.PASS, "sharp", "Quick feet are sharp.")


def runner_size_line(share: float, largest: float) -> Line:
    """Judge how tall the runner is in the picture, as a share of its height."""
    line = _Maker("runner_size", 100 * share, "%")
    if not isfinite(share):
        return _nobody(line)
    shown = f"The runner fills {100 * share:.0f} % of the picture's height"
    if share < _SMALL:
        return line(Result.FIX, "small", f"{shown}: zoom in, or turn the camera upright.")
    if largest > _LARGE:
        return line(Result.FIX, "large", f"{shown} and may be cut off: move the camera away.")
    return line(Result.PASS, "well", f"{shown}.")


def centre_line(offset_legs: float) -> Line:
    """Judge how far right of the middle the runner is, in leg lengths."""
    line = _Maker("centre", 100 * offset_legs, "% of leg")
    if not isfinite(offset_legs):
        return _nobody(line)
    if abs(offset_legs) > _OFF_LEGS:
        where = "right" if offset_legs > 0 else "left"
        advice = f"move the camera to the {where}, do not turn it."
        return line(Result.FIX, where, f"The runner is {where} of the middle: {advice}")
    return line(Result.PASS, "well", "The runner is in the middle.")


def squareness_line(yaw_deg: float) -> Line:
    """Judge how far the camera is turned from square to the belt, degrees."""
    line = _Maker("squareness", yaw_deg, "deg")
    if not isfinite(yaw_deg):
        advice = "Too few straight edges to tell: see that the camera looks square at the belt."
        return line(Result.UNKNOWN, "no_edges", advice)
    shown = f"The camera is turned by about {abs(yaw_deg):.0f} degrees"
    if abs(yaw_deg) > _TURNED_DEG:
        return line(Result.FIX, "turned", f"{shown}: place it square to the belt.")
    return line(Result.PASS, "well", f"{shown}, little enough.")


def roll_line(roll_deg: float) -> Line:
    """Judge how far the camera is rolled, degrees, positive clockwise in the picture."""
    line = _Maker("roll", roll_deg, "deg")
    if not isfinite(roll_deg):
        advice = "Too few straight edges to tell: level the camera with a spirit level."
        return line(Result.UNKNOWN, "no_edges", advice)
    cost = "each degree moves the knee by 1.6 % of the shank"
    shown = f"The picture is rolled by about {abs(roll_deg):.1f} degrees"
    if abs(roll_deg) > _ROLLED_DEG:
        way = "clockwise" if roll_deg > 0 else "counterclockwise"
        return line(Result.FIX, way, f"{shown} {way}: level the camera; {cost}.")
    return line(Result.PASS, "well", f"{shown}; {cost}.")


def lens_height_line(middle_legs: float) -> Line:
    """Judge how high above the ground the picture's middle is, in leg lengths."""
    height_m = _LEG_M * middle_legs
    line = _Maker("lens_height", height_m, "m")
    if not isfinite(height_m):
        return _nobody(line)
    shown = f"If the camera is level, its lens is about {height_m:.1f} m above the belt"
    if height_m < _LOW_M:
        return line(Result.FIX, "low", f"{shown}: raise it to 0.5 to 0.9 m.")
    if height_m > _HIGH_M:
        return line(Result.FIX, "high", f"{shown}: lower it to 0.5 to 0.9 m.")
    return line(Result.PASS, "well", f"{shown}.")


class _Maker:
    """Makes the line of one measurement."""

    def __init__(self, name: str, value: float, unit: str) -> None:
        self._name, self._value, self._unit = name, value, unit

    def __call__(self, result: Result, code: str, text: str) -> Line:
        return Line(
            name=self._name,
            result=result,
            code=code,
            text=text,
            value=self._value,
            unit=self._unit,
        )


def _nobody(line: _Maker) -> Line:
    return line(Result.UNKNOWN, "no_runner", "Nobody was seen on the belt.")
