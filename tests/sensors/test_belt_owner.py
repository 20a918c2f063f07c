from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.messages.reading import (
    UNITS,
    Belt,
    BeltInForce,
    BeltNotice,
    BeltSource,
    Quantity,
    Reading,
)
from edge.sensors.belt import BeltOwner
from edge.sensors.disagreement import disagreement

speeds = st.floats(0.5, 12.0)
maybe_speed = st.one_of(st.just(nan), speeds)


def read(value: float, time_s: float = 0.0, *, of: Quantity = Quantity.BELT_SPEED) -> Reading:
    return Reading(name=of, value=value, unit=UNITS[of], time_s=time_s, source="csv:belt.csv")


def owner_of(
    entered_mps: float = 0.0, treadmill_mps: float = nan, seen_mps: float = nan
) -> BeltOwner:
    owner = BeltOwner(Belt(speed_mps=entered_mps))
    owner.begin([] if isnan(treadmill_mps) else [read(treadmill_mps)])
    for _ in range(0 if isnan(seen_mps) else 5):
        owner.see(seen_mps)
    return owner


def notice_after(owner: BeltOwner, seconds: float = 12.0) -> BeltInForce:
    owner.at(0.0)
    for reading in owner.readings:
        owner.begin([read(reading.value, seconds)])
    return owner.at(seconds)


@pytest.mark.parametrize(
    ("entered_mps", "treadmill_mps", "seen_mps", "speed_mps", "source"),
    [
        (3.0, 2.9, 2.8, 3.0, BeltSource.ENTERED),
        (0.0, 2.9, 2.8, 2.9, BeltSource.TREADMILL),
        (0.0, nan, 2.8, 2.8, BeltSource.PICTURE),
        # Nobody runs on a belt that stands: the treadmill is another one.
        (0.0, 0.0, 2.8, 2.8, BeltSource.PICTURE),
    ],
)
def test_the_first_source_that_says_anything_is_used(
    entered_mps: float,
    treadmill_mps: float,
    seen_mps: float,
    speed_mps: float,
    source: BeltSource,
) -> None:
    belt = owner_of(entered_mps, treadmill_mps, seen_mps).at(1.0)
    assert (belt.speed_mps, belt.source) == (speed_mps, source)


def test_nothing_known_is_nan_from_nowhere() -> None:
    belt = BeltOwner().at(0.0)
    assert isnan(belt.speed_mps)
    assert (belt.source, belt.incline_pct) == (BeltSource.NONE, 0.0)
    assert belt.incline_source is BeltSource.NONE


@given(st.one_of(st.just(0.0), speeds), maybe_speed, st.lists(speeds, max_size=9), st.floats(0, 20))
def test_the_speed_in_use_is_its_source_s_own(
    entered_mps: float, treadmill_mps: float, seen: list[float], time_s: float
) -> None:
    owner = owner_of(entered_mps, treadmill_mps)
    for speed_mps in seen:
        owner.see(speed_mps)
    belt = owner.at(time_s)
    said = {
        BeltSource.ENTERED: belt.entered_mps,
        BeltSource.TREADMILL: belt.treadmill_mps,
        BeltSource.PICTURE: belt.seen_mps,
    }
    if belt.source is BeltSource.NONE:
        assert isnan(belt.speed_mps)
        assert isnan(belt.entered_mps) or belt.entered_mps > 4.5
        assert isnan(belt.treadmill_mps)
        assert isnan(belt.seen_mps)
    else:
        assert belt.speed_mps == said[belt.source]
        before = list(said)[: list(said).index(belt.source)]
        # An entry in another unit is skipped, and one that nothing confirms.
        doubted = belt.source is not BeltSource.ENTERED and not isnan(belt.entered_mps)
        if doubted and BeltSource.ENTERED in before:
            before.remove(BeltSource.ENTERED)
            found, _ = disagreement(belt.entered_mps, belt.treadmill_mps, belt.seen_mps)
            assert found is BeltNotice.UNIT
        assert all(isnan(said[source]) for source in before)


