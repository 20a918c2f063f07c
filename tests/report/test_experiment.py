"""The cue experiment: which block moved what, and what must not be claimed."""

from collections.abc import Mapping

import pytest
from blocks_by_hand import (
    SESSION,
    STRIDE_S,
    USUAL,
    block,
    column,
    stride,
    strides,
    table,
)

from edge.i18n.conclusion_words import conclusion_words
from edge.i18n.word_catalogue import load
from edge.messages.metric import Metric
from edge.messages.side import Side
from edge.messages.visit import StepState
from edge.numerics.statistics import spread, trimmed_mean
from edge.report.blocks import columns_of
from edge.report.both_sides import both_sides
from edge.report.changes import Judged
from edge.report.experiment import ROWS, Experiment, experiment

KNEE, CADENCE = Metric.KNEE_TOE, Metric.CADENCE
# 60 s of baseline, 2 min of a cue, 60 s of retention at 83 strides of one leg a minute.
BASELINE, CUE, LATE = 83, 166, 83
BACK: Mapping[str, float] = {KNEE: -11.0}
QUICK: Mapping[str, float] = {CADENCE: 6.0}


def changed(found: Experiment, at: int) -> set[str]:
    """Return the metrics that changed in a column."""
    return {
        row.metric.value
        for row in found.rows
        if (change := row.cells[at].change) is not None and change.judged is Judged.CHANGED
    }


def visit(
    cue: Mapping[str, float], late: Mapping[str, float], *, kind: str = "sit_back", seed: int = 1
) -> Experiment:
    return table(
        column("baseline", BASELINE, seed=seed),
        column("cue", CUE, cue, cue=kind, seed=seed),
        column("retention", LATE, late, seed=seed),
    )


def said(found: Experiment, language: str = "en") -> str:
    return conclusion_words(found.conclusion, load(language))


# The sentence on top.


def test_a_cue_that_moved_the_knee_and_stayed() -> None:
    found = visit(BACK, BACK)
    whole = "Sitting back moved the knee 5 % behind the toes and stayed when the screen was off."
    assert said(found) == whole
    assert said(found, "de") == (
        "Das Zurücksetzen brachte das Knie 5 % hinter die Zehen, und das blieb so, als der "
        "Bildschirm aus war."
    )
    assert changed(found, 1) == changed(found, 2) == {KNEE.value}
    assert found.notes == ()


@pytest.mark.parametrize(
    ("late", "speed_mps", "count", "code"),
    [
        ({}, 2.8, LATE, "cue_not_stayed"),
        # The other way round it has not stayed either.
        ({KNEE: 11.0}, 2.8, LATE, "cue_not_stayed"),
        (BACK, 2.8, 9, "cue_stay_too_few"),
        (BACK, 2.8, 1, "cue_stay_too_few"),
        (BACK, 3.1, LATE, "cue_stay_other_speed"),
        (BACK, 2.9, LATE, "cue_stayed"),
    ],
)
def test_what_became_of_it_goes_by_the_same_rule(
    late: Mapping[str, float], speed_mps: float, count: int, code: str
) -> None:
    found = table(
        column("baseline", BASELINE),
        column("cue", CUE, BACK, cue="sit_back"),
        column("retention", count, late, speed_mps=speed_mps),
    )
    assert found.conclusion.code == code


def test_retention_before_the_cue_says_nothing_of_it() -> None:
    found = table(
        column("baseline", BASELINE),
        column("retention", LATE, BACK),
        column("cue", CUE, BACK, cue="sit_back"),
    )
    assert found.conclusion.code == "cue_not_retested"


