"""The latest samples as one array: those of a list, however many come and go."""

from hypothesis import given
from hypothesis import strategies as st

from edge.numerics.recent_columns import RecentColumns


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 80)), max_size=12))
def test_it_holds_what_a_list_would(changes: list[tuple[int, int]]) -> None:
    table, kept, count = RecentColumns(2), [], 0
    for added, dropped in changes:
        for _ in range(added):
            count += 1
            table.append((float(count), -float(count)))
            kept.append([float(count), -float(count)])
        table.forget(dropped)
        kept = kept[dropped:]
        assert table.table.T.tolist() == kept


def test_its_room_is_bounded_by_what_is_kept() -> None:
    table = RecentColumns(1)
    for i in range(10_000):
        table.append((float(i),))
        table.forget(table.table.shape[1] - 300)
    base = table.table.base
    assert base is not None
    assert base.shape[1] <= 1200


def test_it_is_empty_after_clearing() -> None:
    table = RecentColumns(3)
    table.append((0.0, 1.0, 2.0))
    table.clear()
    assert table.table.shape == (3, 0)
