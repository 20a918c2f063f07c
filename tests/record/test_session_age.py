"""No session is older than what clocks prove that nobody can set."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edge.record.session_age import Recorded, clock_fault, least_ages_s
from edge.record.station_clock import ClockReading, read_clock

DAY_S = 86_400.0
NOW_S = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()
NOW = ClockReading(boot="b", boot_s=10 * DAY_S, wall_s=NOW_S, synchronised=True)


def label(wall_s: float) -> str:
    return datetime.fromtimestamp(wall_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def at(days_ago: float, boot: str = "b", *, wrong_s: float = 0.0, synced: bool = True) -> Recorded:
    """Return a session of some days ago, with a clock that was wrong by so much."""
    reading = ClockReading(
        boot=boot,
        boot_s=(10 - days_ago) * DAY_S,
        wall_s=NOW_S - days_ago * DAY_S + wrong_s,
        synchronised=synced,
    )
    return Recorded(begun_at=label(reading.wall_s), readings=(reading,))


def old(days_ago: float, wrong_s: float = 0.0) -> Recorded:
    """Return a session of a version without readings."""
    return Recorded(begun_at=label(NOW_S - days_ago * DAY_S + wrong_s))


def ages_days(*sessions: Recorded, now: ClockReading = NOW, trust: bool = False) -> list[float]:
    return [round(s / DAY_S, 2) for s in least_ages_s(sessions, now, trust_labels=trust)]


def test_right_clocks_give_right_ages() -> None:
    sessions = old(60), at(40, "a"), at(35, "a"), at(2), at(0.01)
    assert ages_days(*sessions) == [60, 40, 35, 2, 0.01]


@pytest.mark.parametrize("wrong_s", [-NOW_S, -90 * DAY_S, 400 * DAY_S])
def test_in_the_same_boot_the_label_does_not_matter(wrong_s: float) -> None:
    assert ages_days(at(0.01, wrong_s=wrong_s, synced=False)) == [0.01]


@pytest.mark.parametrize("wrong_s", [-NOW_S, -90 * DAY_S])
def test_a_clock_set_right_during_a_session_gives_its_age(wrong_s: float) -> None:
    began = at(3, "a", wrong_s=wrong_s, synced=False)
    end = at(2.9, "a").readings
    assert ages_days(replace(began, readings=began.readings + end)) == [3]
    # Or during a later one of the same boot.
    assert ages_days(began, at(2, "a")) == [3, 2]


def test_without_any_measure_it_is_as_old_as_the_next_session() -> None:
    unknown = at(5, "a", wrong_s=-90 * DAY_S, synced=False)
    assert ages_days(at(40, "z"), unknown, at(2)) == [40, 2, 2]
    assert ages_days(at(40, "z"), unknown) == [40, 0]
    # Where no time server is to be had, people may say that the clock is right.
    assert ages_days(at(40, "z"), at(5, "a", synced=False), trust=True) == [40, 5]


@pytest.mark.parametrize("wrong_s", [-NOW_S, -90 * DAY_S, 400 * DAY_S])
def test_labels_that_contradict_the_order_prove_nothing(wrong_s: float) -> None:
    assert ages_days(old(40), old(3, wrong_s), old(2)) == [40, 2, 2]
    assert ages_days(old(40), old(3, wrong_s)) == [40, 0]
    assert ages_days(old(3, wrong_s if wrong_s > 0 else -NOW_S)) == [0]


def test_a_clock_must_be_kept_and_agree_with_the_sessions() -> None:
    assert clock_fault([at(40, "a"), at(1)], NOW) == ""
    assert "not synchronised" in clock_fault([], replace(NOW, synchronised=False))
    jumped = replace(NOW, wall_s=NOW_S + 30 * DAY_S)
    assert "has jumped" in clock_fault([at(1)], jumped)
    assert "is behind" in clock_fault(
        [at(1, "a")], replace(NOW, boot="c", wall_s=NOW_S - DAY_S * 9)
    )
    # What an unset clock said is no evidence against one that is kept now.
    assert clock_fault([at(1, wrong_s=400 * DAY_S, synced=False)], NOW) == ""


def test_this_machine_s_clocks_are_read() -> None:
    first, second = read_clock(), read_clock()
    assert first.boot == second.boot
    assert 0 < first.boot_s <= second.boot_s
    assert first.wall_s > datetime(2026, 1, 1, tzinfo=UTC).timestamp()
