"""The summary of a stream with known truth is that truth."""

import json
from collections.abc import Iterable
from dataclasses import replace
from math import nan, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reasons import said
from record_samples import (
    FACTS,
    a_belt,
    a_pose,
    a_state,
    a_stride,
    a_verdict,
    an_event,
    any_float,
    nobody,
    streams,
)

from edge.coaching.coach import Coach
from edge.messages.gait import Activity, EventKind
from edge.messages.message import Message
from edge.messages.reading import BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.verdict import Fault, VerdictState
from edge.metrics.catalogue import METRIC_NAMES
from edge.record import summary as summary_module
from edge.record.belt_series import stretches_of
from edge.record.summary import SessionSummary
from edge.settings.coaching_settings import CoachingSettings


def summarise(messages: Iterable[Message], **known: Any) -> dict[str, Any]:
    summary = SessionSummary(replace(FACTS, **known))
    for message in messages:
        summary.update(message)
    return summary.result()


def a_run() -> list[Message]:
    """Return 8 s at 60 Hz: 0.8 s of nobody, then a run facing right, gait known after 1 s."""
    messages: list[Message] = []
    for index in range(480):
        time_s = index / 60
        if index < 48:
            messages += [nobody(index), a_state(time_s, Activity.ABSENT, facing=None)]
            continue
        activity = Activity.STANDING if index < 108 else Activity.RUNNING
        messages.append(a_pose(index, swapped=index % 100 == 0))
        if index % 48 == 0:
            messages.append(an_event(time_s=time_s - 0.05, decided_at_s=time_s))
            messages.append(an_event(time_s=time_s - 0.2, decided_at_s=time_s, near=False))
            messages.append(an_event(time_s=time_s, confirmed=False))
        messages.append(a_state(time_s, activity))
    for step in (-2.0, 0.0, 2.0):
        messages.append(a_stride(knee_toe_offset_pct=-5.0 + step, stride_time_ms=714.0 + step))
    messages.append(a_stride(valid=False, reason=said("no toe-off"), knee_toe_offset_pct=99.0))
    messages.append(a_stride(side=Side.LEFT, near=False, shank_angle_deg=12.5))
    messages.append(a_verdict(state=VerdictState.RED, cue="sit_back"))
    messages.append(a_verdict(state=VerdictState.AMBER, reason=Reason("near_limit")))
    messages.append(a_verdict(side=Side.LEFT, state=VerdictState.UNKNOWN, reason=Reason("far_leg")))
    return messages


def test_a_known_run_is_summed_up_to_the_letter() -> None:
    summary = SessionSummary(FACTS)
    for message in (a_belt(0.0, 3.0, BeltSource.ENTERED), *a_run()):
        summary.update(message)
    for latency_ms in (8.0, 9.0, 14.0):
        summary.capture_to_pose(latency_ms)
    result = summary.result(captured=490, dropped=9)

    sides = result.pop("sides")
    half = 4.302653 * 2.0 / sqrt(3)
    not_judged = {"mean": None, "ci95": None, "error95": None, "strides": 0}
    unknown = {
        "state": "unknown",
        "reason": "no strides",
        "reason_code": "no_strides",
        "cue": None,
        **not_judged,
    }
    assert result == {
        "schema": 1,
        "toeline": "0.1.0",
        "source": "clip.mp4",
        "model": "full",
        "config_sha256": "ab" * 32,
        "frames": {"captured": 490, "processed": 480, "dropped": 9},
        "frame_rate_hz": {"nominal": 60.0, "measured": 60.0},
        "duration_s": 8.0,
        "facing": "right",
        "near_side": "right",
        "belt_speed_mps": 3.0,
        "belt_speed_source": "entered",
        "belt": [
            {
                "from_s": 0.0,
                "to_s": 7.983333,
                "speed_mps": 3.0,
                "source": "entered",
                "incline_pct": 0.0,
            }
        ],
        "camera_roll_deg": None,
        "activity_s": {"absent": 0.8, "standing": 0.0, "walking": 0.0, "running": 7.2},
        "cadence_spm": round(120 / 0.714, 6),
        "verdicts": {
            "knees_forward": {
                "left": {
                    "state": "unknown",
                    "reason": "far leg",
                    "reason_code": "far_leg",
                    "cue": None,
                    **not_judged,
                },
                "right": {
                    "state": "amber",
                    "reason": "too close to the limit to tell",
                    "reason_code": "near_limit",
                    "cue": None,
                    **not_judged,
                },
            },
            "bent_push_off": {"left": unknown, "right": unknown},
        },
        "latency_ms": {
            "capture_to_pose": {"p50": 9.0, "p95": 14.0},
            "event_decision": {"p50": 50.0, "p95": 50.0},
        },
        "events": {
            "initial_contact": {"left": 0, "right": 18},
            "peak_knee_flexion": {"left": 0, "right": 0},
            "toe_off": {"left": 0, "right": 0},
        },
        "leg_swaps": {"exchanged_frames": 4, "frames": 432},
        "quality": {"score": None, "source": {}},
        "notices": [],
        "points_by_hand": None,
        "complete": True,
    }
    nothing = {"mean": None, "sd": None, "ci95": None, "error95": None, "n": 0}
    right, left = sides["right"], sides["left"]
    assert (right["strides"], right["valid"]) == (4, 3)
    assert (left["strides"], left["valid"]) == (1, 1)
    assert list(right["metrics"]) == list(left["metrics"]) == list(METRIC_NAMES)
    assert right["metrics"]["knee_toe_offset_pct"] == {
        "mean": -5.0,
        "sd": 2.0,
        "ci95": [pytest.approx(-5 - half, abs=2e-6), pytest.approx(-5 + half, abs=2e-6)],
        "error95": None,
        "n": 3,
    }
    assert right["metrics"]["shank_angle_deg"] == nothing
    assert left["metrics"]["shank_angle_deg"] == nothing | {"mean": 12.5, "n": 1}


