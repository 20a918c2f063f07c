"""Weights come out of a reader's file as they went in, so that training can go on."""

from pathlib import Path

import pytest
from leg_reader_graph import build, weights_of

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
