"""The converted networks themselves, against the tflite runtime.

`golden/real_networks.npz` was made once with ai-edge-litert 2.3.0 from the tflite files that the
manifest names: two crops of one frame of a rendered runner (RGB, uint8: the letterboxed picture
for the detector, the region of interest for the landmark net), and what the runtime gives for
them. Long outputs are thinned: flattened, every 13th value of `boxes`, every 101st of `heatmap`.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from edge.pose.store import model_store

GOLDEN = Path(__file__).parent / "golden" / "real_networks.npz"

# Float noise between the two runtimes, from pictures of people; pictures of noise give more.
TOLERANCE = {
    "boxes": 1.9e-3,
    "scores": 8.7e-4,
    "landmarks": 3.1e-3,
    "presence": 1e-4,
    "heatmap": 1.7e-3,
    "world": 7e-5,
}

THINNED = {"boxes": 13, "heatmap": 101}

NODES = {
    "detector": {"Conv": 73, "Add": 15, "Pad": 3, "Resize": 2, "DepthToSpace": 3, "Concat": 2},
    # The kinds of node that the leg reader has none of.
    "full": {"Conv": 83, "Resize": 3, "MaxPool": 2},
}


def network_input(name: str, crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    low, high = model_store.bundled_manifest().models[name].input.range
    scaled = crop[np.newaxis].astype(np.float32) * np.float32((high - low) / 255)
    return scaled + np.float32(low)


def results(path: Path, names: list[str], value: NDArray[np.float32]) -> list[Any]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found: list[Any] = session.run(names, {"input": value})
    return found


@pytest.mark.parametrize("name", ["detector", "full"])
def test_results_are_those_of_the_tflite_runtime(models_dir: Path, name: str) -> None:
    outputs = [
        output.name
        for output in model_store.bundled_manifest().models[name].outputs
        if output.tensor.startswith("Identity")
    ]
    path = model_store.verify(models_dir, name)
    with np.load(GOLDEN) as golden:
        found = results(path, outputs, network_input(name, golden[f"{name}_crop"]))
        for output, value in zip(outputs, found, strict=True):
            np.testing.assert_allclose(
                value.ravel()[:: THINNED.get(output, 1)],
                golden[f"{name}_{output}"],
                rtol=0,
                atol=TOLERANCE[output],
                err_msg=output,
            )


def test_the_golden_frame_shows_a_person() -> None:
    with np.load(GOLDEN) as golden:
        assert golden["full_presence"] > 0.99
        assert golden["detector_scores"].max() > 2


@pytest.mark.parametrize("name", ["detector", "full"])
def test_structure_is_that_of_the_manifest(models_dir: Path, name: str) -> None:
    expected = model_store.bundled_manifest().models[name]
    graph = onnx.load(models_dir / expected.file).graph
    assert len(graph.node) == expected.onnx_nodes
    kinds = Counter(node.op_type for node in graph.node)
    assert {kind: kinds[kind] for kind in NODES[name]} == NODES[name]
    assert [shape(value) for value in graph.input] == [expected.input.shape]
    assert {value.name: shape(value) for value in graph.output} == {
        output.name: output.shape for output in expected.outputs
    }


def shape(value: Any) -> tuple[int, ...]:
    return tuple(dimension.dim_value for dimension in value.type.tensor_type.shape.dim)
