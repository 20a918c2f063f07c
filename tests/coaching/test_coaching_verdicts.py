from dataclasses import replace
from math import isnan, nan
from typing import Any

import pytest
from coaching_strides import (
    BENT,
    GOOD,
    KNEE_AND_HIPS,
    KNEE_ONLY,
    Numbers,
    invalid,
    judge,
    remeasured,
    states,
    strides,
)

from edge.coaching.coach import Coach
from edge.i18n.reasons import english
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import CueKind, Fault, VerdictState
from edge.settings.coaching_settings import CoachingSettings

KNEES, BENT_PUSH = Fault.KNEES_FORWARD, Fault.BENT_PUSH_OFF
GREEN, AMBER, RED = VerdictState.GREEN, VerdictState.AMBER, VerdictState.RED
BORDERLINE, UNKNOWN = VerdictState.BORDERLINE, VerdictState.UNKNOWN
SETTINGS = CoachingSettings()
SIT_BACK, CADENCE = CueKind.SIT_BACK, CueKind.CADENCE


@pytest.fixture
def coach() -> Coach:
    return Coach(SETTINGS)


@pytest.mark.parametrize(
    ("numbers", "fault", "state", "cue"),
    [
        (GOOD, KNEES, GREEN, None),
        (GOOD, BENT_PUSH, GREEN, None),
        (KNEE_ONLY, KNEES, RED, CADENCE),
        (KNEE_ONLY, BENT_PUSH, GREEN, None),
        (KNEE_AND_HIPS, KNEES, RED, SIT_BACK),
        (KNEE_ONLY | {"knee_toe_offset_pct": 2.0}, KNEES, AMBER, CADENCE),
        (KNEE_AND_HIPS | {"knee_toe_offset_pct": 2.0}, KNEES, AMBER, SIT_BACK),
        (GOOD | {"knee_toe_offset_pct": 8.0}, KNEES, AMBER, None),
        (GOOD | {"knee_toe_offset_pct": 8.0, "shank_angle_deg": nan}, KNEES, AMBER, None),
        (GOOD | {"shank_angle_deg": 35.0}, KNEES, AMBER, CADENCE),
        (GOOD | {"shank_angle_deg": 31.0}, KNEES, GREEN, None),
        (GOOD | {"hip_ankle_offset_pct": 14.0}, KNEES, GREEN, None),
        (BENT, BENT_PUSH, RED, CADENCE),
        (BENT, KNEES, GREEN, None),
        (GOOD | {"knee_flexion_push_off_deg": 24.0}, BENT_PUSH, AMBER, CADENCE),
        (GOOD | {"thigh_extension_deg": 5.0}, BENT_PUSH, GREEN, None),
        (GOOD | {"thigh_extension_deg": 5.0, "plantarflexion_deg": 2.0}, BENT_PUSH, AMBER, CADENCE),
        (GOOD | {"plantarflexion_deg": 2.0}, BENT_PUSH, GREEN, None),
    ],
)
def test_constant_strides_give_the_verdict_of_the_table(
    coach: Coach, numbers: Numbers, fault: Fault, state: VerdictState, cue: str | None
) -> None:
    given = judge(coach, strides(20, **numbers))
    assert states(given, fault) == [UNKNOWN] * 7 + [state] * 13
    assert {v[fault].cue for v in given[7:]} == {cue}
    assert all(english(v[fault].reason) for v in given)


def test_push_off_limit_follows_belt_speed() -> None:
    # 21 degrees: inside at 2.5 m/s (22.5) and unknown speed (21.35), beyond at 4.5 m/s (17.9).
    numbers = GOOD | {"knee_flexion_push_off_deg": 21.0}
    ends = {
        speed: judge(Coach(SETTINGS), strides(9, **numbers), speed)[-1][BENT_PUSH].state
        for speed in (2.5, 4.5, nan)
    }
    assert list(ends.values()) == [GREEN, AMBER, GREEN]