def test_a_session_without_a_message_says_so_everywhere() -> None:
    result = summarise([], nominal_rate_hz=nan)
    assert result["frames"] == {"captured": 0, "processed": 0, "dropped": 0}
    assert result["frame_rate_hz"] == {"nominal": None, "measured": None}
    assert result["duration_s"] == 0.0
    for key in ("facing", "near_side", "belt_speed_mps", "belt_speed_source", "cadence_spm"):
        assert result[key] is None
    assert result["camera_roll_deg"] is None
    assert result["activity_s"] == dict.fromkeys(("absent", "standing", "walking", "running"), 0.0)
    assert result["sides"]["left"]["strides"] == 0
    assert result["latency_ms"]["capture_to_pose"] == {"p50": None, "p95": None}
    assert set(result["verdicts"]) == {"knees_forward", "bent_push_off"}


def test_frame_counts_follow_the_gaps_between_frame_numbers() -> None:
    result = summarise(a_pose(index) for index in (0, 1, 4, 5, 9))
    assert result["frames"] == {"captured": 10, "processed": 5, "dropped": 5}
    assert result["frame_rate_hz"]["measured"] == 60.0


def test_a_break_does_not_slow_the_measured_rate() -> None:
    before = [a_pose(index) for index in range(3)]
    after = [a_pose(3, 30.0, breaks=True), a_pose(4, 30.0 + 1 / 60)]
    result = summarise(before + after)
    assert result["frame_rate_hz"]["measured"] == 60.0
    assert result["duration_s"] == pytest.approx(30.0 + 2 / 60, abs=1e-6)


def test_the_last_frame_lasts_as_long_as_the_others() -> None:
    frames: list[Message] = []
    for index in range(900):
        frames += [a_pose(index), a_state(index / 60, Activity.RUNNING)]
    result = summarise(frames)
    assert result["duration_s"] == 15.0
    assert result["activity_s"]["running"] == 15.0


def test_a_single_frame_lasts_no_known_time() -> None:
    result = summarise([a_pose(0), a_state(0.0, Activity.STANDING)])
    assert result["duration_s"] == 0.0
    assert sum(result["activity_s"].values()) == 0.0


def test_cadence_is_the_median_of_valid_near_strides() -> None:
    strides: list[Message] = [a_stride(stride_time_ms=ms) for ms in (600.0, 750.0, 800.0)]
    far: list[Message] = [
        a_stride(side=Side.LEFT, near=False, stride_time_ms=500.0) for _ in range(9)
    ]
    bad: list[Message] = [a_stride(valid=False, stride_time_ms=400.0) for _ in range(9)]
    assert summarise(strides + far + bad)["cadence_spm"] == 160.0


