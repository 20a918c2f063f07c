"""Every line that the set-up check can show, with its meaning."""

from math import nan
from typing import Final

import numpy as np

from edge.exercises.set_up_check.findings import (
    blur_line,
    centre_line,
    feet_line,
    frame_rate_line,
    lens_height_line,
    light_line,
    roll_line,
    runner_size_line,
    squareness_line,
)
from edge.messages.exercise import Finding, Result

LINES: Final[list[tuple[Finding, Result, str]]] = [
    (frame_rate_line(np.full(300, 1 / 60)), Result.PASS, "well"),
    (frame_rate_line(np.full(300, 1 / 30)), Result.PASS, "enough"),
    (frame_rate_line(np.full(300, 1 / 25)), Result.FIX, "slow"),
    (frame_rate_line(np.tile([1 / 60, 1 / 60, 1 / 60, 2 / 60], 50)), Result.FIX, "uneven"),
    (frame_rate_line(np.array([])), Result.UNKNOWN, "none"),
    (light_line(120, 0.05, 0.01), Result.PASS, "well"),
    (light_line(30, 0.3, 0.0), Result.FIX, "dark"),
    (light_line(230, 0.0, 0.4), Result.FIX, "bright"),
    (light_line(nan, nan, nan), Result.UNKNOWN, "no_runner"),
    (blur_line(0.6, 100), Result.PASS, "sharp"),
    (blur_line(0.2, 100), Result.FIX, "blurred"),
    (blur_line(0.2, 5), Result.UNKNOWN, "no_running"),
    (blur_line(nan, 0), Result.UNKNOWN, "no_running"),
    (runner_size_line(0.7, 0.75), Result.PASS, "well"),
    (runner_size_line(0.3, 0.35), Result.FIX, "small"),
    (runner_size_line(0.9, 1.0), Result.FIX, "large"),
    (centre_line(0.1), Result.PASS, "well"),
    (centre_line(0.6), Result.FIX, "right"),
    (centre_line(-0.6), Result.FIX, "left"),
    (squareness_line(-4.0), Result.PASS, "well"),
    (squareness_line(15.0), Result.FIX, "turned"),
    (squareness_line(nan), Result.UNKNOWN, "no_edges"),
    (roll_line(0.4), Result.PASS, "well"),
    (roll_line(2.0), Result.FIX, "clockwise"),
    (roll_line(-2.0), Result.FIX, "counterclockwise"),
    (roll_line(nan), Result.UNKNOWN, "no_edges"),
    (lens_height_line(0.8), Result.PASS, "well"),
    (lens_height_line(0.2), Result.FIX, "low"),
    (lens_height_line(1.6), Result.FIX, "high"),
    (feet_line(0.0, {"another_person_seen"}, 100), Result.PASS, "seen"),
    (feet_line(0.0, (), 0), Result.UNKNOWN, "no_running"),
    (feet_line(0.0, {"feet_hidden"}, 100), Result.FIX, "hidden"),
    (feet_line(0.1, {"feet_cut"}, 100), Result.FIX, "cut"),
    (feet_line(1.0, (), 0), Result.FIX, "cut"),
    (feet_line(nan, (), 0), Result.UNKNOWN, "no_runner"),
]
