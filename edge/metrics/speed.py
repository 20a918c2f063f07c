"""Estimate of belt speed in m/s from the picture, for when no speed was entered."""

# Assumed leg length in metres (the model's hip to knee to ankle): mean over the 15 rendered running
# clips, with a between-runner SD of 0.05, so the speed is accurate to about 7 %.
_LEG_M = 0.80


def estimated_speed_mps(belt_speed_px_s: float, leg_px: float) -> float:
    """Return the belt speed in m/s, from belt speed and leg length in the picture.

    NaN if either is NaN. Good enough to select limits; not a measurement.
    """
    return _LEG_M * belt_speed_px_s / leg_px if leg_px > 0 else float("nan")