def test_cadence_takes_the_stride_s_own_times_where_its_metric_is_absent() -> None:
    assert summarise([a_stride(start_s=1.0, end_s=1.75)])["cadence_spm"] == 160.0
    assert summarise([a_stride(end_s=nan)])["cadence_spm"] is None


def test_cadence_of_a_walk_comes_from_strides_that_running_rules_do_not_fit() -> None:
    walk: list[Message] = [
        a_state(0.0, Activity.WALKING),
        a_stride(valid=False, stride_time_ms=1200.0),
    ]
    assert summarise(walk)["cadence_spm"] == 100.0
    run: list[Message] = [
        a_state(0.0, Activity.RUNNING),
        a_stride(valid=False, stride_time_ms=1200.0),
    ]
    assert summarise(run)["cadence_spm"] is None


def test_facing_is_that_of_most_moving_frames() -> None:
    messages = [a_state(i / 60, Activity.STANDING, facing=Side.LEFT) for i in range(50)]
    messages += [a_state(1 + i / 60, Activity.RUNNING) for i in range(5)]
    messages += [
        a_state(2 + i / 60, Activity.WALKING, facing=Side.LEFT, near_side=None) for i in range(3)
    ]
    assert summarise(messages)["facing"] == "right"
    assert summarise(messages)["near_side"] == "right"
    assert summarise(messages[:50])["facing"] is None


@pytest.mark.parametrize(
    ("source", "speed", "told"),
    [
        (BeltSource.ENTERED, 3.0, "entered"),
        (BeltSource.TREADMILL, 2.9, "treadmill"),
        (BeltSource.PICTURE, 2.5, "estimated"),
    ],
)
def test_the_belt_speed_in_force_is_told_with_its_source(
    source: BeltSource, speed: float, told: str
) -> None:
    result = summarise([a_belt(0.0, speed, source)])
    assert (result["belt_speed_mps"], result["belt_speed_source"]) == (speed, told)
    result = summarise([a_belt(0.0, speed, source), a_belt(1.0)])
    assert (result["belt_speed_mps"], result["belt_speed_source"]) == (None, None)


def test_a_belt_that_was_changed_is_told_with_its_stretches() -> None:
    poses: list[Message] = [a_pose(k, 10 + k / 60) for k in range(241)]
    belts = [a_belt(10.0, 3.0, BeltSource.ENTERED), a_belt(12.0, 4.0, BeltSource.ENTERED)]
    result = summarise([*belts, *poses])
    assert result["belt_speed_mps"] == 4.0
    assert [(s["from_s"], s["to_s"], s["speed_mps"]) for s in result["belt"]] == [
        (0.0, 2.0, 3.0),
        (2.0, 4.0, 4.0),
    ]
    assert {s["source"] for s in result["belt"]} == {"entered"}


def test_noise_of_the_picture_is_no_change_of_the_belt() -> None:
    seen = [2.9, 3.1, 3.0, 2.8, 3.2]
    belts = [a_belt(k, mps, BeltSource.PICTURE) for k, mps in enumerate(seen)]
    (stretch,) = stretches_of([*belts, a_belt(5.0)], 60.0)
    assert (stretch.from_s, stretch.to_s) == (0.0, 5.0)
    assert stretch.speed_mps == pytest.approx(3.0)
    faster = [a_belt(5 + k, mps + 1, BeltSource.PICTURE) for k, mps in enumerate(seen)]
    assert len(stretches_of(belts + faster, 60.0)) == 2


def test_another_source_or_incline_begins_another_stretch() -> None:
    belts = [
        a_belt(0.0, 3.0, BeltSource.PICTURE),
        a_belt(1.0, 3.0, BeltSource.ENTERED),
        replace(a_belt(2.0, 3.0, BeltSource.ENTERED), incline_pct=1.0),
    ]
    stretches = stretches_of(belts, 3.0)
    assert [(s.source.value, s.incline_pct, s.to_s) for s in stretches] == [
        ("picture", 0.0, 1.0),
        ("entered", 0.0, 2.0),
        ("entered", 1.0, 3.0),
    ]


