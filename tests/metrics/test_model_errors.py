"""The model's error of a runner's mean: the larger of what is stated and what was measured."""

import json
from dataclasses import replace

import numpy as np
import pytest
from strides_by_hand import cut
from synthetic import GOOD, Form, Runner

from edge.messages.gait import EventKind
from edge.messages.legs import LegSource
from edge.messages.metric import Metric
from edge.messages.points_by_hand import CORRECTED, SET_POINTS, PointsByHand
from edge.messages.seen import Stance
from edge.messages.side import Side
from edge.metrics.catalogue import METRICS
from edge.metrics.measure import measure
from edge.metrics.model_errors import NO_ERRORS, Calibration, errors_of
from edge.metrics.model_offsets import NO_OFFSETS
from edge.settings import paths

TABLE = json.loads((paths.PACKAGE / "metrics" / "model_errors.json").read_text("utf-8"))


def every_entry() -> list[dict[str, object]]:
    return [TABLE["stated"], *TABLE["measured"], *TABLE["calibrated"].values()]


def test_every_number_has_its_source_and_its_metric() -> None:
    for entry in every_entry():
        assert entry["source"]
        assert set(entry["sd"]) <= set(METRICS)  # type: ignore[call-overload]
    assert {Calibration(name) for name in TABLE["calibrated"]} == set(Calibration)
    assert set(TABLE["calibrated"]["by_hand"]["sd"]) == set(CORRECTED)


@pytest.mark.parametrize("legs", list(LegSource))
@pytest.mark.parametrize("model", ["full", "lite", "heavy", "one of my own"])
def test_no_error_is_smaller_than_stated_or_measured(model: str, legs: LegSource) -> None:
    sd = errors_of(model, legs).sd
    measured = [e for e in TABLE["measured"] if model in e["models"] and legs in e["legs"]]
    for entry in (TABLE["stated"], *measured):
        for metric, least in entry["sd"].items():
            assert sd[metric] >= least, metric
    assert sd[Metric.KNEE_TOE] >= 5.0
    assert sd[Metric.PUSH_OFF] >= 5.0


def test_half_an_interval_is_1_96_standard_deviations() -> None:
    errors = replace(NO_ERRORS, sd={"knee_toe_offset_pct": 5.0})
    assert errors.error95() == {"knee_toe_offset_pct": pytest.approx(9.79982)}
    assert NO_ERRORS.error95() == {}


def test_points_set_by_hand_shrink_what_they_set_and_nothing_else() -> None:
    plain = errors_of("full").error95()
    by_hand = errors_of("full").error95([Calibration.BY_HAND])
    assert by_hand[Metric.KNEE_TOE] == pytest.approx(1.96 * 2.0, abs=0.01)
    assert by_hand[Metric.PUSH_OFF] < plain[Metric.PUSH_OFF]
    assert by_hand[Metric.HIP_ANKLE] == plain[Metric.HIP_ANKLE]
    # A calibration never makes an error larger.
    small = replace(NO_ERRORS, sd={"knee_toe_offset_pct": 1.0})
    assert small.error95([Calibration.BY_HAND]) == small.error95()


@pytest.mark.parametrize("side", list(Side))
def test_a_neutral_stance_of_the_leg_shrinks_the_error_of_plantarflexion(side: Side) -> None:
    stride = cut(Runner(GOOD), Side.RIGHT)
    stance = Stance(
        side=side,
        knee_flexion_deg=2.0,
        shank_angle_deg=3.0,
        foot_angle_deg=-2.0,
        captured_at_s=4.0,
    )
    errors = errors_of("full")
    plain = measure(stride, NO_OFFSETS, errors=errors)[0].error95
    found = measure(stride, NO_OFFSETS, stance, errors=errors)[0].error95
    assert plain == errors.error95()
    own = side is Side.RIGHT
    assert (found[Metric.PLANTARFLEXION] < plain[Metric.PLANTARFLEXION]) is own
    assert found[Metric.KNEE_TOE] == plain[Metric.KNEE_TOE]


def test_points_that_come_from_no_model_have_no_error_of_a_model() -> None:
    assert measure(cut(Runner(GOOD)), NO_OFFSETS)[0].error95 == {}


# 5 m/s at 200 steps a minute: 0.14 s on the belt.
FAST: Form = replace(GOOD, belt_mps=5.0, push_off_deg=20.0, cadence_spm=200.0, duty=0.24)


@pytest.mark.parametrize("speed_error", [0.0, 0.05, -0.05])
@pytest.mark.parametrize("phase_s", np.arange(6) / 6 / 30)
def test_at_30_frames_a_second_a_fast_runner_has_a_value_with_a_wider_interval(
    phase_s: float, speed_error: float
) -> None:
    """Before, three frames of mid stance gave none."""
    runner = Runner(FAST, first_contact_s=0.2 + phase_s)
    stride = cut(runner, fps=30.0)
    belt_px_s = runner.belt_px_s * (1 + speed_error)
    found = measure(
        replace(stride, belt_speed_px_s=belt_px_s), NO_OFFSETS, errors=errors_of("full")
    )[0]
    plain = errors_of("full").error95()[Metric.KNEE_TOE]
    assert found.error95[Metric.KNEE_TOE] >= plain
    true = runner.metrics[Metric.KNEE_TOE]
    assert found.value(Metric.KNEE_TOE) == pytest.approx(true, abs=4.0)
    assert abs(found.value(Metric.KNEE_TOE) - true) < found.error95[Metric.KNEE_TOE]
    unknown = measure(replace(stride, belt_speed_px_s=np.nan), NO_OFFSETS)[0]
    assert np.isnan(unknown.value(Metric.KNEE_TOE))


def test_points_set_by_hand_shrink_the_error_of_the_strides_measured_by_them() -> None:
    stride = cut(Runner(GOOD))
    still = ((0.0, 0.0),) * len(SET_POINTS)
    points = PointsByHand(
        side=stride.side,
        source=stride.legs.source,
        kind=EventKind.PEAK_KNEE_FLEXION,
        still_s=1.0,
        set_at="2026-11-30T12:00:00Z",
        set_by="operator",
        offsets_legs=still,
        model_px=still,
        hand_px=still,
    )
    errors = errors_of("full")
    mine = measure(stride, NO_OFFSETS, by_hand=points, errors=errors)[0]
    assert mine.error95 == errors.error95([Calibration.BY_HAND])
    other = measure(
        stride, NO_OFFSETS, by_hand=replace(points, side=stride.side.other), errors=errors
    )
    assert other[0].error95 == errors.error95()


@pytest.mark.parametrize("model", ["full", "lite", "heavy"])
def test_tracked_points_are_known_less_well(model: str) -> None:
    sources = LegSource.READER, LegSource.TRACKED
    read, tracked = (errors_of(model, legs).sd[Metric.KNEE_TOE] for legs in sources)
    assert tracked > read