@given(st.lists(speeds, min_size=5, max_size=5), st.lists(speeds, max_size=4))
def test_a_runner_s_estimate_holds_no_stride_of_the_one_before(
    before: list[float], after: list[float]
) -> None:
    owner = BeltOwner()
    for speed_mps in before:
        owner.see(speed_mps)
    owner.forget_runner()
    for speed_mps in after:
        owner.see(speed_mps)
    assert isnan(owner.at(0.0).seen_mps)


def test_what_is_entered_meanwhile_waits_for_the_next_frame() -> None:
    owner = BeltOwner(Belt(speed_mps=3.0))
    owner.begin([])
    owner.enter(speed_mps=4.0)
    assert owner.at(0.0).speed_mps == 3.0
    assert owner.entered.speed_mps == 4.0
    entered, _ = owner.begin([])
    assert entered == Belt(speed_mps=4.0)
    assert owner.at(0.1).speed_mps == 4.0


def test_a_silent_treadmill_is_not_asked_any_more() -> None:
    owner = owner_of(treadmill_mps=2.9, seen_mps=2.8)
    assert owner.at(5.0).source is BeltSource.TREADMILL
    assert owner.at(5.1).source is BeltSource.PICTURE


def test_a_doubtful_reading_is_not_used() -> None:
    owner = BeltOwner()
    doubtful = Reading(
        name="belt_speed", value=2.9, unit="m/s", time_s=0.0, source="x", quality=0.4
    )
    owner.begin([doubtful])
    assert owner.at(0.0).source is BeltSource.NONE


def test_a_reading_is_new_once() -> None:
    owner = BeltOwner()
    assert owner.begin([read(2.9)])[1] == [read(2.9)]
    assert owner.begin([read(2.9)])[1] == []
    assert owner.readings == (read(2.9),)


def test_incline_is_entered_or_read() -> None:
    owner = BeltOwner()
    owner.begin([read(1.5, of=Quantity.INCLINE)])
    belt = owner.at(0.0)
    assert (belt.incline_pct, belt.incline_source) == (1.5, BeltSource.TREADMILL)
    owner.enter(incline_pct=3.0)
    owner.begin([])
    belt = owner.at(0.0)
    assert (belt.incline_pct, belt.incline_source) == (3.0, BeltSource.ENTERED)


# Contradictions


@pytest.mark.parametrize(
    ("entered", "treadmill_mps", "seen_mps", "notice", "unit"),
    [
        (10.8, nan, 2.6, BeltNotice.UNIT, "km/h"),
        (6.7, nan, 3.0, BeltNotice.UNIT, "mph"),
        (6.7, nan, 2.6, BeltNotice.UNIT, "mph"),
        (5.5, nan, 3.0, BeltNotice.UNIT, "min/km"),
        (10.8, 3.0, nan, BeltNotice.UNIT, "km/h"),
        (3.0, nan, 2.6, BeltNotice.NONE, ""),
        (3.0, nan, 4.5, BeltNotice.ENTERED_SEEN, ""),
        (3.0, 3.1, nan, BeltNotice.NONE, ""),
        (3.0, 3.3, 3.1, BeltNotice.ENTERED_TREADMILL, ""),
        (nan, 3.0, 4.5, BeltNotice.TREADMILL_SEEN, ""),
        (3.0, 3.0, 4.5, BeltNotice.TREADMILL_SEEN, ""),
        (nan, 3.0, 2.8, BeltNotice.NONE, ""),
        (nan, nan, 2.8, BeltNotice.NONE, ""),
        (3.0, 0.0, nan, BeltNotice.NONE, ""),
    ],
)
def test_a_contradiction_is_named(
    entered: float, treadmill_mps: float, seen_mps: float, notice: BeltNotice, unit: str
) -> None:
    assert disagreement(entered, treadmill_mps, seen_mps) == (notice, unit)


@given(maybe_speed, maybe_speed, maybe_speed)
def test_one_source_alone_or_equal_ones_never_contradict(
    entered: float, treadmill_mps: float, seen_mps: float
) -> None:
    for only in ((entered, nan, nan), (nan, treadmill_mps, nan), (nan, nan, seen_mps)):
        assert disagreement(*only) == (BeltNotice.NONE, "")
    assert disagreement(entered, entered, entered) == (BeltNotice.NONE, "")