def test_only_confirmed_events_count_and_only_near_ones_are_timed() -> None:
    events = [
        an_event(time_s=1.0, decided_at_s=1.04),
        an_event(time_s=1.0, decided_at_s=1.5, near=False, side=Side.LEFT),
        an_event(time_s=1.0, decided_at_s=1.9, confirmed=False),
        an_event(kind=EventKind.TOE_OFF, decided_at_s=nan),
    ]
    result = summarise(events)
    assert result["events"]["initial_contact"] == {"left": 1, "right": 1}
    assert result["events"]["toe_off"] == {"left": 0, "right": 1}
    assert result["latency_ms"]["event_decision"] == {"p50": 40.0, "p95": 40.0}


def test_the_verdict_in_force_at_the_end_is_kept() -> None:
    fault = Fault.BENT_PUSH_OFF
    first = a_verdict(fault=fault, state=VerdictState.RED, cue="cadence")
    last = a_verdict(fault=fault, mean=13.5, ci95=(3.5, 23.5), error95=9.8, strides=10)
    result = summarise([first, last])["verdicts"]["bent_push_off"]["right"]
    assert result == {
        "state": "green",
        "reason": "knee not too far forward",
        "reason_code": "knee_behind",
        "cue": None,
        # Of the strides that it judged.
        "mean": 13.5,
        "ci95": [3.5, 23.5],
        "error95": 9.8,
        "strides": 10,
    }


@pytest.mark.parametrize(
    ("rate_hz", "reason"), [(5.0, "no strides: only 5 frames a second"), (29.97, "no strides")]
)
def test_without_strides_a_low_frame_rate_is_the_reason(rate_hz: float, reason: str) -> None:
    result = summarise(a_pose(index, index / rate_hz) for index in range(20))
    assert {v["reason"] for sides in result["verdicts"].values() for v in sides.values()} == {
        reason
    }


def test_reset_begins_again() -> None:
    summary = SessionSummary(FACTS)
    empty = summary.result()
    for message in a_run():
        summary.update(message)
    summary.capture_to_pose(9.0)
    assert summary.result() != empty
    summary.reset()
    assert summary.result() == empty


def test_a_metric_has_the_mean_and_interval_that_its_verdict_has() -> None:
    """One stride out of ten may not say in one file what it does not in the other."""
    offsets = (3.1, 3.4, 2.9, 3.3, 12.0, 3.6, 4.1, 3.2, 2.2, 3.5)
    strides = [a_stride(knee_toe_offset_pct=offset) for offset in offsets]
    coach = Coach(CoachingSettings())
    verdict = [coach.update(stride, 3.0) for stride in strides][-1][0]
    entry = summarise(strides)["sides"]["right"]["metrics"]["knee_toe_offset_pct"]
    assert verdict.strides == entry["n"] == 10
    assert entry["mean"] == pytest.approx(verdict.mean, abs=1e-6)
    assert entry["ci95"] == pytest.approx(verdict.ci95, abs=1e-6)


def test_a_metric_has_the_models_error_beside_the_scatter_of_strides() -> None:
    name = "knee_toe_offset_pct"
    scatter = [a_stride(knee_toe_offset_pct=mean) for mean in (-5.0, -3.0, -1.0)]
    errors: list[dict[str, float]] = [{name: 9.8}, {name: 3.9}, {}]
    strides = [replace(s, error95=e) for s, e in zip(scatter, errors, strict=True)]
    plain, found = (summarise(s)["sides"]["right"]["metrics"][name] for s in (scatter, strides))
    assert plain["error95"] is None
    assert found == plain | {"error95": 9.8}


def test_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_module, "_KEPT_STRIDES", 3)
    strides = [a_stride(stride_time_ms=1000.0)] * 50 + [a_stride(stride_time_ms=600.0)] * 3
    result = summarise(strides)
    assert result["cadence_spm"] == 200.0
    assert result["sides"]["right"]["strides"] == 53


@settings(deadline=None)
@given(streams, st.lists(any_float))
def test_any_stream_gives_strict_json_twice_the_same(
    messages: list[Message], latencies_ms: list[float]
) -> None:
    texts = []
    for _ in range(2):
        summary = SessionSummary(FACTS)
        for message in messages:
            summary.update(message)
        for latency_ms in latencies_ms:
            summary.capture_to_pose(latency_ms)
        result = summary.result()
        texts.append(json.dumps(result, allow_nan=False))
        assert summary.result() == result
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["schema"] == 1
