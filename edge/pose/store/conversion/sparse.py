"""Turn the sparse constants of a tflite file back into dense arrays."""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from edge.messages.errors import ConversionError

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sparsity:
    """How a constant tensor was packed, read from the file's sparsity metadata.

    Parameters
    ----------
    traversal
        Order in which the dimensions are walked.
    block_map
        Dimensions that were split into blocks; empty where none was.
    sparse_dimensions
        One flag per dimension: True is CSR, False is dense.
    segments, indices
        Of the last dimension, shape (rows + 1,) and (non-zeros,); empty where that is dense.
    """

    traversal: tuple[int, ...]
    block_map: tuple[int, ...]
    sparse_dimensions: tuple[bool, ...]
    segments: NDArray[np.int64]
    indices: NDArray[np.int64]


def densify(values: NDArray[Scalar], shape: tuple[int, ...], sparsity: Sparsity) -> NDArray[Scalar]:
    """Dense array of a constant whose last dimension alone is packed by rows (CSR).

    Parameters
    ----------
    values
        Shape (non-zeros,), in storage order.
    shape
        Of the dense tensor; its leading dimensions, flattened, are the rows.
    sparsity
        Segments delimit each row's entries; indices are places on the last axis.

    Returns
    -------
    Array of the given shape and the dtype of `values`, zero where nothing is stored.

    Raises
    ------
    ConversionError
        For any other packing, and where the three arrays do not fit each other.

    Notes
    -----
    Source: the tflite schema, table SparsityParameters. Differs: blocks, other traversal orders
    and sparse leading dimensions are refused, since no file we convert has them.
    """
    rank = len(shape)
    if sparsity.traversal != tuple(range(rank)) or sparsity.block_map:
        raise ConversionError(
            f"sparse tensor of shape {shape}: traversal {sparsity.traversal} with blocks "
            f"{sparsity.block_map} is not supported, only the plain order without blocks"
        )
    if sparsity.sparse_dimensions != (False,) * (rank - 1) + (True,):
        raise ConversionError(
            f"sparse tensor of shape {shape}: packed dimensions {sparsity.sparse_dimensions} are "
            "not supported, only a packed last dimension"
        )
    rows, columns = math.prod(shape[:-1]), shape[-1]
    segments, indices = sparsity.segments, sparsity.indices
    counts = np.diff(segments)
    fits = (
        segments.shape == (rows + 1,)
        and segments[0] == 0
        and segments[-1] == indices.size == values.size
        and bool(np.all(counts >= 0))
        and bool(np.all((indices >= 0) & (indices < columns)))
    )
    if not fits:
        raise ConversionError(
            f"sparse tensor of shape {shape}: {segments.size} segments, {indices.size} indices "
            f"and {values.size} values do not fit each other"
        )
    dense = np.zeros((rows, columns), dtype=values.dtype)
    dense[np.repeat(np.arange(rows), counts), indices] = values
    return dense.reshape(shape)