@pytest.mark.parametrize(
    ("unit", "number_of"),
    [
        ("km/h", lambda mps: 3.6 * mps),
        ("mph", lambda mps: mps / 0.44704),
    ],
)
def test_every_running_speed_entered_in_another_unit_is_noticed(
    unit: str, number_of: object
) -> None:
    assert callable(number_of)
    for tenths in range(15, 61):
        mps = tenths / 10
        assert disagreement(number_of(mps), nan, mps) == (BeltNotice.UNIT, unit)


def test_a_contradiction_is_told_once_it_lasts_and_changes_no_number() -> None:
    owner = owner_of(entered_mps=4.5, seen_mps=3.0)
    assert owner.at(0.0).notice is BeltNotice.NONE
    assert owner.at(9.9).notice is BeltNotice.NONE
    belt = owner.at(10.0)
    assert belt.notice is BeltNotice.ENTERED_SEEN
    assert (belt.speed_mps, belt.source) == (4.5, BeltSource.ENTERED)
    owner.enter(speed_mps=3.0)
    owner.begin([])
    assert owner.at(10.1).notice is BeltNotice.NONE


@pytest.mark.parametrize(("entered_mps", "unit"), [(10.8, "km/h"), (6.7, "mph"), (9.4, "km/h")])
def test_a_number_that_no_treadmill_runs_at_is_asked_about_and_not_used(
    entered_mps: float, unit: str
) -> None:
    owner = owner_of(entered_mps)
    # Not believed before anything else is known, either.
    assert owner.at(0.0).source is BeltSource.NONE
    for _ in range(5):
        owner.see(2.6)
    belt = owner.at(4.0)
    assert (belt.notice, belt.likely_unit) == (BeltNotice.UNIT, unit)
    assert (belt.speed_mps, belt.source) == (2.6, BeltSource.PICTURE)
    assert belt.entered_mps == entered_mps


def test_a_pace_entered_as_a_speed_is_asked_about_after_four_seconds_and_not_used() -> None:
    owner = owner_of(entered_mps=5.5, seen_mps=3.0)
    soon, later = owner.at(0.0), owner.at(4.0)
    assert (soon.source, soon.notice) == (BeltSource.PICTURE, BeltNotice.NONE)
    assert (later.source, later.notice) == (BeltSource.PICTURE, BeltNotice.UNIT)


def test_the_treadmill_takes_the_place_of_an_entry_in_another_unit() -> None:
    belt = owner_of(entered_mps=10.8, treadmill_mps=3.0).at(0.0)
    assert (belt.speed_mps, belt.source) == (3.0, BeltSource.TREADMILL)


def test_a_sprinter_s_speed_is_used_once_the_picture_shows_it() -> None:
    owner = owner_of(entered_mps=9.0)
    assert owner.at(0.0).source is BeltSource.NONE
    for _ in range(5):
        owner.see(8.3)
    belt = owner.at(20.0)
    assert (belt.speed_mps, belt.source, belt.notice) == (9.0, BeltSource.ENTERED, BeltNotice.NONE)


def test_a_belt_on_its_way_to_a_new_speed_is_no_contradiction() -> None:
    owner = owner_of(entered_mps=4.0, treadmill_mps=3.0)
    for tenths in range(60):
        time_s = tenths / 10
        owner.begin([read(3.0 + min(1.0, time_s / 6), time_s)])
        assert owner.at(time_s).notice is BeltNotice.NONE
    assert notice_after(owner_of(entered_mps=4.0, treadmill_mps=3.0)).notice


@given(maybe_speed, maybe_speed, maybe_speed)
def test_no_source_makes_up_a_number(entered: float, treadmill: float, seen: float) -> None:
    belt = owner_of(0.0 if isnan(entered) else entered, treadmill, seen).at(2.0)
    assert belt.speed_mps < inf or isnan(belt.speed_mps)
    said = (belt.entered_mps, belt.treadmill_mps, belt.seen_mps)
    assert all(isnan(a) == isnan(b) for a, b in zip(said, (entered, treadmill, seen), strict=True))
