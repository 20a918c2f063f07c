"""Points that an operator set on one still, applied to every stride of that leg."""

from dataclasses import replace

import numpy as np
import pytest
from misread import SET, misread_px, true_leg_px
from strides_by_hand import cut, with_points
from synthetic import BENT_PUSH_OFF, GOOD, KNEES_FORWARD, Camera, Runner, legs_of

from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.legs import LegQuality, LegSource
from edge.messages.points_by_hand import CORRECTED, PointsByHand
from edge.messages.side import Side
from edge.messages.skeleton import HEEL
from edge.messages.stride import KeyPose, Stride
from edge.metrics.catalogue import METRIC_NAMES
from edge.metrics.corrected_leg import corrected, offsets_legs, refusal
from edge.metrics.measure import measure
from edge.metrics.model_offsets import NO_OFFSETS, ModelOffsets
from edge.numerics.sagittal import runner_axes

# A picture is up to 17 ms away from the key instant.
FPS = 30.0
FORMS = {"good": GOOD, "knees forward": KNEES_FORWARD, "bent": BENT_PUSH_OFF}


def misread(runner: Runner, stride: Stride) -> Stride:
    return with_points(stride, misread_px(runner, stride.xy_px))


def set_on(still: KeyPose, hand_px: Floats, facing: Side) -> PointsByHand:
    assert still.model_px is not None
    offsets = offsets_legs(runner_axes(still.model_px, facing), runner_axes(hand_px, facing))
    pairs = [tuple((float(x), float(y)) for x, y in px) for px in (still.model_px[SET], hand_px)]
    return PointsByHand(
        side=still.side,
        source=still.source,
        kind=still.kind,
        still_s=still.time_s,
        set_at="2026-11-30T21:14:00+00:00",
        set_by="operator",
        offsets_legs=offsets,
        model_px=pairs[0],
        hand_px=pairs[1],
    )


def by_hand_of(runner: Runner, kind: EventKind) -> PointsByHand:
    """Return the true points set on one still of a misread stride."""
    stride = misread(runner, cut(runner, fps=FPS))
    still = next(k for k in measure(stride, ModelOffsets())[1] if k.kind is kind)
    return set_on(still, true_leg_px(runner, still.frame_index / FPS)[SET], runner.camera.facing)


@pytest.mark.parametrize("facing", list(Side))
@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("kind", [EventKind.PEAK_KNEE_FLEXION, EventKind.TOE_OFF])
def test_one_still_gives_the_true_numbers_of_every_stride(
    form: str, facing: Side, kind: EventKind
) -> None:
    runner = Runner(FORMS[form], Camera(facing=facing))
    points = by_hand_of(runner, kind)
    seen = misread(runner, cut(runner))
    found, stills = measure(seen, NO_OFFSETS, by_hand=points)
    plain, _ = measure(seen, NO_OFFSETS)
    # A shank that is misread by a fiftieth turns its axes by a degree.
    for name in CORRECTED:
        assert found.value(name) == pytest.approx(runner.metrics[name], abs=0.8), name
        assert found.model_value(name) == plain.value(name), name
    assert abs(plain.value("knee_toe_offset_pct") - runner.metrics["knee_toe_offset_pct"]) > 8
    near, _ = legs_of(runner.near)
    for still in stills:
        away = still.xy_px[near][SET] - true_leg_px(runner, still.time_s)[SET]
        assert np.hypot(*away.T).max() < 0.01 * runner.camera.px_per_m


def test_the_offsets_carry_over_to_another_place_and_size() -> None:
    points = by_hand_of(Runner(GOOD), EventKind.PEAK_KNEE_FLEXION)
    far = Runner(GOOD, Camera(px_per_m=90.0))
    found, _ = measure(misread(far, cut(far)), NO_OFFSETS, by_hand=points)
    for name in CORRECTED:
        assert found.value(name) == pytest.approx(far.metrics[name], abs=0.8), name


