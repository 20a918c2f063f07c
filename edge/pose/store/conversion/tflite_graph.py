"""Parsing of a tflite file into plain records: tensors, operators, inputs and outputs."""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import tflite
from numpy.typing import NDArray

from edge.messages.errors import ConversionError
from edge.pose.store.conversion.operator_options import Options, read_options
from edge.pose.store.conversion.sparse import Sparsity

IDENTIFIER = b"TFL3"

DTYPES: dict[int, type[np.generic]] = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}

KINDS: dict[int, str] = {
    code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tensor:
    """One tensor; `data` is None if it is computed, and flat if `sparsity` marks it as packed."""

    name: str
    shape: tuple[int, ...]
    data: NDArray[Any] | None
    sparsity: Sparsity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One operator: its tflite name, and the indices of its tensors."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Options


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """The whole network; operators are in execution order."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def read_graph(content: bytes) -> Graph:
    """Parse the bytes of a tflite file.

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    Its only subgraph, constants as stored (fp16, and packed if the file packs them).

    Raises
    ------
    ConversionError
        If it is not a tflite file, is damaged, has several subgraphs, or contains an unsupported
        operator or tensor type.

    Notes
    -----
    Source: the tflite schema, version 3.
    """
    if content[4:8] != IDENTIFIER:
        raise ConversionError(f"not a tflite file: bytes 4 to 8 are {content[4:8]!r}")
    try:
        model = tflite.Model.GetRootAs(content, 0)
        if model.SubgraphsLength() != 1:
            raise ConversionError(f"expected 1 subgraph, found {model.SubgraphsLength()}")
        return _graph(model, model.Subgraphs(0))
    except (struct.error, IndexError, TypeError, ValueError) as error:
        # The flatbuffers reader does not check offsets; a truncated file raises one of these.
        raise ConversionError(f"damaged tflite file: {error}") from error


def _graph(model: Any, subgraph: Any) -> Graph:
    kinds = [
        _kind(model.OperatorCodes(position)) for position in range(model.OperatorCodesLength())
    ]
    return Graph(
        tensors=tuple(
            _tensor(model, subgraph.Tensors(position))
            for position in range(subgraph.TensorsLength())
        ),
        operators=tuple(
            _operator(kinds, subgraph.Operators(position))
            for position in range(subgraph.OperatorsLength())
        ),
        inputs=_indices(subgraph.InputsAsNumpy()),
        outputs=_indices(subgraph.OutputsAsNumpy()),
    )


def _kind(operator_code: Any) -> str:
    # Old writers fill only the deprecated byte; new ones use only the wide field above code 127.
    code = max(operator_code.BuiltinCode(), operator_code.DeprecatedBuiltinCode())
    return KINDS.get(code, f"number {code}")


def _indices(vector: Any) -> tuple[int, ...]:
    # flatbuffers returns the integer 0, not an array, for an absent vector.
    return tuple(int(value) for value in np.atleast_1d(vector)) if np.ndim(vector) else ()


def _tensor(model: Any, tensor: Any) -> Tensor:
    name = tensor.Name().decode()
    buffer = model.Buffers(tensor.Buffer())
    shape = _indices(tensor.ShapeAsNumpy())
    sparsity = _sparsity(name, tensor.Sparsity())
    if buffer.DataLength() == 0:
        return Tensor(name=name, shape=shape, data=None, sparsity=sparsity)
    dtype = DTYPES.get(tensor.Type())
    if dtype is None:
        raise ConversionError(f"constant {name}: tensor type {tensor.Type()} is not supported")
    data = np.frombuffer(buffer.DataAsNumpy().tobytes(), dtype=np.dtype(dtype).newbyteorder("<"))
    if sparsity is None:
        data = data.reshape(shape)
    return Tensor(name=name, shape=shape, data=data, sparsity=sparsity)


def _sparsity(name: str, parameters: Any) -> Sparsity | None:
    if parameters is None:
        return None
    dimensions = [parameters.DimMetadata(i) for i in range(parameters.DimMetadataLength())]
    csr = tuple(item.Format() == tflite.DimensionType.SPARSE_CSR for item in dimensions)
    last = dimensions[-1]
    return Sparsity(
        traversal=_indices(parameters.TraversalOrderAsNumpy()),
        block_map=_indices(parameters.BlockMapAsNumpy()),
        sparse_dimensions=csr,
        segments=_index_vector(name, last.ArraySegmentsType(), last.ArraySegments()),
        indices=_index_vector(name, last.ArrayIndicesType(), last.ArrayIndices()),
    )


def _index_vector(name: str, union_type: int, table: Any) -> NDArray[np.int64]:
    # The width is chosen per array, so segments and indices of one tensor often differ.
    readers = {
        tflite.SparseIndexVector.Int32Vector: tflite.Int32Vector,
        tflite.SparseIndexVector.Uint16Vector: tflite.Uint16Vector,
        tflite.SparseIndexVector.Uint8Vector: tflite.Uint8Vector,
    }
    if union_type == tflite.SparseIndexVector.NONE:
        return np.empty(0, dtype=np.int64)
    if union_type not in readers:
        raise ConversionError(f"constant {name}: index vector type {union_type} is unknown")
    vector = readers[union_type]()
    vector.Init(table.Bytes, table.Pos)
    return np.asarray(vector.ValuesAsNumpy(), dtype=np.int64)


def _operator(kinds: list[str], operator: Any) -> Operator:
    kind = kinds[operator.OpcodeIndex()]
    inputs, outputs = _indices(operator.InputsAsNumpy()), _indices(operator.OutputsAsNumpy())
    return Operator(
        kind=kind,
        inputs=inputs,
        outputs=outputs,
        options=read_options(kind, len(inputs), operator.BuiltinOptions()),
    )
