"""Count a network's multiply-accumulates from its graph."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class Macs:
    """Multiply-accumulates of one inference; ``depthwise`` counts one-channel filters."""

    total: int
    depthwise: int


def count_macs(path: Path) -> Macs:
    """Count those of convolutions and matrix products; the rest is negligible.

    Raises
    ------
    ValueError
        If the size of a tensor cannot be inferred.
    """
    graph = onnx.shape_inference.infer_shapes(onnx.load(path)).graph
    shapes = {i.name: list(i.dims) for i in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        shapes[value.name] = [d.dim_value for d in value.type.tensor_type.shape.dim]
    total = depthwise = 0
    for node in graph.node:
        macs = _macs(node, shapes)
        total += macs
        if node.op_type == "Conv" and shapes[node.input[1]][1] == 1:
            depthwise += macs
    return Macs(total=total, depthwise=depthwise)


def _macs(node: Any, shapes: dict[str, list[int]]) -> int:
    if node.op_type not in ("Conv", "MatMul", "Gemm"):
        return 0
    made = shapes.get(node.output[0], [])
    if not made or not all(made):
        raise ValueError(f"the size of {node.output[0]} is unknown")
    second = shapes[node.input[1]]
    if node.op_type == "Conv":
        # Each output sums over the filter: channels of one group, rows and columns.
        return int(np.prod(made)) * int(np.prod(second[1:]))
    transposed = any(a.name == "transB" and a.i for a in node.attribute)
    return int(np.prod(made)) * second[-1 if transposed else -2]
