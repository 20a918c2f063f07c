"""The leg reader as an ONNX graph, built from trained weights and attached by `pull`.

Two steps, both small compared with the landmark network whose features they use:

1. *Where* (coarse): a perceptron on the features after the last convolution, on the landmarks made
   from them, and, in newer readers, on an overview of the decoder's map (means over 8 x 8 blocks),
   locates the 14 points of the near and the far leg, in crop pixels.
2. *Exactly* (fine): for each point, a perceptron on the 7 x 7 decoder cells around it refines the
   position; applied several times, each time around the refined position.

Weights are stored in half precision.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

# Each leg: shoulder, hip, knee, ankle, heel, big toe, shoe tip; the near leg first.
POINTS = 14
RADIUS = 3
CELL_PX = 4
CELLS = 64
# The overview of the decoder's map has this many blocks a side.
BLOCKS = 8
_BORDER = 8
_SIDE = 2 * RADIUS + 1
_LANDMARKS = 33
_LIMIT = 6.0
# On real films the first estimate is 5 to 15 % of a leg off, which is as far as a window reaches: a
# third and a fourth pass still bring points in (models/leg_reader.md).
PASSES = 4
_HIDDEN = 48

Weights = Mapping[str, NDArray[np.float32]]


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def half(self, value: NDArray[np.float32]) -> str:
        """Store a constant in half precision; return its name after widening."""
        name = f"w{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value.astype(np.float16), name))
        return self.node("Cast", [name], to=TensorProto.FLOAT)

    def whole(self, value: NDArray[Any]) -> str:
        name = f"k{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def number(self, value: float) -> str:
        return self.whole(np.asarray(value, np.float32))

    def integers(self, *values: int) -> str:
        return self.whole(np.array(values, np.int64))

    def node(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        output = output or f"r{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def silu(self, x: str) -> str:
        return self.node("Mul", [x, self.node("Sigmoid", [x])])

    def normal(self, x: str, mean: NDArray[np.float32], spread: NDArray[np.float32]) -> str:
        x = self.node("Sub", [x, self.whole(mean)])
        x = self.node("Mul", [x, self.whole(1 / spread)])
        return self.node("Clip", [x, self.number(-_LIMIT), self.number(_LIMIT)])

    def slice(self, x: str, first: int, last: int, axis: int) -> str:
        return self.node(
            "Slice", [x, self.integers(first), self.integers(last), self.integers(axis)]
        )


def build(
    where: Weights, exactly: Weights, features: int, channels: int, passes: int = PASSES
) -> bytes:
    """Return the reader as the bytes of an ONNX file.

    Parameters
    ----------
    where, exactly
        Trained weights of the two steps, named as in `train_leg_reader`.
    features, channels
        Channels of the landmark network's features and of its decoder.
    passes
        How often the fine step is applied.

    Returns
    -------
    A graph with the inputs ``features`` (1, 2, 2, features), ``decoder`` (1, 64, 64, channels) and
    ``landmarks`` (1, 195), and the output ``legs`` (1, 2, 7, 3): x, y, and the expected mean error
    of each, all in crop pixels.
    """
    g = _Graph()
    place = _where(g, where, 4 * features, channels)
    border = g.integers(0, _BORDER, _BORDER, 0, 0, _BORDER, _BORDER, 0)
    padded = g.node("Pad", ["decoder", border])
    side = CELLS + 2 * _BORDER
    cells = g.node("Reshape", [padded, g.integers(side * side, channels)])
    numbers = {k: g.half(exactly[k]) for k in ("w2", "b1", "b2", "middle")}
    # Hidden units and the skip connection read the same window: one product for both.
    first = np.concatenate([exactly["w1"], exactly["skip"]], axis=2)
    numbers["first"] = g.half(_by_cell(first, channels, axis=1))
    norm = _by_cell(exactly["mean"], channels, 2), _by_cell(exactly["spread"], channels, 2)
    for _ in range(passes):
        place, scale = _exactly(g, place, cells, norm, numbers)
    error = g.node("Mul", [g.node("Exp", [scale]), g.number(CELL_PX)])
    joined = g.node("Concat", [place, error], axis=1)
    g.node("Reshape", [joined, g.integers(1, 2, POINTS // 2, 3)], "legs")
    return _serialise(g, features, channels)


def weights_of(content: bytes) -> tuple[Weights, Weights]:
    """Return the weights of both steps from a reader's ONNX file: the inverse of `build`."""
    stored = [
        numpy_helper.to_array(c) for c in onnx.load_model_from_string(content).graph.initializer
    ]
    halves = [a.astype(np.float32) for a in stored if a.dtype == np.float16]
    wholes = [a for a in stored if a.dtype == np.float32 and a.size > 1]
    where = dict(zip(_WHERE_HALVES, halves, strict=False))
    exactly = dict(zip(_EXACTLY_HALVES, halves[len(where) :], strict=True))
    spread = np.asarray(1 / wholes[1], np.float32)
    where |= {"mean": wholes[0], "spread": spread, "middle": wholes[2]}
    channels = wholes[3].shape[2] // _SIDE**2
    first = _by_channel(exactly.pop("first"), channels, axis=1)
    exactly |= {
        "w1": first[:, :, :_HIDDEN],
        "skip": first[:, :, _HIDDEN:],
        "mean": _by_channel(wholes[3], channels, axis=2),
        "spread": np.asarray(1 / _by_channel(wholes[4], channels, axis=2), np.float32),
    }
    return where, exactly


