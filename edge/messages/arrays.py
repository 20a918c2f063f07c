"""Array types of the messages, and the check that freezes an array."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


Image = NDArray[np.uint8]


def freeze(array: NDArray[np.generic], name: str, shape: tuple[int | None, ...]) -> None:
    """Check ``array`` against ``shape`` (None = any length) and make it read-only."""
    ok = array.ndim == len(shape) and all(
        want is None or have == want for have, want in zip(array.shape, shape, strict=True)
    )
    if not ok:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    array.setflags(write=False)
