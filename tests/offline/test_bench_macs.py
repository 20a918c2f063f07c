"""Multiply-accumulates of graphs that can be counted by hand, and of the real networks."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edge.offline.bench.macs import count_macs
from edge.pose.store import model_store


def a_model(
    path: Path,
    node: onnx.NodeProto,
    shape: tuple[int | str, ...],
    weights: tuple[int, ...],
) -> Path:
    graph = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        initializer=[numpy_helper.from_array(np.zeros(weights, np.float32), "w")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    return path


@pytest.mark.parametrize(
    ("attributes", "shape", "weights", "total", "depthwise"),
    [
        # 4 x 4 outputs of 5 channels, each over 3 channels of 3 x 3.
        ({}, (1, 3, 6, 6), (5, 3, 3, 3), 4 * 4 * 5 * 27, 0),
        ({"strides": [2, 2]}, (1, 3, 7, 7), (5, 3, 3, 3), 3 * 3 * 5 * 27, 0),
        ({"group": 6}, (1, 6, 6, 6), (6, 1, 3, 3), 4 * 4 * 6 * 9, 4 * 4 * 6 * 9),
        ({}, (1, 8, 6, 6), (2, 8, 1, 1), 6 * 6 * 2 * 8, 0),
    ],
    ids=["plain", "strided", "depthwise", "pointwise"],
)
def test_convolutions(
    tmp_path: Path,
    attributes: dict[str, Any],
    shape: tuple[int, ...],
    weights: tuple[int, ...],
    total: int,
    depthwise: int,
) -> None:
    node = helper.make_node("Conv", ["x", "w"], ["y"], **attributes)
    counted = count_macs(a_model(tmp_path / "m.onnx", node, shape, weights))
    assert (counted.total, counted.depthwise) == (total, depthwise)


def test_matrix_products(tmp_path: Path) -> None:
    product = helper.make_node("MatMul", ["x", "w"], ["y"])
    assert count_macs(a_model(tmp_path / "a.onnx", product, (4, 7), (7, 3))).total == 4 * 7 * 3
    gemm = helper.make_node("Gemm", ["x", "w"], ["y"], transB=1)
    assert count_macs(a_model(tmp_path / "b.onnx", gemm, (4, 7), (3, 7))).total == 4 * 7 * 3


def test_what_multiplies_nothing_counts_nothing(tmp_path: Path) -> None:
    node = helper.make_node("Add", ["x", "w"], ["y"])
    assert count_macs(a_model(tmp_path / "m.onnx", node, (4, 7), (7,))).total == 0


def test_a_size_that_is_not_known_is_an_error(tmp_path: Path) -> None:
    node = helper.make_node("Conv", ["x", "w"], ["y"])
    path = a_model(tmp_path / "m.onnx", node, ("n", 3, 6, 6), (5, 3, 3, 3))
    with pytest.raises(ValueError, match="size of y is unknown"):
        count_macs(path)


def test_the_real_networks_need_some_hundred_millions(models_dir: Path) -> None:
    full = count_macs(model_store.model_path(models_dir, "full"))
    detector = count_macs(model_store.model_path(models_dir, model_store.DETECTOR))
    assert 2e8 < full.total < 6e8
    assert 3e8 < detector.total < 6e8
    assert 0 < full.depthwise < full.total / 3
