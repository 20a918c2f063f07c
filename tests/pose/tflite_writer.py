"""Write small tflite files, so that the converter can be tested on networks of known content."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
import tflite
from numpy.typing import NDArray

TYPES = {"float32": 0, "float16": 1, "int32": 2}

SPARSE_DENSE, SPARSE_CSR = 0, 1


class TfliteWriter:
    """Collect tensors and operators, then close them into one file."""

    def __init__(self) -> None:
        self._builder = flatbuffers.Builder(4096)
        self._buffers: list[bytes] = [b""]
        self._tensors: list[int] = []
        self.shapes: list[tuple[int, ...]] = []
        self._operators: list[tuple[str, Sequence[int], int, Mapping[str, int]]] = []

    def tensor(self, name: str, shape: Sequence[int], dtype: str = "float32") -> int:
        """Add a tensor that is computed or fed, and return its index."""
        return self._add(name, shape, dtype, 0, 0)

    def constant(self, name: str, value: NDArray[Any]) -> int:
        """Add a constant, and return its index."""
        self._buffers.append(value.tobytes())
        return self._add(name, value.shape, str(value.dtype), len(self._buffers) - 1, 0)

    def packed(self, name: str, value: NDArray[Any]) -> int:
        """Add a constant whose last dimension is packed by rows, and return its index."""
        rows = value.reshape(-1, value.shape[-1])
        row, column = np.nonzero(rows)
        segments = np.searchsorted(row, np.arange(len(rows) + 1))
        self._buffers.append(rows[row, column].tobytes())
        sparsity = self._sparsity(value.shape, segments, column)
        return self._add(name, value.shape, str(value.dtype), len(self._buffers) - 1, sparsity)

    def operator(self, kind: str, inputs: Sequence[int], output: int, **options: int) -> int:
        """Add an operator with one output, and return that."""
        self._operators.append((kind, inputs, output, options))
        return output

    def finish(self, inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        """Bytes of the file."""
        b = self._builder
        kinds = list(dict.fromkeys(kind for kind, *_ in self._operators))
        operators = self._offsets([self._operator(kinds, *item) for item in self._operators])
        codes = self._offsets([self._code(kind) for kind in kinds])
        buffers = self._offsets([self._buffer(content) for content in self._buffers])
        tensors = self._offsets(self._tensors)
        fed, given = self._int32(inputs), self._int32(outputs)
        tflite.SubGraphStart(b)
        tflite.SubGraphAddTensors(b, tensors)
        tflite.SubGraphAddInputs(b, fed)
        tflite.SubGraphAddOutputs(b, given)
        tflite.SubGraphAddOperators(b, operators)
        subgraphs = self._offsets([tflite.SubGraphEnd(b)])
        tflite.ModelStart(b)
        tflite.ModelAddVersion(b, 3)
        tflite.ModelAddOperatorCodes(b, codes)
        tflite.ModelAddSubgraphs(b, subgraphs)
        tflite.ModelAddBuffers(b, buffers)
        b.Finish(tflite.ModelEnd(b), file_identifier=b"TFL3")
        return bytes(b.Output())

    def _offsets(self, offsets: Sequence[int]) -> int:
        b = self._builder
        b.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            b.PrependUOffsetTRelative(offset)
        return int(b.EndVector())

    def _int32(self, values: Sequence[int]) -> int:
        return int(self._builder.CreateNumpyVector(np.array(values, dtype=np.int32)))

    def _add(self, name: str, shape: Sequence[int], dtype: str, buffer: int, sparsity: int) -> int:
        b = self._builder
        title, sizes = b.CreateString(name), self._int32(shape)
        tflite.TensorStart(b)
        tflite.TensorAddName(b, title)
        tflite.TensorAddShape(b, sizes)
        tflite.TensorAddType(b, TYPES[dtype])
        tflite.TensorAddBuffer(b, buffer)
        if sparsity:
            tflite.TensorAddSparsity(b, sparsity)
        self._tensors.append(tflite.TensorEnd(b))
        self.shapes.append(tuple(shape))
        return len(self._tensors) - 1

    def _sparsity(self, shape: Sequence[int], segments: NDArray[Any], indices: NDArray[Any]) -> int:
        b = self._builder
        # Two widths on purpose, as in the real files.
        wide = b.CreateNumpyVector(segments.astype(np.uint16))
        tflite.Uint16VectorStart(b)
        tflite.Uint16VectorAddValues(b, wide)
        wide = tflite.Uint16VectorEnd(b)
        narrow = b.CreateNumpyVector(indices.astype(np.uint8))
        tflite.Uint8VectorStart(b)
        tflite.Uint8VectorAddValues(b, narrow)
        narrow = tflite.Uint8VectorEnd(b)
        dimensions = []
        for size in shape[:-1]:
            tflite.DimensionMetadataStart(b)
            tflite.DimensionMetadataAddFormat(b, SPARSE_DENSE)
            tflite.DimensionMetadataAddDenseSize(b, size)
            dimensions.append(tflite.DimensionMetadataEnd(b))
        tflite.DimensionMetadataStart(b)
        tflite.DimensionMetadataAddFormat(b, SPARSE_CSR)
        tflite.DimensionMetadataAddArraySegmentsType(b, tflite.SparseIndexVector.Uint16Vector)
        tflite.DimensionMetadataAddArraySegments(b, wide)
        tflite.DimensionMetadataAddArrayIndicesType(b, tflite.SparseIndexVector.Uint8Vector)
        tflite.DimensionMetadataAddArrayIndices(b, narrow)
        dimensions.append(tflite.DimensionMetadataEnd(b))
        listed, order = self._offsets(dimensions), self._int32(range(len(shape)))
        tflite.SparsityParametersStart(b)
        tflite.SparsityParametersAddTraversalOrder(b, order)
        tflite.SparsityParametersAddDimMetadata(b, listed)
        return int(tflite.SparsityParametersEnd(b))

    def _code(self, kind: str) -> int:
        b, code = self._builder, getattr(tflite.BuiltinOperator, kind)
        tflite.OperatorCodeStart(b)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(b, min(code, 127))
        tflite.OperatorCodeAddBuiltinCode(b, code)
        tflite.OperatorCodeAddVersion(b, 3 if kind == "RESIZE_BILINEAR" else 1)
        return int(tflite.OperatorCodeEnd(b))

    def _buffer(self, content: bytes) -> int:
        b = self._builder
        data = b.CreateByteVector(content) if content else 0
        tflite.BufferStart(b)
        if content:
            tflite.BufferAddData(b, data)
        return int(tflite.BufferEnd(b))

    def _operator(
        self,
        kinds: Sequence[str],
        kind: str,
        inputs: Sequence[int],
        output: int,
        options: Mapping[str, int],
    ) -> int:
        b = self._builder
        read, written = self._int32(inputs), self._int32([output])
        table = OPTION_TABLES.get(kind)
        built = self._options(table, options) if table else 0
        tflite.OperatorStart(b)
        tflite.OperatorAddOpcodeIndex(b, kinds.index(kind))
        tflite.OperatorAddInputs(b, read)
        tflite.OperatorAddOutputs(b, written)
        if table:
            tflite.OperatorAddBuiltinOptionsType(b, getattr(tflite.BuiltinOptions, table))
            tflite.OperatorAddBuiltinOptions(b, built)
        return int(tflite.OperatorEnd(b))

    def _options(self, table: str, options: Mapping[str, int]) -> int:
        start: Callable[[Any], None] = getattr(tflite, f"{table}Start")
        start(self._builder)
        for key, value in options.items():
            getattr(tflite, f"{table}Add{key}")(self._builder, value)
        return int(getattr(tflite, f"{table}End")(self._builder))


OPTION_TABLES = {
    "ADD": "AddOptions",
    "CONCATENATION": "ConcatenationOptions",
    "CONV_2D": "Conv2DOptions",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
    "DEPTH_TO_SPACE": "DepthToSpaceOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "RESHAPE": "ReshapeOptions",
    "RESIZE_BILINEAR": "ResizeBilinearOptions",
}
