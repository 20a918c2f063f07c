import numpy as np
import pytest

from edge.messages.errors import ConversionError
from edge.pose.store.conversion.sparse import Sparsity, densify

# 0 5 0      segments 0 1 1 3 4: row 0 holds one value, row 1 none, row 2 two, row 3 one
# 0 0 0
# 7 0 8
# 0 0 9
TABLE = [[0, 5, 0], [0, 0, 0], [7, 0, 8], [0, 0, 9]]
VALUES = np.array([5, 7, 8, 9], dtype=np.float16)


def rows(
    segments: tuple[int, ...] = (0, 1, 1, 3, 4),
    indices: tuple[int, ...] = (1, 0, 2, 2),
    traversal: tuple[int, ...] = (0, 1),
    block_map: tuple[int, ...] = (),
    packed: tuple[bool, ...] = (False, True),
) -> Sparsity:
    return Sparsity(
        traversal=traversal,
        block_map=block_map,
        sparse_dimensions=packed,
        segments=np.array(segments, dtype=np.int64),
        indices=np.array(indices, dtype=np.int64),
    )


def test_rows_are_filled_as_in_the_hand_table() -> None:
    dense = densify(VALUES, (4, 3), rows())
    assert dense.tolist() == TABLE
    assert dense.dtype == np.float16


def test_leading_dimensions_are_walked_as_one() -> None:
    packing = rows(traversal=(0, 1, 2, 3), packed=(False, False, False, True))
    dense = densify(VALUES, (2, 1, 2, 3), packing)
    assert dense.reshape(4, 3).tolist() == TABLE


def test_nothing_stored_is_all_zero() -> None:
    packing = rows(segments=(0, 0, 0), indices=())
    assert densify(np.empty(0, np.float16), (2, 3), packing).tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("packing", "sentence"),
    [
        (rows(traversal=(1, 0)), "traversal"),
        (rows(block_map=(0,)), "blocks"),
        (rows(packed=(True, True)), "packed dimensions"),
        (rows(packed=(False, False)), "packed dimensions"),
        (rows(segments=(0, 1, 1, 3)), "do not fit"),
        (rows(segments=(0, 1, 1, 3, 5)), "do not fit"),
        (rows(segments=(0, 3, 1, 3, 4)), "do not fit"),
        (rows(indices=(1, 0, 2, 3)), "do not fit"),
        (rows(indices=(1, 0, 2, -1)), "do not fit"),
    ],
)
def test_any_other_packing_is_refused(packing: Sparsity, sentence: str) -> None:
    with pytest.raises(ConversionError, match=sentence):
        densify(VALUES, (4, 3), packing)
