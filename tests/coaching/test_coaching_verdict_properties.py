from dataclasses import replace
from itertools import groupby, pairwise

from coaching_strides import GOOD, Numbers, judge, plain, stride
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.coaching.coach import Coach
from edge.i18n.reasons import english
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Fault, VerdictState
from edge.settings.coaching_settings import CoachingSettings

SETTINGS = CoachingSettings()
UNKNOWN = VerdictState.UNKNOWN
NAN = float("nan")

# Numbers on all sides of all limits.
_numbers = st.fixed_dictionaries(
    {
        "knee_toe_offset_pct": st.floats(-12, 12) | st.just(NAN),
        "shank_angle_deg": st.floats(24, 40) | st.just(NAN),
        "hip_ankle_offset_pct": st.floats(2, 16) | st.just(NAN),
        "knee_flexion_push_off_deg": st.floats(5, 40) | st.just(NAN),
        "thigh_extension_deg": st.floats(5, 30) | st.just(NAN),
        "plantarflexion_deg": st.floats(-5, 25) | st.just(NAN),
    }
)
_run = st.tuples(_numbers, st.integers(1, 14))


@st.composite
def runs(draw: st.DrawFn) -> list[StrideMetrics]:
    """Stretches of constant form, with noise, and with invalid strides in between."""
    out: list[StrideMetrics] = []
    noise = draw(st.floats(0, 4))
    for numbers, count in draw(st.lists(_run, min_size=1, max_size=6)):
        for _ in range(count):
            wobble = draw(st.floats(-1, 1)) * noise
            valid = draw(st.integers(0, 9)) > 0
            values: Numbers = {name: value + wobble for name, value in numbers.items()}
            code = "" if valid else draw(st.sampled_from(["tracking_gap", "walking"]))
            out.append(stride(len(out), **(values | {"valid": valid, "reason": Reason(code)})))
    return out


@settings(max_examples=80, deadline=None)
@given(given_strides=runs())
def test_no_state_is_shorter_than_the_dwell(given_strides: list[StrideMetrics]) -> None:
    said = judge(Coach(SETTINGS), given_strides)
    for fault in Fault:
        runs_of = [(s, len(list(g))) for s, g in groupby(v[fault].state for v in said)]
        for (state, length), (after, _) in pairwise(runs_of):
            # Unknown alone comes and goes at once.
            if UNKNOWN not in (state, after):
                assert length >= SETTINGS.dwell_strides


@settings(max_examples=25, deadline=None)
@given(given_strides=runs())
def test_every_verdict_is_whole(given_strides: list[StrideMetrics]) -> None:
    for metrics, by_fault in zip(given_strides, judge(Coach(SETTINGS), given_strides), strict=True):
        assert set(by_fault) == set(Fault)
        for verdict in by_fault.values():
            assert verdict.side is metrics.side
            assert verdict.decided_at_s == metrics.decided_at_s
            assert english(verdict.reason)
            if verdict.state not in (VerdictState.AMBER, VerdictState.RED):
                assert verdict.cue is None
            if verdict.state is UNKNOWN:
                assert verdict.mean != verdict.mean
            else:
                assert verdict.ci95[0] - 1e-9 <= verdict.mean <= verdict.ci95[1] + 1e-9
                assert SETTINGS.min_valid_strides <= verdict.strides <= SETTINGS.window_strides


@settings(max_examples=25, deadline=None)
@given(numbers=_numbers)
def test_constant_strides_give_one_verdict(numbers: Numbers) -> None:
    said = judge(Coach(SETTINGS), [stride(i, **numbers) for i in range(40)])[7:]
    for fault in Fault:
        assert len({(v[fault].state, english(v[fault].reason), v[fault].cue) for v in said}) == 1


@settings(max_examples=25, deadline=None)
@given(given_strides=runs())
def test_mirrored_sides_give_mirrored_verdicts(given_strides: list[StrideMetrics]) -> None:
    mirrored = [replace(m, side=m.side.other) for m in given_strides]
    right, left = judge(Coach(SETTINGS), given_strides), judge(Coach(SETTINGS), mirrored)
    for one, other in zip(right, left, strict=True):
        for fault in Fault:
            assert other[fault].side is Side.LEFT
            assert plain(one[fault]).replace("RIGHT", "LEFT").replace("'right'", "'left'") == plain(
                other[fault]
            )


@settings(max_examples=25, deadline=None)
@given(given_strides=runs(), shift=st.floats(0, 1000))
def test_legs_do_not_hear_each_other_and_time_decides_nothing(
    given_strides: list[StrideMetrics], shift: float
) -> None:
    alone = judge(Coach(SETTINGS), given_strides)
    coach, together = Coach(SETTINGS), []
    for metrics in given_strides:
        together += judge(
            coach,
            [replace(metrics, decided_at_s=metrics.decided_at_s + shift)],
        )
        judge(coach, [stride(side=Side.LEFT, near=False, **GOOD)])
    for one, other in zip(alone, together, strict=True):
        for fault in Fault:
            assert (one[fault].state, english(one[fault].reason)) == (
                other[fault].state,
                english(other[fault].reason),
            )


@settings(max_examples=20, deadline=None)
@given(first=runs(), given_strides=runs())
def test_replay_after_reset_is_identical_and_inputs_stay(
    first: list[StrideMetrics], given_strides: list[StrideMetrics]
) -> None:
    before = [repr(m) for m in given_strides]
    coach = Coach(SETTINGS)
    judge(coach, first)
    coach.reset()
    again = judge(coach, given_strides)
    fresh = judge(Coach(SETTINGS), given_strides)
    assert [{f: plain(v) for f, v in by.items()} for by in again] == [
        {f: plain(v) for f, v in by.items()} for by in fresh
    ]
    assert [repr(m) for m in given_strides] == before