def test_verdict_shows_mean_interval_and_strides_of_the_deciding_metric(coach: Coach) -> None:
    given = [
        remeasured(m, knee_toe_offset_pct=-float(i), knee_flexion_push_off_deg=float(i))
        for i, m in enumerate(strides(10), start=1)
    ]
    last = judge(coach, given)[-1]
    half = 2.570582 * (42.5 / 30) ** 0.5
    assert last[KNEES].mean == pytest.approx(-5.5)
    assert last[KNEES].ci95 == pytest.approx((-5.5 - half, -5.5 + half))
    assert last[BENT_PUSH].mean == pytest.approx(5.5)
    assert last[KNEES].strides == 10
    assert last[KNEES].decided_at_s == given[-1].decided_at_s


def test_no_verdict_before_eight_strides(coach: Coach) -> None:
    given = judge(coach, strides(8))
    assert [english(v[KNEES].reason) for v in given[:-1]] == [
        f"{n} of 8 strides seen" for n in range(1, 8)
    ]
    assert all(isnan(v[KNEES].mean) and v[KNEES].strides == n for n, v in enumerate(given[:-1], 1))
    assert given[-1][KNEES].state is GREEN


def test_eight_of_the_last_twelve_are_enough_and_seven_are_not(coach: Coach) -> None:
    judge(coach, strides(8))
    gaps = judge(coach, [invalid(8 + i) for i in range(5)])
    assert states(gaps, KNEES) == [GREEN] * 4 + [UNKNOWN]
    assert english(gaps[-1][KNEES].reason) == "7 of 8 strides seen (last: tracking gap)"


def test_an_invalid_stride_moves_nothing_but_the_time(coach: Coach) -> None:
    before = judge(coach, strides(10, **KNEE_AND_HIPS))[-1][KNEES]
    gap = invalid(10, knee_toe_offset_pct=-50.0)
    after = judge(coach, [gap])[-1][KNEES]
    assert after == replace(before, decided_at_s=gap.decided_at_s)


def test_a_fault_without_its_metric_is_unknown_and_the_other_is_judged(coach: Coach) -> None:
    last = judge(coach, strides(12, knee_toe_offset_pct=nan))[-1]
    assert last[KNEES].state is UNKNOWN
    assert english(last[KNEES].reason) == "0 of 8 strides seen"
    assert last[BENT_PUSH].state is GREEN


def test_far_leg_is_never_judged(coach: Coach) -> None:
    given = judge(coach, strides(20, near=False, **KNEE_AND_HIPS))
    assert {(v.state, english(v.reason), v.cue) for by in given for v in by.values()} == {
        (UNKNOWN, "far leg", None)
    }


def test_a_leg_that_becomes_the_near_one_starts_from_nothing(coach: Coach) -> None:
    judge(coach, strides(10))
    judge(coach, strides(1, near=False))
    assert judge(coach, strides(1))[-1][KNEES].reason == Reason("strides_too_few", seen=1, needed=8)


@pytest.mark.parametrize("reason", ["walking", "standing", "absent"])
def test_not_running_is_unknown_at_once(coach: Coach, reason: str) -> None:
    judge(coach, strides(10))
    after = judge(coach, [invalid(10, reason)])[-1]
    assert {(v.state, english(v.reason)) for v in after.values()} == {(UNKNOWN, reason)}
    assert all(isnan(v.mean) for v in after.values())


def test_what_cannot_be_trusted_is_unknown_and_does_not_count_later(coach: Coach) -> None:
    distrusted = judge(coach, strides(20), trust=Reason("off_centre"))
    assert {(v.state, english(v.reason)) for by in distrusted for v in by.values()} == {
        (UNKNOWN, "runner too far from the middle of the picture")
    }
    assert judge(coach, strides(1))[-1][KNEES].reason == Reason("strides_too_few", seen=1, needed=8)


