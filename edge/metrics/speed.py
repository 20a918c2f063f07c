"""Estimate of belt speed in m/s from the picture, for when no speed was entered."""

# Assumed leg length in metres, hip to knee to ankle: 0.49 of an adult's stature (Winter 2009,
# doi:10.1002/9780470549148), 0.84 for 1.72 m, and 0.857 as the leg reader sees the 15 rendered
# runners. People differ by 6 % (SD) and the planted foot's speed in the picture is good to 2 %, so
# the speed is accurate to 7 % (SD), and 15 % for nearly everybody.
_LEG_M = 0.85


def estimated_speed_mps(belt_speed_px_s: float, leg_px: float) -> float:
    """Return the belt speed in m/s, from belt speed and leg length in the picture.

    NaN if either is NaN. Good enough to select limits; not a measurement.
    """
    return _LEG_M * belt_speed_px_s / leg_px if leg_px > 0 else float("nan")
