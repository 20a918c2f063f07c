"""One suite that every metric of the catalogue passes."""

from dataclasses import replace
from math import isfinite, isnan
from pathlib import Path

import numpy as np
import pytest
from strides_by_hand import cut, without
from synthetic import GOOD, Camera, Runner

from edge.i18n.word_catalogue import languages, load
from edge.messages.metric import Metric
from edge.messages.side import Side
from edge.messages.skeleton import BODY_POINTS
from edge.messages.stride import Stride
from edge.metrics.catalogue import METRIC_NAMES, METRICS
from edge.metrics.catalogue_table import with_table
from edge.metrics.measured_leg import measured_leg
from edge.metrics.model_offsets import NO_OFFSETS
from edge.metrics.spec import Event, MetricSpec, Point

each_metric = pytest.mark.parametrize("spec", list(METRICS.values()), ids=list(METRICS))
UNITS = {"pct": "%", "deg": "°", "ms": "ms", "spm": "steps/min", "s": "s", "m": "m"}
# The columns of Toeline 0.1, which spreadsheets rely on.
FIRST = (
    "knee_toe_offset_pct,shank_angle_deg,hip_ankle_offset_pct,knee_flexion_peak_deg,"
    "knee_flexion_contact_deg,knee_flexion_push_off_deg,thigh_extension_deg,plantarflexion_deg,"
    "line_straightness_pct,trunk_lean_deg,overstride_pct,ground_contact_ms,flight_ms,"
    "stride_time_ms,cadence_spm,vertical_oscillation_pct"
)


def left_stride(px_per_m: float = 200.0) -> Stride:
    return cut(Runner(GOOD, Camera(px_per_m=px_per_m, facing=Side.LEFT)))


def value(spec: MetricSpec, stride: Stride) -> float:
    return spec.value(measured_leg(stride, NO_OFFSETS, None))


def other_side(name: str) -> str:
    side, _, point = name.partition("_")
    return f"{Side(side).other}_{point}"


def place(point: Point) -> int:
    """Return the index of a left leg's point, or of the right hip."""
    if point is Point.OTHER_HIP:
        return BODY_POINTS.index("right_hip")
    return BODY_POINTS.index(f"left_{point}")


def test_the_first_columns_keep_their_order() -> None:
    assert ",".join(METRIC_NAMES[:16]) == FIRST
    assert set(Metric) <= set(METRIC_NAMES)


@each_metric
def test_it_has_a_value(spec: MetricSpec) -> None:
    assert isfinite(value(spec, left_stride()))


@each_metric
def test_a_mirrored_picture_gives_the_same(spec: MetricSpec) -> None:
    plain = left_stride()
    others = [BODY_POINTS.index(other_side(name)) for name in BODY_POINTS]
    mirrored = replace(
        plain,
        side=plain.side.other,
        facing=plain.facing.other,
        xy_px=plain.xy_px[:, others] * (-1.0, 1.0) + (1280.0, 0.0),
    )
    assert value(spec, mirrored) == pytest.approx(value(spec, plain), abs=1e-6)


@each_metric
def test_a_larger_picture_gives_the_same(spec: MetricSpec) -> None:
    assert value(spec, left_stride(80.0)) == pytest.approx(value(spec, left_stride()), abs=1e-6)


@each_metric
def test_without_any_point_that_it_needs_it_is_absent_and_others_do_not_matter(
    spec: MetricSpec,
) -> None:
    stride = left_stride()
    for point in Point:
        xy_px = stride.xy_px.copy()
        xy_px[:, place(point)] = np.nan
        assert isnan(value(spec, replace(stride, xy_px=xy_px))) is (point in spec.points), point


@each_metric
def test_without_any_event_that_it_needs_it_is_absent(spec: MetricSpec) -> None:
    # Both contacts are what makes it a stride.
    for event in set(spec.events) - {Event.CONTACT, Event.NEXT_CONTACT}:
        assert isnan(value(spec, without(left_stride(), event))), event


@each_metric
def test_a_far_leg_has_it_only_where_the_catalogue_says_so(spec: MetricSpec) -> None:
    far = replace(left_stride(), near=False)
    assert isfinite(value(spec, far)) is spec.far_leg
    assert isnan(value(replace(spec, far_leg=False), far))
    assert isfinite(value(replace(spec, far_leg=False), left_stride()))


@each_metric
def test_its_unit_is_that_of_its_name(spec: MetricSpec) -> None:
    assert spec.unit.startswith(UNITS[spec.name.rpartition("_")[2]])
    assert 0 <= spec.decimals <= 3
    assert spec.positive
    assert spec.instant


@each_metric
def test_its_detectable_change_has_a_source(spec: MetricSpec) -> None:
    change = spec.detectable
    assert change.source
    for limit in (change.between_days, change.within_session):
        assert isnan(limit) or limit > 0


@each_metric
@pytest.mark.parametrize("language", languages())
def test_it_has_words(spec: MetricSpec, language: str) -> None:
    words = load(language)
    missing = [k for k in ("label", "unit", "about") if f"{spec.words}.{k}" not in words]
    assert not missing, (
        f"edge/i18n/{language}.json has no {', '.join(f'{spec.words}.{k}' for k in missing)}"
    )
    if language == "en":
        assert words.text(f"{spec.words}.unit") == spec.unit


def test_the_table_of_the_docs_is_the_catalogue() -> None:
    page = (Path(__file__).parents[2] / "docs" / "gait-metrics.md").read_text(encoding="utf-8")
    assert with_table(page) == page