def test_the_models_mean_error_is_not_taken_out_twice() -> None:
    runner = Runner(GOOD)
    points = by_hand_of(runner, EventKind.PEAK_KNEE_FLEXION)
    seen = misread(runner, cut(runner))
    plain, _ = measure(seen, NO_OFFSETS, by_hand=points)
    offset, _ = measure(seen, ModelOffsets(), by_hand=points)
    for name in CORRECTED:
        assert offset.value(name) == plain.value(name)
        assert offset.model_value(name) != plain.model_value(name)


def test_only_the_metrics_that_are_judged_are_corrected() -> None:
    runner = Runner(GOOD)
    points = by_hand_of(runner, EventKind.PEAK_KNEE_FLEXION)
    seen = misread(runner, cut(runner))
    plain, found = measure(seen, NO_OFFSETS)[0], measure(seen, NO_OFFSETS, by_hand=points)[0]
    assert set(found.model_values) == set(CORRECTED)
    assert found.by_hand
    assert not plain.by_hand
    others = set(METRIC_NAMES) - set(CORRECTED)
    assert {n: found.value(n) for n in others} == {n: plain.value(n) for n in others}


@pytest.mark.parametrize("case", ["other leg", "far leg", "other source"])
def test_another_leg_or_source_is_left_as_the_model_placed_it(case: str) -> None:
    runner = Runner(GOOD)
    points = by_hand_of(runner, EventKind.PEAK_KNEE_FLEXION)
    if case == "other leg":
        points = replace(points, side=points.side.other)
        stride = cut(runner)
    elif case == "far leg":
        stride = replace(cut(runner), near=False)
    else:
        # What was set on points of the reader says nothing of tracked ones.
        stride = replace(cut(runner), legs=LegQuality(source=LegSource.TRACKED))
    found, _ = measure(stride, NO_OFFSETS, by_hand=points)
    assert not found.by_hand
    assert repr(found) == repr(measure(stride, NO_OFFSETS)[0])


def test_what_is_absent_stays_absent() -> None:
    runner = Runner(GOOD)
    points = by_hand_of(runner, EventKind.PEAK_KNEE_FLEXION)
    seen = misread(runner, cut(runner))
    near, _ = legs_of(runner.near)
    xy_px = seen.xy_px.copy()
    xy_px[:, near[HEEL]] = np.nan
    found, _ = measure(with_points(seen, xy_px), NO_OFFSETS, by_hand=points)
    # Without its heel the foot has no direction, and so its tip no correction.
    assert np.isnan(found.value("knee_toe_offset_pct"))
    assert np.isfinite(found.model_value("knee_toe_offset_pct"))
    assert np.isfinite(found.value("shank_angle_deg"))
    hidden, _ = measure(seen, NO_OFFSETS, by_hand=points, feet_seen=False)
    assert np.isnan(hidden.value("knee_toe_offset_pct"))
    assert np.isnan(hidden.model_value("knee_toe_offset_pct"))


LEG = np.array([[0.0, 1.0], [0.1, 0.5], [0.0, 0.0], [-0.05, -0.05], [0.2, -0.05]])


def hand(**moves: tuple[float, float]) -> Floats:
    points = LEG[SET].copy()
    for name, move in moves.items():
        points[("knee", "ankle", "heel", "toe").index(name)] += move
    return points


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        ({}, ""),
        ({"toe": (0.1, 0.0)}, ""),
        ({"toe": (0.16, 0.0)}, "points_far"),
        ({"heel": (0.0, 0.2)}, "points_far"),
        ({"knee": (0.0, 0.07)}, ""),
        ({"knee": (0.0, 0.09)}, "points_shank"),
        ({"ankle": (0.0, 0.09)}, "points_shank"),
        ({"knee": (np.nan, 0.0)}, "points_missing"),
    ],
)
def test_absurd_points_are_refused(moves: dict[str, tuple[float, float]], code: str) -> None:
    assert refusal(LEG, hand(**moves)) == code


def test_points_that_the_model_lacks_cannot_be_set() -> None:
    for point in range(5):
        leg = LEG.copy()
        leg[point] = np.nan
        assert refusal(leg, hand()) == "points_missing"


def test_no_offset_changes_nothing() -> None:
    none = offsets_legs(LEG, LEG[SET])
    assert none == ((0.0, 0.0),) * 4
    assert corrected(LEG[None], none, 1.0)[0] == pytest.approx(LEG)