@pytest.mark.parametrize(
    ("before", "after", "effect", "words"),
    [
        (6.0, -5.0, "knee_behind", "moved the knee 5 % behind the toes"),
        (9.0, 2.0, "knee_less_ahead", "moved the knee back to 2 % ahead of the toes"),
        (-8.0, 3.0, "knee_ahead", "moved the knee forward to 3 % ahead of the toes"),
        (-12.0, -4.0, "knee_less_behind", "moved the knee forward to 4 % behind the toes"),
        (8.0, 0.1, "knee_over", "moved the knee over the toes"),
    ],
)
def test_where_the_knee_went(before: float, after: float, effect: str, words: str) -> None:
    off = USUAL[KNEE][0]
    found = table(
        column("baseline", 400, {KNEE: before - off}),
        column("cue", 400, {KNEE: after - off}, cue="sit_back"),
    )
    assert dict(found.conclusion.params)["effect"] == effect
    assert words in said(found)


def test_a_rise_in_cadence_is_told_in_steps() -> None:
    found = visit(QUICK, QUICK, kind="cadence")
    assert changed(found, 1) == {CADENCE.value}
    words = "Quicker steps raised cadence from 164 steps/min to 170 steps/min and stayed"
    assert said(found).startswith(words)
    assert "erhöhte die Schrittfrequenz von 164" in said(found, "de")


def test_of_two_cues_the_one_that_moved_the_knee_is_named() -> None:
    found = table(
        column("baseline", BASELINE),
        column("cue", CUE, QUICK, cue="cadence"),
        column("cue.2", CUE, BACK, cue="sit_back"),
        column("retention", LATE, BACK),
    )
    assert dict(found.conclusion.params)["cue"] == "sit_back"
    assert changed(found, 1) == {CADENCE.value}
    further = table(
        column("baseline", BASELINE),
        column("cue", CUE, {KNEE: -8.0}, cue="cadence"),
        column("cue.2", CUE, {KNEE: 8.0}, cue="sit_back"),
    )
    assert dict(further.conclusion.params)["cue"] == "cadence"


def test_a_change_without_a_screen_alone_is_told_as_that() -> None:
    found = visit({}, BACK)
    assert found.conclusion.code == "later_only"
    assert "running with the screen off moved the knee 5 % behind the toes" in said(found)


def test_why_nothing_can_be_said() -> None:
    base, cue = column("baseline", BASELINE), column("cue", CUE, BACK, cue="sit_back")
    assert table(cue).conclusion.code == "no_baseline"
    assert table(base).conclusion.code == "no_cue"
    assert table(column("baseline", 9), cue).conclusion.code == "too_few_strides"
    assert table(base, column("cue", 1, BACK, cue="sit_back")).conclusion.code == "too_few_strides"
    fast = column("cue", CUE, BACK, cue="sit_back", speed_mps=3.3)
    assert table(base, fast).conclusion.code == "speeds_differ"
    assert visit({}, {}).conclusion.code == "nothing_changed"
    assert all(said(table(each)) for each in (base, cue, fast))


def test_a_block_of_one_stride_is_too_few_however_large_the_change() -> None:
    found = table(column("baseline", BASELINE), column("cue", 1, {KNEE: -40.0}, cue="sit_back"))
    assert {row.cells[1].change.judged for row in found.rows if row.cells[1].change} == {"too_few"}


# The table.


def test_means_and_intervals_are_those_of_the_strides() -> None:
    found = visit(BACK, BACK)
    assert [row.metric for row in found.rows] == list(ROWS)
    for row in found.rows:
        for ran, cell in zip(found.columns, row.cells, strict=True):
            values = ran.values(row.metric, by_hand=False)
            assert cell.spread == spread(values, neighbours=True)
            assert cell.spread.mean == trimmed_mean(values)
    assert [cell.change is None for cell in found.row(KNEE).cells] == [True, False, False]
    assert found.claims == 2 * len(ROWS)


def test_too_few_strides_and_other_speeds_are_no_claims() -> None:
    found = table(
        column("baseline", BASELINE),
        column("cue", CUE, cue="sit_back"),
        column("cue.2", 5, cue="cadence"),
        column("retention", LATE, speed_mps=3.2),
    )
    assert found.claims == len(ROWS)


@pytest.mark.parametrize(
    ("cue", "what"), [({}, set()), (BACK, {KNEE.value}), (QUICK, {CADENCE.value})]
)
def test_what_changed_is_found_and_nothing_else(cue: Mapping[str, float], what: set[str]) -> None:
    """Also with neighbouring strides alike, in every run of a whole visit."""
    for seed in range(6):
        found = visit(cue, cue, seed=seed)
        assert (changed(found, 1), changed(found, 2)) == (what, what)


