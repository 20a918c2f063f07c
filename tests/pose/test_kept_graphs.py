"""What is kept of a network between openings."""

from pathlib import Path
from zlib import crc32

import numpy as np
import onnx
import pytest
from made_models import SHAPE, a_model
from onnx import helper

from edge.pose.runtime.graph_cache import GraphCache, _sealed
from edge.pose.runtime.onnx_session import Network, Runtime, device_key


def kept_in(folder: Path) -> Runtime:
    return Runtime(graphs=GraphCache(folder / "optimised", device_key()))


def graphs(folder: Path) -> list[Path]:
    return sorted((folder / "optimised").iterdir())


def test_the_optimised_graph_is_kept_and_gives_the_same(tmp_path: Path) -> None:
    path = a_model(tmp_path)
    tensor = np.arange(12, dtype=np.float32).reshape(SHAPE)
    plain = Network(path, SHAPE, ("double",), threads=1).run(tensor)
    for _ in range(2):
        (output,) = Network(path, SHAPE, ("double",), threads=1, runtime=kept_in(tmp_path)).run(
            tensor
        )
        np.testing.assert_array_equal(output, plain[0])
        assert len(graphs(tmp_path)) == 1


@pytest.mark.parametrize("seal", ["its own", "CRC"])
def test_the_second_opening_takes_what_was_kept_if_it_is_sealed(tmp_path: Path, seal: str) -> None:
    path, runtime = a_model(tmp_path), kept_in(tmp_path)
    Network(path, SHAPE, ("double",), threads=1, runtime=runtime)
    (kept,) = graphs(tmp_path)
    # What lies there now is a network that negates: only who reads it can tell.
    model = onnx.load(path)
    model.graph.node[0].CopyFrom(helper.make_node("Neg", ["input0"], ["double"]))
    content = model.SerializeToString()
    kept.unlink()
    prefix = f"{kept.stem.rpartition('-')[0]}-"
    name = _sealed(prefix, content) if seal == "its own" else f"{prefix}{crc32(content):08x}.onnx"
    kept.with_name(name).write_bytes(content)
    (output,) = Network(path, SHAPE, ("double",), threads=1, runtime=runtime).run(
        np.ones(SHAPE, np.float32)
    )
    assert (output == (-1 if seal == "its own" else 2)).all()


@pytest.mark.parametrize("content", [b"", b"damaged", None], ids=["empty", "damaged", "refused"])
def test_a_graph_that_cannot_be_used_is_made_again(tmp_path: Path, content: bytes | None) -> None:
    path, runtime = a_model(tmp_path), kept_in(tmp_path)
    Network(path, SHAPE, ("double",), threads=1, runtime=runtime)
    (kept,) = graphs(tmp_path)
    before = kept.read_bytes()
    if content is None:
        # Whole, and yet no network: as when a runtime changed without its version.
        content = b"whole, but no network"
        kept.unlink()
        kept = kept.with_name(_sealed(f"{kept.stem.rpartition('-')[0]}-", content))
    kept.write_bytes(content)
    (output,) = Network(path, SHAPE, ("double",), threads=1, runtime=runtime).run(
        np.ones(SHAPE, np.float32)
    )
    assert (output == 2).all()
    (again,) = graphs(tmp_path)
    assert again.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    path = a_model(tmp_path)
    (tmp_path / "optimised").write_text("a file is in the way")
    (output,) = Network(path, SHAPE, ("double",), threads=1, runtime=kept_in(tmp_path)).run(
        np.ones(SHAPE, np.float32)
    )
    assert (output == 2).all()


def test_the_networks_of_the_manifest_are_the_same_optimised(
    models_dir: Path, tmp_path: Path
) -> None:
    tensor = np.random.default_rng(0).random((1, 256, 256, 3), np.float32)
    outputs = ("landmarks", "presence", "heatmap")
    path = models_dir / "pose_landmark_full.onnx"
    plain = Network(path, tensor.shape, outputs, threads=1).run(tensor)
    Network(path, tensor.shape, outputs, threads=1, runtime=kept_in(tmp_path))
    kept = Network(path, tensor.shape, outputs, threads=1, runtime=kept_in(tmp_path)).run(tensor)
    for one, other in zip(plain, kept, strict=True):
        np.testing.assert_array_equal(one, other)
