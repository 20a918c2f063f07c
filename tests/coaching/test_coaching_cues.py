from dataclasses import replace
from itertools import pairwise
from math import nan

import pytest
from coaching_strides import (
    BENT,
    BOTH,
    KNEE_AND_HIPS,
    KNEE_ONLY,
    STRIDE_S,
    Numbers,
    invalid,
    listen,
    stride,
    strides,
    verdict,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.coaching.coach import Coach
from edge.coaching.cues import CueTracker
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import CueKind, Fault, VerdictState
from edge.settings.coaching_settings import CoachingSettings

SETTINGS = CoachingSettings()
FIRST = SETTINGS.min_valid_strides + SETTINGS.cue_after_strides - 1


def fresh() -> tuple[Coach, CueTracker]:
    return Coach(SETTINGS), CueTracker(SETTINGS)


@pytest.mark.parametrize(
    ("numbers", "kinds"),
    [
        (KNEE_AND_HIPS, ["sit_back", "sit_back", "sit_back"]),
        (KNEE_ONLY, ["cadence", "cadence", "cadence"]),
        (BENT, ["cadence", "cadence", "cadence"]),
        (BOTH, ["sit_back", "cadence", "sit_back"]),
        (KNEE_ONLY | BENT | {"knee_toe_offset_pct": 8.0}, ["cadence", "cadence", "cadence"]),
    ],
)
def test_the_cue_is_the_one_of_the_table(numbers: Numbers, kinds: list[str]) -> None:
    assert [c.kind for c in listen(*fresh(), strides(80, **numbers))][:3] == kinds


def test_the_first_cue_waits_for_five_strides_of_a_fault() -> None:
    coach, pairings = fresh()
    assert listen(coach, pairings, strides(FIRST - 1, **KNEE_ONLY)) == []
    cues = listen(coach, pairings, strides(1, FIRST - 1, **KNEE_ONLY))
    assert [c.kind for c in cues] == ["cadence"]
    assert cues[0].issued_at_s == stride(FIRST - 1).decided_at_s


def test_cues_are_spaced_by_the_gap() -> None:
    times = [c.issued_at_s for c in listen(*fresh(), strides(200, **BOTH))]
    gaps = [b - a for a, b in pairwise(times)]
    assert len(gaps) >= 4
    assert all(SETTINGS.cue_gap_s <= gap < SETTINGS.cue_gap_s + STRIDE_S + 1e-9 for gap in gaps)


def test_cadence_cue_names_baseline_plus_five_to_eight() -> None:
    cues = listen(*fresh(), strides(FIRST, **KNEE_ONLY | {"cadence_spm": 166.0}))
    assert cues[0].wording == "Quicker, lighter steps: 171 to 174 a minute"


def test_cadence_target_is_rounded_inwards() -> None:
    coach, pairings = fresh()
    listen(coach, pairings, strides(8, cadence_spm=166.4))
    assert pairings.baseline_spm == pytest.approx(166.4)
    assert pairings.target_spm == (172.0, 174.0)


def test_cadence_target_is_capped() -> None:
    pairings = CueTracker(replace(SETTINGS, cadence_cap_pct=4.0))
    for metrics in strides(8, cadence_spm=150.0):
        pairings.update(metrics, 3.0, [])
    assert pairings.target_spm == (155.0, 156.0)


def test_cadence_cue_without_a_known_cadence_has_no_numbers() -> None:
    cues = listen(*fresh(), strides(FIRST, **KNEE_ONLY | {"cadence_spm": nan}))
    assert [c.wording for c in cues] == ["Quicker, lighter steps"]


def test_the_target_does_not_run_away_from_a_runner_who_follows_it() -> None:
    coach, pairings = fresh()
    listen(coach, pairings, strides(FIRST, **BENT))
    listen(coach, pairings, strides(60, FIRST, **BENT | {"cadence_spm": 170.0}))
    assert pairings.target_spm == (171.0, 174.0)


@pytest.mark.parametrize(("numbers", "kind"), [(BENT, "long_push"), (KNEE_ONLY, "sit_back")])
def test_a_runner_at_the_target_is_not_told_to_be_quicker(numbers: Numbers, kind: str) -> None:
    coach, pairings = fresh()
    listen(coach, pairings, strides(FIRST, **numbers))
    later = listen(coach, pairings, strides(40, FIRST, **numbers | {"cadence_spm": 172.0}))
    assert {c.kind for c in later} == {kind}


def test_a_belt_speed_change_makes_the_baseline_void() -> None:
    coach, pairings = fresh()
    listen(coach, pairings, strides(12, cadence_spm=162.0), 2.5)
    listen(coach, pairings, strides(12, 12, cadence_spm=171.0), 3.5)
    assert str(pairings.baseline_spm) == "nan"
    listen(coach, pairings, strides(12, 24, cadence_spm=171.0), 3.5)
    assert pairings.baseline_spm == 171.0


def test_no_cue_for_the_far_leg() -> None:
    assert listen(*fresh(), strides(100, near=False, **BOTH)) == []


def test_no_cue_when_the_camera_is_suspected() -> None:
    assert listen(*fresh(), strides(100, knee_toe_offset_pct=8.0)) == []


@pytest.mark.parametrize("state", [VerdictState.BORDERLINE, VerdictState.UNKNOWN])
def test_no_cue_and_no_praise_on_what_is_not_known(state: VerdictState) -> None:
    pairings = CueTracker(SETTINGS)
    for i in range(100):
        metrics = stride(i)
        said = [verdict(state, fault, metrics.decided_at_s) for fault in Fault]
        assert pairings.update(metrics, 3.0, said) == []


def test_a_borderline_stride_starts_the_five_again() -> None:
    pairings = CueTracker(SETTINGS)
    text = CueKind.CADENCE
    red, unsure = (VerdictState.RED, text), (VerdictState.BORDERLINE, None)
    given_cues = []
    for i, (state, cue) in enumerate([red] * 4 + [unsure] + [red] * 5):
        metrics = stride(i)
        said = [verdict(state, Fault.BENT_PUSH_OFF, metrics.decided_at_s, cue)]
        given_cues.append(len(pairings.update(metrics, 3.0, said)))
    assert given_cues == [0] * 9 + [1]


def test_an_invalid_stride_neither_counts_nor_breaks() -> None:
    coach, pairings = fresh()
    listen(coach, pairings, strides(FIRST - 1, **BENT))
    assert listen(coach, pairings, [invalid(FIRST - 1)]) == []
    assert len(listen(coach, pairings, strides(1, FIRST, **BENT))) == 1


def test_praise_comes_once_after_twenty_green_strides() -> None:
    coach, pairings = fresh()
    first = SETTINGS.min_valid_strides + SETTINGS.praise_strides - 1
    assert listen(coach, pairings, strides(first - 1)) == []
    assert [c.kind for c in listen(coach, pairings, strides(1, first - 1))] == ["praise"]
    assert listen(coach, pairings, strides(200, first)) == []


def test_praise_may_come_again_after_another_cue() -> None:
    coach, pairings = fresh()
    cues = listen(coach, pairings, strides(60))
    cues += listen(coach, pairings, strides(40, 60, **KNEE_AND_HIPS))
    cues += listen(coach, pairings, strides(100, 100))
    kinds = [c.kind for c in cues]
    assert kinds[0] == kinds[-1] == "praise"
    assert kinds.count("praise") == 2


def test_no_praise_when_only_one_fault_is_green() -> None:
    assert "praise" not in {c.kind for c in listen(*fresh(), strides(100, **BENT))}


def test_unknown_time_gives_no_cue() -> None:
    assert listen(*fresh(), strides(40, decided_at_s=nan, **BOTH)) == []


def test_replay_after_reset_is_identical() -> None:
    coach, pairings = fresh()
    given_strides = strides(60, **BOTH) + strides(60, 60) + strides(60, 120, **BENT)
    once = listen(coach, pairings, given_strides)
    coach.reset()
    pairings.reset()
    assert listen(coach, pairings, given_strides) == once
    assert len(once) > 3


@settings(max_examples=60, deadline=None)
@given(
    forms=st.lists(
        st.tuples(st.sampled_from([BOTH, BENT, KNEE_ONLY, KNEE_AND_HIPS, {}]), st.integers(1, 40)),
        max_size=8,
    )
)
def test_whatever_the_runner_does_cues_keep_their_distance(
    forms: list[tuple[Numbers, int]],
) -> None:
    given_strides: list[StrideMetrics] = []
    for numbers, count in forms:
        given_strides += strides(count, len(given_strides), **numbers)
    cues = listen(*fresh(), given_strides)
    times = [c.issued_at_s for c in cues]
    assert all(b - a >= SETTINGS.cue_gap_s for a, b in pairwise(times))
    assert all(c.wording and c.kind in list(CueKind) for c in cues)
