"""C3D: markers in millimetres, x forward, y up, z to the runner's right; no events."""

import warnings
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from edge.export.markers import MARKERS, Markers
from edge.messages.errors import ExportError

# The format counts frames in 16 bits; few readers support its extensions.
MOST_FRAMES: Final = 65_534


def write_c3d(markers: Markers, path: Path) -> None:
    """Write markers as C3D; needs the package ``c3d``.

    Raises
    ------
    ExportError
        If there are more frames than the format holds, or the package is not installed.
    """
    count = len(markers.times_s)
    if count > MOST_FRAMES:
        raise ExportError(f"C3D holds {MOST_FRAMES} frames; this session has {count}: use TRC")
    try:
        c3d: Any = import_module("c3d")
    except ImportError as error:
        raise ExportError("C3D needs the package c3d: pip install toeline[export]") from error
    # A negative scale marks points as floating-point numbers.
    writer = c3d.Writer(point_rate=markers.rate_hz, analog_rate=0.0, point_scale=-1.0)
    nothing = np.empty((0, 0), np.float32)
    for row in markers.xyz_m:
        seen = np.isfinite(row).all(axis=1)
        points = np.zeros((len(MARKERS), 5), np.float32)
        points[:, :3] = np.where(seen[:, None], 1000 * row, 0.0)
        # A residual of -1 marks a point that was not seen.
        points[:, 3] = np.where(seen, 0.0, -1.0)
        writer.add_frames((points, nothing))
    writer.set_point_labels(list(MARKERS))
    writer.set_screen_axis("+X", "+Y")
    with path.open("wb") as file, warnings.catch_warnings():
        # The library warns that there are no analog channels; that is intended.
        warnings.simplefilter("ignore", UserWarning)
        writer.write(file)
