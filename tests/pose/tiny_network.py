"""A network of a few kilobytes with every operator and every rule of the converter in it."""

import numpy as np
from numpy.typing import NDArray
from tflite_writer import TfliteWriter

INPUT_SHAPE = (1, 9, 11, 3)

# tflite output names, and those in the ONNX file; "Identity_4" is for pruning.
OUTPUTS = {
    "Identity": "tokens",
    "Identity_1": "image",
    "Identity_2": "probability",
    "Identity_3": "aligned",
}

SAME, VALID = 0, 1
NONE, RELU, RELU6 = 0, 1, 3

Array = NDArray[np.float32]


def tiny_input() -> Array:
    """Shape (1, 9, 11, 3), -1 to 1; the same values every time."""
    return _values(INPUT_SHAPE, seed=0.37)


def tiny_tflite() -> bytes:
    """The network as a tflite file; the same bytes every time."""
    w = _Layers()
    image = w.tensor("input_1", INPUT_SHAPE)
    # A border that one convolution alone reads: it becomes part of it (uneven on purpose).
    x = w.pad("folded", image, (1, 12, 12, 3), [[0, 0], [1, 2], [0, 1], [0, 0]])
    x = w.conv("stem", x, (1, 6, 6, 8), kernel=3, stride=2, padding=SAME, activation=RELU6)
    x = w.conv("sparse", x, (1, 6, 6, 8), kernel=1, sparse=True)
    x = w.conv("dilated", x, (1, 6, 6, 8), kernel=3, dilation=2, padding=SAME)
    stem = w.add("bias_1d", x, w.constant("one", _values((8,), seed=0.9)), activation=RELU)
    # A border that two convolutions read: it stays.
    x = w.pad("shared", stem, (1, 8, 8, 8), [[0, 0], [1, 1], [1, 1], [0, 0]])
    left = w.depthwise("left", x, (1, 4, 4, 8), kernel=3, stride=2, padding=SAME)
    right = w.conv("right", x, (1, 3, 3, 12), kernel=3, stride=2, activation=RELU)
    # Channels added after a pool, for a residual sum.
    pooled = w.pool("pooled", stem, (1, 3, 3, 8), kernel=(2, 2), stride=(2, 2))
    widened = w.pad("widened", pooled, (1, 3, 3, 12), [[0, 0], [0, 0], [0, 0], [1, 3]])
    right = w.add("residual", right, widened)
    right = w.add("bias_4d", right, w.constant("four", _values((1, 3, 3, 12), seed=0.7)))
    same = w.pool("same", left, (1, 2, 2, 8), kernel=(3, 3), stride=(2, 2), padding=SAME)
    grown = w.resize("grown", same, (1, 4, 4, 8), HalfPixelCenters=1)
    image_out = w.add("Identity_1", grown, left)
    small = w.resize("aligned_in", same, (1, 3, 5, 8), AlignCorners=1)
    aligned = w.resize("Identity_3", small, (1, 6, 7, 8))
    blocks = w.tensor("blocks", (1, 6, 6, 3))
    w.operator("DEPTH_TO_SPACE", [right], blocks, BlockSize=2)
    # Height and width differ, so that a wrong order of elements shows.
    flat = w.pool("flat", left, (1, 2, 4, 8), kernel=(2, 1), stride=(2, 1))
    thin = w.conv("thin", flat, (1, 2, 4, 3), kernel=1)
    tokens = w.concat(
        "Identity",
        (1, 44, 3),
        [w.reshape("first", blocks, (1, 36, 3)), w.reshape("second", thin, (1, 8, 3))],
    )
    point = w.conv("point", grown, (1, 1, 1, 5), kernel=4)
    squashed = w.tensor("squashed", (1, 1, 1, 5))
    w.operator("LOGISTIC", [point], squashed)
    probability = w.reshape("Identity_2", squashed, (1, 5))
    pruned = w.conv("Identity_4", left, (1, 4, 4, 2), kernel=1)
    return w.finish([image], [tokens, image_out, probability, aligned, pruned])


