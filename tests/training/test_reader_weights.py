"""Weights come out of a reader's file as they went in, so that training can go on."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from leg_reader_graph import BLOCKS, CELLS, POINTS, build, weights_of

MODELS = Path(__file__).parents[2] / "models"


@pytest.mark.parametrize(
    ("model", "features", "channels", "passes"),
    [("lite", 192, 32, 2), ("full", 288, 48, 2), ("heavy", 288, 48, 2)],
)
def test_a_reader_built_from_its_own_weights_is_the_same_file(
    model: str, features: int, channels: int, passes: int
) -> None:
    content = (MODELS / f"leg_reader_{model}.onnx").read_bytes()
    assert build(*weights_of(content), features, channels, passes) == content


def seeing_one_block(row: int, column: int, channel: int) -> bytes:
    """Return a reader whose coarse x is the mean of one channel over one block of the map."""
    features, channels, hidden = 4, 3, 48
    inputs = 4 * features + 33 * 5 + BLOCKS**2 * channels
    window = channels * 49
    skip = np.zeros((inputs, 2 * POINTS), np.float32)
    skip[4 * features + 33 * 5 + (row * BLOCKS + column) * channels + channel, ::2] = 1
    shapes = {
        "w0": (inputs, 512),
        "w1": (512, 256),
        "out": (256, 2 * POINTS),
        "mean": (inputs,),
        "middle": (2 * POINTS,),
    }
    shapes |= {f"{name}{i}": (size,) for name in ("b", "shift") for i, size in ((0, 512), (1, 256))}
    where = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    where |= {"scale0": np.ones(512, np.float32), "scale1": np.ones(256, np.float32)}
    where |= {"skip": skip, "spread": np.ones(inputs, np.float32)}
    exactly = {
        "w1": (POINTS, window, hidden),
        "b1": (POINTS, 1, hidden),
        "w2": (POINTS, hidden, 3),
        "b2": (POINTS, 1, 3),
        "skip": (POINTS, window, 2),
        "mean": (POINTS, 1, window),
        "middle": (POINTS, 1, 2),
    }
    fine = {name: np.zeros(shape, np.float32) for name, shape in exactly.items()}
    fine["spread"] = np.ones(exactly["mean"], np.float32)
    return build(where, fine, features, channels)


def test_the_overview_is_the_mean_of_each_block_by_row_column_and_channel() -> None:
    content = seeing_one_block(row=5, column=2, channel=1)
    where, _ = weights_of(content)
    assert where["mean"].size == 4 * 4 + 33 * 5 + BLOCKS**2 * 3
    decoder = np.zeros((1, CELLS, CELLS, 3), np.float32)
    decoder[0, 40:44, 16:24, 1] = 0.5  # half of block (5, 2): its mean is 0.25
    session = onnxruntime.InferenceSession(content)
    given = {"features": np.zeros((1, 2, 2, 4), np.float32), "decoder": decoder}
    (legs,) = session.run(None, given | {"landmarks": np.zeros((1, 195), np.float32)})
    # 0.25 is crop pixel 160; the fine step, which moves nothing, gives the middle of its cell.
    assert legs[0, :, :, 0] == pytest.approx(np.full((2, POINTS // 2), 162.0))
    assert legs[0, :, :, 1] == pytest.approx(np.full((2, POINTS // 2), 130.0))