def test_trust_lost_takes_a_verdict_away_at_once(coach: Coach) -> None:
    judge(coach, strides(10, **KNEE_ONLY))
    lost = judge(coach, strides(1, **KNEE_ONLY), trust=Reason("off_centre"))[-1]
    assert {v.state for v in lost.values()} == {UNKNOWN}
    assert {v.cue for v in lost.values()} == {None}


def test_the_speed_of_strides_that_cannot_be_trusted_is_not_believed(coach: Coach) -> None:
    judge(coach, strides(12), 3.0)
    judge(coach, strides(4, 12), 3.5, trust=Reason("off_centre"))
    assert states(judge(coach, strides(1, 16), 3.0), KNEES) == [GREEN]


def test_a_belt_speed_change_starts_a_warm_up_and_a_new_window(coach: Coach) -> None:
    judge(coach, strides(12), 3.0)
    given = judge(coach, strides(22, 12), 3.5)
    assert states(given, KNEES)[:2] == [GREEN, GREEN]
    assert [english(v[KNEES].reason) for v in given[2:10]] == [
        f"belt speed changed: {n} of 10 warm-up strides" for n in range(3, 11)
    ]
    assert english(given[10][KNEES].reason) == "1 of 8 strides seen"
    assert states(given, KNEES)[16:] == [UNKNOWN] + [GREEN] * 5


def test_an_invalid_stride_does_not_count_as_warm_up(coach: Coach) -> None:
    judge(coach, strides(12), 3.0)
    judge(coach, strides(4, 12), 3.5)
    after = judge(coach, [invalid(16)], 3.5)[-1][KNEES]
    assert english(after.reason) == "belt speed changed: 4 of 10 warm-up strides"


def test_unknown_speed_never_starts_a_warm_up(coach: Coach) -> None:
    judge(coach, strides(12), 3.0)
    assert set(states(judge(coach, strides(12, 12), nan), KNEES)) == {GREEN}


def alternating(low: float, high: float, count: int = 10, **numbers: Any) -> list[StrideMetrics]:
    return [
        remeasured(m, knee_toe_offset_pct=high if i % 2 else low)
        for i, m in enumerate(strides(count, **numbers))
    ]


def test_an_interval_across_the_limit_is_borderline_without_a_cue(coach: Coach) -> None:
    for verdicts in judge(coach, alternating(-3.0, 3.5))[7:]:
        assert verdicts[KNEES].state is BORDERLINE
        assert verdicts[KNEES].cue is None
        assert verdicts[KNEES].ci95[0] < 0 < verdicts[KNEES].ci95[1]


def test_the_reason_says_what_is_on_the_line_where_it_is_not_the_number_shown(
    coach: Coach,
) -> None:
    # The knee is clear of its limit; the shank reaches both sides of the one that makes a fault.
    shanks = (31.0, 35.2, 35.4, 31.4, 35.6, 31.8, 35.8, 35.0, 35.5, 35.3)
    given_strides = [
        remeasured(m, shank_angle_deg=shank)
        for m, shank in zip(strides(len(shanks)), shanks, strict=True)
    ]
    last = judge(coach, given_strides)[-1][KNEES]
    assert (last.state, last.reason.code) == (BORDERLINE, "near_limit_shank")
    assert last.ci95[1] < 0


def test_on_the_line_held_by_its_dwell_says_that_it_was(coach: Coach) -> None:
    judge(coach, alternating(-0.5, 0.3, 8))
    clear = [remeasured(m, knee_toe_offset_pct=-2.0) for m in strides(10, 8)]
    later = [verdicts[KNEES] for verdicts in judge(coach, clear)]
    held = [v for v in later if v.state is BORDERLINE and v.ci95[1] < 0]
    assert held
    assert {v.reason.code for v in held} == {"was_near_limit"}
    assert later[-1].state is GREEN


def test_an_interval_clear_of_the_limit_is_not_borderline(coach: Coach) -> None:
    assert judge(coach, alternating(-6.0, -4.0))[-1][KNEES].state is GREEN
    assert judge(Coach(SETTINGS), alternating(1.5, 2.5))[-1][KNEES].state is AMBER