def _values(shape: tuple[int, ...], seed: float) -> Array:
    """Numbers without a pattern that any machine reproduces bit by bit, -1 to 1."""
    count = int(np.prod(shape))
    steps = (np.arange(count, dtype=np.int64) * 7919 + int(seed * 10000)) * 104729 % 2003
    return (steps.reshape(shape) / 1001 - 1).astype(np.float32)


class _Layers(TfliteWriter):
    """Whole layers, with the half-precision constants that the real files have."""

    def half(self, name: str, value: Array, sparse: bool = False) -> int:
        stored = value.astype(np.float16)
        if sparse:
            stored[np.abs(stored) < 0.12] = 0
            packed = self.packed(f"{name}_packed", stored)
            source = self.tensor(f"{name}_dense", value.shape, "float16")
            self.operator("DENSIFY", [packed], source)
        else:
            source = self.constant(f"{name}_half", stored)
        return self.operator("DEQUANTIZE", [source], self.tensor(name, value.shape))

    def conv(
        self,
        name: str,
        source: int,
        shape: tuple[int, ...],
        *,
        kernel: int,
        stride: int = 1,
        dilation: int = 1,
        padding: int = VALID,
        activation: int = NONE,
        sparse: bool = False,
    ) -> int:
        weights = _values((shape[3], kernel, kernel, self.channels(source)), seed=len(name) / 10)
        inputs = [source, self.half(f"{name}_weights", weights * np.float32(0.25), sparse)]
        inputs.append(self.half(f"{name}_bias", _values((shape[3],), seed=len(name) / 7)))
        return self.operator(
            "CONV_2D",
            inputs,
            self.tensor(name, shape),
            StrideH=stride,
            StrideW=stride,
            DilationHFactor=dilation,
            DilationWFactor=dilation,
            Padding=padding,
            FusedActivationFunction=activation,
        )

    def depthwise(
        self,
        name: str,
        source: int,
        shape: tuple[int, ...],
        *,
        kernel: int,
        stride: int,
        padding: int,
    ) -> int:
        weights = self.half(f"{name}_weights", _values((1, kernel, kernel, shape[3]), seed=0.5))
        bias = self.half(f"{name}_bias", _values((shape[3],), seed=0.6))
        return self.operator(
            "DEPTHWISE_CONV_2D",
            [source, weights, bias],
            self.tensor(name, shape),
            StrideH=stride,
            StrideW=stride,
            DepthMultiplier=1,
            Padding=padding,
        )

    def pad(self, name: str, source: int, shape: tuple[int, ...], paddings: list[list[int]]) -> int:
        constant = self.constant(f"{name}_paddings", np.array(paddings, dtype=np.int32))
        return self.operator("PAD", [source, constant], self.tensor(name, shape))

    def add(self, name: str, first: int, second: int, activation: int = NONE) -> int:
        result = self.tensor(name, self.shapes[first])
        return self.operator("ADD", [first, second], result, FusedActivationFunction=activation)

    def pool(
        self,
        name: str,
        source: int,
        shape: tuple[int, ...],
        *,
        kernel: tuple[int, int],
        stride: tuple[int, int],
        padding: int = VALID,
    ) -> int:
        return self.operator(
            "MAX_POOL_2D",
            [source],
            self.tensor(name, shape),
            FilterHeight=kernel[0],
            FilterWidth=kernel[1],
            StrideH=stride[0],
            StrideW=stride[1],
            Padding=padding,
        )

    def resize(self, name: str, source: int, shape: tuple[int, ...], **flags: int) -> int:
        size = self.constant(f"{name}_size", np.array(shape[1:3], dtype=np.int32))
        result = self.tensor(name, shape)
        return self.operator("RESIZE_BILINEAR", [source, size], result, **flags)

    def reshape(self, name: str, source: int, shape: tuple[int, ...]) -> int:
        target = self.constant(f"{name}_shape", np.array(shape, dtype=np.int32))
        return self.operator("RESHAPE", [source, target], self.tensor(name, shape))

    def concat(self, name: str, shape: tuple[int, ...], sources: list[int]) -> int:
        return self.operator("CONCATENATION", sources, self.tensor(name, shape), Axis=1)

    def channels(self, index: int) -> int:
        return self.shapes[index][3]
