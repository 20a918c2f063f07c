"""Expansion of a tflite file's sparse constants into dense arrays."""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from edge.messages.errors import ConversionError

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sparsity:
    """Packing of a constant tensor, from the file's sparsity metadata.

    Parameters
    ----------
    traversal
        Order in which the dimensions are traversed.
    block_map
        Dimensions that were split into blocks; empty if none.
    sparse_dimensions
        One flag per dimension: True is CSR, False is dense.
    segments, indices
        Of the last dimension, shape (rows + 1,) and (non-zeros,); empty if it is dense.
    """

    traversal: tuple[int, ...]
    block_map: tuple[int, ...]
    sparse_dimensions: tuple[bool, ...]
    segments: NDArray[np.int64]
    indices: NDArray[np.int64]


def densify(values: NDArray[Scalar], shape: tuple[int, ...], sparsity: Sparsity) -> NDArray[Scalar]:
    """Return the dense array of a constant with only its last dimension packed by rows (CSR).

    Parameters
    ----------
    values
        Shape (non-zeros,), in storage order.
    shape
        Of the dense tensor; its leading dimensions, flattened, are the rows.
    sparsity
        Segments delimit each row's entries; indices are positions on the last axis.

    Returns
    -------
    Array of the given shape and the dtype of `values`, zero where nothing is stored.

    Raises
    ------
    ConversionError
        For any other packing, or if the three arrays do not match.

    Notes
    -----
    Source: the tflite schema, table SparsityParameters. Differs: blocks, other traversal orders
    and sparse leading dimensions are refused, because no converted file has them.
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
            f"and {values.size} values do not fit together"
        )
    dense = np.zeros((rows, columns), dtype=values.dtype)
    dense[np.repeat(np.arange(rows), counts), indices] = values
    return dense.reshape(shape)