# In the order in which `build` stores them.
_WHERE_HALVES = (
    *("w0", "b0", "scale0", "shift0", "w1", "b1", "scale1", "shift1"),
    *("out", "skip"),
)
_EXACTLY_HALVES = ("w2", "b1", "b2", "middle", "first")


def _by_channel(values: NDArray[np.float32], channels: int, axis: int) -> NDArray[np.float32]:
    """Undo `_by_cell`."""
    shape = values.shape
    split = values.reshape(*shape[:axis], _SIDE**2, channels, *shape[axis + 1 :])
    return np.ascontiguousarray(split.swapaxes(axis, axis + 1).reshape(shape))


def _by_cell(values: NDArray[np.float32], channels: int, axis: int) -> NDArray[np.float32]:
    """Order inputs by cell, then channel, as in the decoder's memory layout.

    Training orders them by channel, then cell. In this order a window is 49 whole cells, which are
    gathered about ten times as fast as single numbers.
    """
    shape = values.shape
    split = values.reshape(*shape[:axis], channels, _SIDE**2, *shape[axis + 1 :])
    return np.ascontiguousarray(split.swapaxes(axis, axis + 1).reshape(shape))


def _where(g: _Graph, w: Weights, features: int, channels: int) -> str:
    """Return the name of the coarse positions, shape (14, 2), crop pixels."""
    rows = g.node("Reshape", ["landmarks", g.integers(-1, 5)])
    rows = g.slice(rows, 0, _LANDMARKS, 0)
    xy = g.node("Sub", [g.node("Div", [g.slice(rows, 0, 2, 1), g.number(128)]), g.number(1)])
    depth = g.node("Div", [g.slice(rows, 2, 3, 1), g.number(128)])
    seen = g.node("Clip", [g.slice(rows, 3, 5, 1), g.number(-20), g.number(20)])
    planes = g.node("Transpose", ["features"], perm=[0, 3, 1, 2])
    parts = [planes, xy, depth, g.node("Sigmoid", [seen])]
    if w["mean"].size > features + 5 * _LANDMARKS:
        parts.append(_overview(g, channels))
    flat = [g.node("Reshape", [p, g.integers(1, -1)]) for p in parts]
    x = g.normal(g.node("Concat", flat, axis=1), w["mean"], w["spread"])
    h = x
    for layer in range(2):
        h = g.node("MatMul", [h, g.half(w[f"w{layer}"])])
        h = g.node("Add", [h, g.half(w[f"b{layer}"])])
        scale, shift = g.half(w[f"scale{layer}"]), g.half(w[f"shift{layer}"])
        h = g.silu(g.node("LayerNormalization", [h, scale, shift], axis=-1, epsilon=1e-5))
    out = g.node("Add", [g.node("MatMul", [h, g.half(w["out"])]), g.whole(w["middle"])])
    out = g.node("Add", [out, g.node("MatMul", [x, g.half(w["skip"])])])
    px = g.node("Mul", [g.node("Add", [out, g.number(1)]), g.number(128)])
    return g.node("Reshape", [px, g.integers(POINTS, 2)])


