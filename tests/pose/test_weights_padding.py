import pytest

from edge.pose.store.conversion.operator_options import Options
from edge.pose.store.conversion.padding import same_border, same_padding


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation", "before", "after"),
    [
        (8, 3, 1, 1, 1, 1),
        (8, 3, 2, 1, 0, 1),  # odd total: the extra pixel goes after
        (7, 3, 2, 1, 1, 1),
        (8, 5, 1, 1, 2, 2),
        (8, 5, 2, 1, 1, 2),
        (8, 1, 1, 1, 0, 0),
        (8, 1, 2, 1, 0, 0),  # never negative
        (8, 2, 1, 1, 0, 1),
        (8, 3, 1, 2, 2, 2),
        (9, 2, 2, 1, 0, 1),
    ],
)
def test_same_padding_follows_the_hand_table(
    size: int, kernel: int, stride: int, dilation: int, before: int, after: int
) -> None:
    assert same_padding(size, kernel, stride, dilation) == (before, after)


def test_border_is_top_left_bottom_right() -> None:
    options = Options(stride=(2, 1), same_padding=True)
    assert same_border(8, 8, (3, 5), options) == (0, 2, 1, 2)


def test_valid_padding_adds_nothing() -> None:
    assert same_border(8, 8, (3, 5), Options(stride=(2, 1))) == (0, 0, 0, 0)