def test_an_interval_across_red_alone_leaves_no_doubt_about_the_fault(coach: Coach) -> None:
    # Mean 5, all but certainly above 0; 7 of 10 above 4.
    given = [
        remeasured(m, knee_toe_offset_pct=3.0 if i % 10 in (0, 4, 8) else 6.0)
        for i, m in enumerate(strides(20, **KNEE_ONLY))
    ]
    last = judge(coach, given)[-1][KNEES]
    assert last.ci95[0] < 4.0 < last.ci95[1]
    assert (last.state, last.cue) == (RED, CADENCE)


def test_a_mean_beyond_on_too_few_strides_is_not_green(coach: Coach) -> None:
    # Six of ten beyond: the share is not reached, so no fault is entered.
    given = [
        remeasured(m, knee_toe_offset_pct=1.5 if i % 5 < 3 else -0.1)
        for i, m in enumerate(strides(20))
    ]
    last = judge(coach, given)[-1][KNEES]
    assert last.mean > 0
    assert last.state is BORDERLINE


def test_one_wild_stride_changes_nothing(coach: Coach) -> None:
    given = strides(30)
    given[15] = remeasured(given[15], knee_toe_offset_pct=60.0, knee_flexion_push_off_deg=90.0)
    for verdicts in judge(coach, given)[7:]:
        assert {v.state for v in verdicts.values()} == {GREEN}


def test_a_change_of_form_is_followed_and_left_again(coach: Coach) -> None:
    judge(coach, strides(20))
    worse = states(judge(coach, strides(20, 20, **KNEE_AND_HIPS)), KNEES)
    better = states(judge(coach, strides(30, 40)), KNEES)
    assert worse[-1] is RED
    assert better[-1] is GREEN
    # Eight strides inside by the margin after the window's mean got there.
    assert better.index(GREEN) >= 8


def test_a_form_hardly_inside_does_not_leave_the_fault(coach: Coach) -> None:
    judge(coach, strides(12, **KNEE_ONLY | {"knee_toe_offset_pct": 2.0}))
    hardly = KNEE_ONLY | {"knee_toe_offset_pct": -1.0, "shank_angle_deg": 29.0}
    assert states(judge(coach, strides(40, 12, **hardly)), KNEES)[-1] is AMBER
    fresh = judge(Coach(SETTINGS), strides(12, **hardly))
    assert states(fresh, KNEES)[-1] is GREEN


def test_no_cue_is_given_for_a_fault_that_only_dwells() -> None:
    coach = Coach(replace(SETTINGS, dwell_strides=30))
    judge(coach, strides(10, **KNEE_ONLY))
    held = judge(coach, alternating(-3.0, 3.5, 12))[-1][KNEES]
    assert held.ci95[0] < 0 < held.ci95[1]
    assert (held.state, held.cue) == (RED, None)


def test_pause_withdraws_what_was_in_force_once(coach: Coach) -> None:
    judge(coach, strides(10))
    judge(coach, strides(10, side=Side.LEFT, near=False))
    paused = coach.pause(Reason("standing"), 9.0)
    assert {(v.side, v.fault, v.state, english(v.reason), v.decided_at_s) for v in paused} == {
        (Side.RIGHT, fault, UNKNOWN, "standing", 9.0) for fault in Fault
    }
    assert coach.pause(Reason("standing"), 9.1) == []
    assert len(coach.pause(Reason("absent"), 9.2)) == 2
    assert judge(coach, strides(1))[-1][KNEES].reason == Reason("strides_too_few", seen=1, needed=8)


def test_pause_before_any_stride_says_nothing(coach: Coach) -> None:
    assert coach.pause(Reason("absent"), 0.0) == []


@pytest.mark.parametrize(
    "changes", [{"min_valid_strides": 11}, {"window_strides": 13}, {"min_valid_strides": 0}]
)
def test_settings_that_ask_for_more_strides_than_are_kept_are_refused(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="min_valid_strides <= window_strides"):
        Coach(replace(SETTINGS, **changes))


