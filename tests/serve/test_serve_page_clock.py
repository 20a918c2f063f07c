"""A client's clock may begin anywhere and run wrong; what comes out is never absurd."""

from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.serve.live.page_clock import KEPT, PageClock


def exchange(
    clock: PageClock, sent_s: float, there_s: float, paint_s: float, back_s: float, ahead_s: float
) -> tuple[float, float]:
    """Return when a frame was painted, as estimated and truly, by our clock."""
    received_s = sent_s + there_s
    painted_s = received_s + paint_s
    found = clock.painted_s(sent_s, received_s + ahead_s, painted_s + ahead_s, painted_s + back_s)
    return found, painted_s


@pytest.mark.parametrize("ahead_s", [0.0, 1e6, -86400.0])
def test_with_equal_ways_the_instant_is_exact(ahead_s: float) -> None:
    found, truth = exchange(PageClock(), 5000.0, 0.003, 0.012, 0.003, ahead_s)
    assert found == pytest.approx(truth, abs=1e-6)


def test_the_shortest_way_of_the_last_moment_is_believed() -> None:
    clock = PageClock()
    exchange(clock, 0.0, 0.001, 0.010, 0.001, 77.0)
    # A picture that waited in a queue: its own exchange would put the paint 40 ms too early.
    found, truth = exchange(clock, 1.0, 0.081, 0.010, 0.001, 77.0)
    assert found == pytest.approx(truth, abs=1e-3)


def test_a_clock_that_drifts_is_followed() -> None:
    clock = PageClock()
    exchange(clock, 0.0, 0.0005, 0.010, 0.0005, 0.0)
    for number in range(1, KEPT + 2):
        found, truth = exchange(clock, float(number), 0.002, 0.010, 0.002, 0.5)
    assert found == pytest.approx(truth, abs=1e-6)


@pytest.mark.parametrize(
    ("sent_s", "received_s", "painted_s", "acked_s"),
    [
        (nan, 0.0, 0.1, 1.0),
        (0.0, 0.1, 0.0, 1.0),
        (0.0, 0.0, 2.0, 1.0),
        (0.0, 0.0, 0.1, 61.0),
        (0.0, 0.0, 1e308, 1.0),
        (0.0, -1e308, 1e308, 1.0),
    ],
)
def test_times_that_contradict_each_other_are_left_out(
    sent_s: float, received_s: float, painted_s: float, acked_s: float
) -> None:
    assert isnan(PageClock().painted_s(sent_s, received_s, painted_s, acked_s))


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e5),
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(0, 1e5),
        ),
        max_size=100,
    )
)
def test_whatever_a_client_says_the_paint_lies_between_sending_and_its_word(
    exchanges: list[tuple[float, float, float, float]],
) -> None:
    clock = PageClock()
    for sent_s, received_s, painted_s, acked_s in exchanges:
        found = clock.painted_s(sent_s, received_s, painted_s, acked_s)
        assert isnan(found) or sent_s <= found <= acked_s
