"""Belt speed in metres from the picture, when nobody entered what the treadmill shows."""

# Metres that one leg length in the picture (the model's hip to knee to ankle) stands for: mean over
# the 15 rendered running clips, whose between-runner SD is 0.05, so a speed is known to about 7 %.
_LEG_M = 0.80


def estimated_speed_mps(belt_speed_px_s: float, leg_px: float) -> float:
    """Return the belt speed, m/s, from its speed in the picture and the leg's length there.

    NaN where either is NaN. Good enough to choose a limit by; not a measurement.
    """
    return _LEG_M * belt_speed_px_s / leg_px if leg_px > 0 else float("nan")