def _overview(g: _Graph, channels: int) -> str:
    """Return the name of the decoder's means over blocks, by row, column and channel."""
    inside = CELLS // BLOCKS
    blocks = g.node("Reshape", ["decoder", g.integers(BLOCKS, inside, BLOCKS, inside, channels)])
    return g.node("ReduceMean", [blocks], axes=[1, 3], keepdims=0)


def _exactly(
    g: _Graph,
    place: str,
    cells: str,
    norm: tuple[NDArray[np.float32], NDArray[np.float32]],
    numbers: Mapping[str, str],
) -> tuple[str, str]:
    """Return the names of refined positions, shape (14, 2), and log errors, (14, 1), in cells."""
    corner = g.node("Floor", [g.node("Div", [place, g.number(CELL_PX)])])
    # A position outside the map reads the border's zeros.
    low, high = g.number(RADIUS - _BORDER), g.number(CELLS - 1 + _BORDER - RADIUS)
    corner = g.node("Clip", [corner, low, high])
    side = CELLS + 2 * _BORDER
    whole = g.node("Cast", [corner], to=TensorProto.INT64)
    column, row = g.slice(whole, 0, 1, 1), g.slice(whole, 1, 2, 1)
    first = g.node("Add", [g.node("Mul", [row, g.integers(side)]), column])
    steps = np.arange(_SIDE) + _BORDER - RADIUS
    around = (steps[:, None] * side + steps[None]).reshape(1, -1)
    indices = g.node("Add", [first, g.whole(around)])
    patch = g.node("Gather", [cells, indices], axis=0)
    flat = g.node("Reshape", [patch, g.integers(POINTS, 1, -1)])
    both = g.node("MatMul", [g.normal(flat, *norm), numbers["first"]])
    h = g.silu(g.node("Add", [g.slice(both, 0, _HIDDEN, 2), numbers["b1"]]))
    out = g.node("Add", [g.node("MatMul", [h, numbers["w2"]]), numbers["b2"]])
    move = g.node("Add", [g.slice(out, 0, 2, 2), g.slice(both, _HIDDEN, _HIDDEN + 2, 2)])
    move = g.node("Add", [move, numbers["middle"]])
    move = g.node("Reshape", [move, g.integers(POINTS, 2)])
    middle = g.node("Add", [corner, g.number(0.5)])
    moved = g.node("Mul", [g.node("Add", [middle, move]), g.number(CELL_PX)])
    return moved, g.node("Reshape", [g.slice(out, 2, 3, 2), g.integers(POINTS, 1)])


def _serialise(g: _Graph, features: int, channels: int) -> bytes:
    def entry(name: str, *shape: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    graph = helper.make_graph(
        g.nodes,
        "leg_reader",
        [
            entry("features", 1, 2, 2, features),
            entry("decoder", 1, CELLS, CELLS, channels),
            entry("landmarks", 1, 195),
        ],
        [entry("legs", 1, 2, POINTS // 2, 3)],
        g.constants,
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
        producer_name="toeline",
    )
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString(deterministic=True)
    return content
