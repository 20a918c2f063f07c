"""Opening a network: what is refused, and with which sentence."""

from pathlib import Path

import numpy as np
import pytest
from made_models import SHAPE, a_model, refusal
from pose_samples import real_networks

from edge.messages.errors import ModelError
from edge.pose.runtime.onnx_session import Network


def test_outputs_come_in_the_order_asked_for(tmp_path: Path) -> None:
    path = a_model(tmp_path)
    tensor = np.arange(12, dtype=np.float32).reshape(SHAPE)
    for names, factors in (
        (("double", "negative"), (2, -1)),
        (("negative", "double"), (-1, 2)),
        (("negative",), (-1,)),
    ):
        found = Network(path, SHAPE, names, threads=1).run(tensor)
        assert len(found) == len(factors)
        for output, factor in zip(found, factors, strict=True):
            np.testing.assert_array_equal(output, tensor * factor)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing.onnx"
    assert refusal(path) == f"cannot open the model {path}: there is no such file"


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"cannot open the model {tmp_path}: there is no such file"


@pytest.mark.parametrize(
    "content", [b"", b"this is no model", b"\x00" * 4096], ids=["empty", "text", "zeros"]
)
def test_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.onnx"
    path.write_bytes(content)
    said = refusal(path)
    assert said.startswith(f"cannot open the model {path}: ")
    assert "\n" not in said


def test_half_a_model_is_refused(tmp_path: Path) -> None:
    path = a_model(tmp_path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refusal(path).startswith(f"cannot open the model {path}: ")


def test_the_cause_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        Network(tmp_path / "missing.onnx", SHAPE, ("double",), threads=1)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    "shapes",
    [((1, 4, 4, 3),), ((1, 3, 2, 2),), ((2, 2, 3),), (("batch", 4, 4, 3),), (), (SHAPE, SHAPE)],
    ids=["larger", "channels first", "no batch", "larger, any batch", "no input", "two inputs"],
)
def test_another_input_is_refused_with_both_shapes(
    tmp_path: Path, shapes: tuple[tuple[int | str, ...], ...]
) -> None:
    path = a_model(tmp_path, shapes=shapes)
    said = refusal(path)
    assert said.startswith(f"{path} is not the expected model: input ")
    assert "expected [1, 2, 2, 3] and ['double']" in said
    for shape in shapes:
        assert str(list(shape)) in said


def test_a_batch_left_open_is_taken(tmp_path: Path) -> None:
    path = a_model(tmp_path, shapes=(("batch", 2, 2, 3),))
    network = Network(path, SHAPE, ("double",), threads=1)
    assert network.run(np.ones(SHAPE, np.float32))[0].max() == 2


def test_a_missing_output_is_refused_with_those_there_are(tmp_path: Path) -> None:
    said = refusal(a_model(tmp_path), ("double", "presence"))
    assert "outputs ['double', 'negative']" in said
    assert "['double', 'presence']" in said


def test_the_detector_is_not_taken_for_the_landmark_network(models_dir: Path) -> None:
    with pytest.raises(ModelError, match=r"is not the expected model: input .*224.*256"):
        Network(models_dir / "pose_detection.onnx", (1, 256, 256, 3), ("landmarks",), threads=1)


def test_the_networks_of_the_manifest_are_the_expected_ones(models_dir: Path) -> None:
    real_networks(models_dir)


def test_floating_point_stays_as_it_was_for_everyone_else(tmp_path: Path) -> None:
    # Setting `session.set_denormal_as_zero` changes the calling thread permanently.
    Network(a_model(tmp_path), SHAPE, ("double",), threads=1).run(np.zeros(SHAPE, np.float32))
    smallest = np.full(3, np.finfo(float).smallest_subnormal)
    assert (smallest * 1.0 > 0).all()
