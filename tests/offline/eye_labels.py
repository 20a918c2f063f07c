"""Labels as a person would write them, made from points that are known exactly."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HIP, KNEE, LEG_POINTS
from edge.numerics.sagittal import knee_flexion_deg, runner_axes


def labels_of(
    near_px: Floats,
    stances: Sequence[tuple[float, float]],
    rate_hz: float,
    facing: Side,
    *,
    apart_frames: float = 0.0,
    apart_px: float = 0.0,
    step: int = 1,
) -> dict[str, Any]:
    """Return the entry of one film.

    Parameters
    ----------
    near_px
        Shape (n, 5, 2), the near leg in each frame.
    stances
        Contact and toe-off of each labelled stride, in frames.
    rate_hz, facing
        Of the film; the near leg is on the side it faces.
    apart_frames, apart_px
        How much later, and further right, labeller A sees all than B; the mean is exact.
    step
        Frames between the labelled ones around the peak.
    """
    leg = runner_axes(near_px, facing)
    flexion = knee_flexion_deg(leg[:, HIP], leg[:, KNEE], leg[:, ANKLE])

    def stride(contact: float, off: float) -> dict[str, Any]:
        stance = np.arange(int(np.ceil(contact)), int(off))
        early = stance[: len(stance) * 2 // 3]
        peak = int(early[np.argmax(flexion[early])])
        around = [(peak + step * k, "peak_knee_flexion") for k in (-2, -1, 0, 1, 2)]
        around.append((int(np.ceil(off)) - 1, "toe_off"))
        return {
            "initial_contact_frame": _both(contact, apart_frames),
            "toe_off_frame": _both(off, apart_frames),
            "frames": [
                {"frame": frame, "around": why, "points_px": _points(near_px[frame], apart_px)}
                for frame, why in around
            ],
        }

    return {
        "near_side": facing.value,
        "facing": facing.value,
        "fps": rate_hz,
        "strides": [stride(contact, off) for contact, off in stances],
    }


def _both(frame: float, apart: float) -> dict[str, float]:
    return {"A": frame + apart / 2, "B": frame - apart / 2}


def _points(leg_px: Floats, apart_px: float) -> dict[str, Any]:
    return {
        who: {
            name: [float(x) + by * apart_px / 2, float(y)]
            for name, (x, y) in zip(LEG_POINTS, leg_px, strict=True)
        }
        for who, by in (("A", 1), ("B", -1))
    }