def test_short_blocks_claim_nothing_by_chance() -> None:
    """Means of ten strides differ by more than their limits: only the interval prevents claims."""
    wrong, beyond = 0, 0
    for seed in range(60):
        found = table(
            column("baseline", 10, seed=seed),
            column("cue", 10, cue="sit_back", seed=seed),
            column("retention", 10, seed=seed),
        )
        wrong += bool(changed(found, 1) | changed(found, 2))
        cells = [cell.change for row in found.rows for cell in row.cells if cell.change]
        beyond += any(abs(change.change) > change.mdc for change in cells)
    # One table in twenty is what the intervals promise.
    assert wrong <= 3
    assert beyond > 20


@pytest.mark.parametrize(
    ("moved", "code"),
    [
        ({"overstride_pct": 3.5}, "overstride_more"),
        ({"overstride_pct": 2.6}, None),
        ({"overstride_pct": -6.0}, None),
        ({"ground_contact_ms": 16.0}, "contact_longer"),
        ({"ground_contact_ms": 11.0}, None),
        ({"trunk_lean_deg": -8.0}, "trunk_behind"),
        ({"trunk_lean_deg": -4.0}, None),
    ],
)
def test_side_effects_of_a_cue_are_watched(moved: Mapping[str, float], code: str | None) -> None:
    found = visit(moved, {})
    assert [note.code for note in found.notes] == ([code] if code else [])
    for note in found.notes:
        assert conclusion_words(note, load("en")).startswith("Sitting back: ")
        assert conclusion_words(note, load("de")).startswith("Das Zurücksetzen: ")


def test_an_unknown_belt_speed_is_said() -> None:
    found = table(
        column("baseline", BASELINE, speed_mps=float("nan")),
        column("cue", CUE, BACK, cue="sit_back", speed_mps=float("nan")),
    )
    assert [note.code for note in found.notes] == ["speed_unknown"]
    assert changed(found, 1) == {KNEE.value}


def test_each_block_is_compared_with_the_baseline_at_its_speed() -> None:
    """The belt was set faster in mid baseline: cadence rose, and not by the cue."""
    faster: Mapping[str, float] = {CADENCE: 8.0}
    found = table(
        column("baseline", BASELINE),
        column("baseline.2", BASELINE, faster, speed_mps=3.3),
        column("cue", CUE, faster, cue="sit_back", speed_mps=3.3),
        column("retention", LATE),
    )
    assert changed(found, 2) == changed(found, 3) == set()
    assert found.conclusion.code == "nothing_changed"


# Columns.


def test_a_column_holds_the_valid_strides_of_the_near_leg_in_its_time() -> None:
    ran = [
        stride(9.9, {}),
        stride(10.0, {}),
        stride(11.0, {}, near=False),
        stride(12.0, {}, valid=False),
        stride(13.0, {}, side=Side.LEFT),
        stride(19.9, {}),
        stride(20.0, {}),
    ]
    (found,) = columns_of([block("baseline", 10.0, 20.0)], {SESSION: ran}, Side.RIGHT)
    assert [each.start_s for each in found.strides] == [10.0, 19.9]
    (left,) = columns_of([block("baseline", 10.0, 20.0, side=None)], {SESSION: ran}, Side.LEFT)
    assert [each.start_s for each in left.strides] == [13.0]
    assert columns_of([block("baseline", 10.0, 20.0)], {SESSION: ran}, Side.LEFT) == ()
    assert columns_of([block("warm_up", 0.0)], {SESSION: ran}, Side.RIGHT) == ()