# What the model does to a runner: 95 % of them within +-9.8 % of shank and degrees.
ERRORS = {"knee_toe_offset_pct": 9.8, "shank_angle_deg": 9.8, "knee_flexion_push_off_deg": 9.8}


@pytest.mark.parametrize(
    ("numbers", "fault", "state", "cue"),
    [
        (KNEE_ONLY | {"knee_toe_offset_pct": 12.0}, KNEES, RED, CADENCE),
        # Beyond the limit, but not beyond what the model may have done.
        (GOOD | {"knee_toe_offset_pct": 8.0, "shank_angle_deg": 32.0}, KNEES, BORDERLINE, None),
        # The shank says so, too, and does not need the toe.
        (KNEE_ONLY, KNEES, RED, CADENCE),
        (GOOD, KNEES, BORDERLINE, None),
        (GOOD | {"knee_toe_offset_pct": -12.0}, KNEES, GREEN, None),
        # A witness against no fault need not be further from its limit than its own error.
        (GOOD | {"knee_toe_offset_pct": -12.0, "shank_angle_deg": 28.0}, KNEES, GREEN, None),
        # A fault that stands on a witness alone must be.
        (GOOD | {"knee_toe_offset_pct": -12.0, "shank_angle_deg": 36.0}, KNEES, BORDERLINE, None),
        (GOOD | {"knee_toe_offset_pct": -12.0, "shank_angle_deg": 43.0}, KNEES, AMBER, CADENCE),
        # The limit is 21.35 at 3 m/s.
        (BENT, BENT_PUSH, RED, CADENCE),
        (BENT | {"knee_flexion_push_off_deg": 30.0}, BENT_PUSH, BORDERLINE, None),
        (GOOD | {"knee_flexion_push_off_deg": 13.0}, BENT_PUSH, BORDERLINE, None),
        (GOOD, BENT_PUSH, GREEN, None),
    ],
)
def test_within_the_models_error_of_a_limit_a_verdict_is_on_the_line(
    coach: Coach, numbers: Numbers, fault: Fault, state: VerdictState, cue: str | None
) -> None:
    last = judge(coach, strides(20, error95=ERRORS, **numbers))[-1][fault]
    assert (last.state, last.cue) == (state, cue)
    assert last.error95 == 9.8
    assert last.ci95 == pytest.approx((last.mean - 9.8, last.mean + 9.8))


def test_the_models_error_and_the_scatter_are_added_as_variances(coach: Coach) -> None:
    given = alternating(-13.0, -17.0)
    scatter = judge(Coach(SETTINGS), given)[-1][KNEES]
    both = judge(coach, [replace(m, error95=ERRORS) for m in given])[-1][KNEES]
    half = (scatter.ci95[1] - scatter.ci95[0]) / 2
    assert isnan(scatter.error95)
    assert half > 1
    assert (both.ci95[1] - both.ci95[0]) / 2 == pytest.approx((half**2 + 9.8**2) ** 0.5)


def test_the_largest_error_of_the_strides_judged_counts(coach: Coach) -> None:
    by_hand = [replace(m, error95={"knee_toe_offset_pct": 3.9}) for m in strides(12, 3)]
    mixed = judge(coach, [*strides(3, error95=ERRORS), *by_hand])
    assert [v[KNEES].error95 for v in mixed[7:13]] == [9.8] * 5 + [3.9]
    # Points set by hand bring a knee 6 % behind the toe off the line, after its dwell.
    assert mixed[7][KNEES].state is BORDERLINE
    assert mixed[-1][KNEES].ci95[1] < 0


def test_a_withdrawn_verdict_has_no_error_either(coach: Coach) -> None:
    judge(coach, strides(10, error95=ERRORS))
    assert all(isnan(verdict.error95) for verdict in coach.pause(Reason("standing"), 9.0))