def test_blocks_of_one_step_are_one_column_while_the_belt_keeps_its_speed() -> None:
    ran = strides(100)
    half_s, end_s = 50 * STRIDE_S, 100 * STRIDE_S
    blocks = [block("baseline", 0.0, half_s), block("baseline", half_s + 0.01, end_s)]
    (one,) = columns_of(blocks, {SESSION: ran}, Side.RIGHT)
    assert (len(one.strides), one.start_s, one.end_s) == (99, 0.0, end_s)
    split = [blocks[0], block("baseline", half_s, end_s, speed_mps=3.1)]
    assert [len(c.strides) for c in columns_of(split, {SESSION: ran}, Side.RIGHT)] == [50, 50]
    again = [block("baseline", 0.0, half_s, state=StepState.REPEATED), blocks[1]]
    (second,) = columns_of(again, {SESSION: ran}, Side.RIGHT)
    assert second.start_s == half_s + 0.01


def test_a_step_goes_on_in_the_session_after_a_power_cut() -> None:
    later = "2026-11-30T10-20-00Z"
    blocks = [block("baseline", 5.0, 9.0), block("baseline", 1.0, 4.0, session=later)]
    ran = {SESSION: [stride(6.0, {})], later: [stride(2.0, {}), stride(6.0, {})]}
    (found,) = columns_of(blocks, ran, Side.RIGHT)
    assert [each.start_s for each in found.strides] == [6.0, 2.0]
    assert (found.session, found.start_s, found.end_s) == (SESSION, 5.0, 9.0)


def test_points_set_by_hand_count_only_where_all_strides_have_them() -> None:
    hand = [
        stride(start_s, {"knee_toe_offset_pct": 6.0}, by_hand={"knee_toe_offset_pct": -4.0})
        for start_s in range(20)
    ]
    (ran,) = columns_of([block("baseline")], {SESSION: hand}, Side.RIGHT)
    by_model, by_hand = experiment([ran], Side.RIGHT), experiment([ran], Side.RIGHT, by_hand=True)
    assert by_model.row(KNEE).cells[0].spread.mean == 6.0
    assert by_hand.row(KNEE).cells[0].spread.mean == -4.0


# Left against right.


def leg(side: Side, count: int = 83, speed_mps: float = 2.8, moved: float = 0.0) -> Experiment:
    ran = column(
        "baseline", count, {KNEE: moved}, side=side, speed_mps=speed_mps, seed=side == "left"
    )
    return experiment([ran], side)


def test_left_and_right_of_two_passes_are_compared() -> None:
    alike = both_sides([leg(Side.LEFT), leg(Side.RIGHT)])
    assert alike.conclusion.code == "sides_alike"
    assert [row.metric for row in alike.rows] == list(ROWS)
    found = both_sides([leg(Side.LEFT), leg(Side.RIGHT, moved=9.0, speed_mps=2.9)])
    assert conclusion_words(found.conclusion, load("en")).endswith("in 1 of the rows.")
    (knee,) = (row for row in found.rows if row.judged is Judged.CHANGED)
    assert knee.metric is KNEE
    # The right leg minus the left; the camera was set up anew between the two.
    assert knee.change == pytest.approx(9.0, abs=2.0)
    assert (knee.low > 0, knee.mdc) == (True, 5.0)


@pytest.mark.parametrize(
    ("legs", "code"),
    [
        ([], "sides_none"),
        ([leg(Side.LEFT)], "sides_one"),
        ([leg(Side.LEFT), leg(Side.RIGHT, count=9)], "sides_too_few"),
        ([leg(Side.LEFT), leg(Side.RIGHT, speed_mps=3.1)], "sides_speeds"),
        ([leg(Side.LEFT), leg(Side.RIGHT, speed_mps=float("nan"))], "sides_speed_unknown"),
    ],
)
def test_or_it_says_why_not(legs: list[Experiment], code: str) -> None:
    found = both_sides(legs)
    assert (found.conclusion.code, found.rows) == (code, ())
    for language in ("en", "de"):
        assert conclusion_words(found.conclusion, load(language)).endswith(".")


def test_a_leg_without_a_baseline_is_not_compared() -> None:
    right = experiment([column("cue", CUE, cue="sit_back")], Side.RIGHT)
    found = both_sides([leg(Side.LEFT), right])
    assert dict(found.conclusion.params) == {"side": "left"}
