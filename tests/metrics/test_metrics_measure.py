from dataclasses import fields, replace
from math import nan

import numpy as np
import pytest
from strides_by_hand import cut, with_points, without
from synthetic import BENT_PUSH_OFF, GOOD, KNEES_FORWARD, QUICK, Camera, Form, Runner

from edge.i18n.reasons import english
from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import (
    KNEE,
    LEFT_HIP,
    LEFT_LEG,
    LEFT_SHOULDER,
    LEG_POINTS,
    RIGHT_HIP,
    RIGHT_LEG,
    RIGHT_SHOULDER,
    TOE,
)
from edge.messages.stride import KeyPose, Stride, StrideMetrics
from edge.metrics.catalogue import METRIC_NAMES
from edge.metrics.measure import measure
from edge.metrics.model_offsets import NO_OFFSETS, ModelOffsets
from edge.numerics.sagittal import foot_angle_deg, knee_flexion_deg, runner_axes

FORMS = {"good": GOOD, "knees forward": KNEES_FORWARD, "bent": BENT_PUSH_OFF, "quick": QUICK}
# Straight lines between frames 4 ms apart; the heel just begins to turn at the end of its line.
TOLERANCE = {
    "knee_toe_offset_pct": 0.2,
    "shank_angle_deg": 0.1,
    "hip_ankle_offset_pct": 0.1,
    "plantarflexion_deg": 0.3,
    "line_straightness_pct": 0.1,
    "vertical_oscillation_pct": 0.1,
    "thigh_extension_deg": 0.15,
    "knee_flexion_push_off_deg": 0.2,
}
PEAK_NUMBERS = ("knee_toe_offset_pct", "shank_angle_deg", "hip_ankle_offset_pct")


def numbers(stride: Stride, offsets: ModelOffsets = NO_OFFSETS) -> StrideMetrics:
    return measure(stride, offsets)[0]


def key_poses(stride: Stride) -> dict[EventKind, KeyPose]:
    return {k.kind: k for k in measure(stride, NO_OFFSETS)[1]}


@pytest.mark.parametrize("facing", list(Side))
@pytest.mark.parametrize("form", list(FORMS))
def test_every_number_is_its_definition(form: str, facing: Side) -> None:
    runner = Runner(FORMS[form], Camera(facing=facing))
    found = numbers(cut(runner))
    for name, truth in runner.metrics.items():
        assert found.value(name) == pytest.approx(truth, abs=TOLERANCE.get(name, 0.05)), name


def test_every_number_has_a_truth_to_be_held_against() -> None:
    assert set(METRIC_NAMES) == set(Runner(GOOD).metrics)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_frame_rate_changes_little(fps: float) -> None:
    runner = Runner(GOOD)
    found = numbers(cut(runner, fps=fps))
    for name in PEAK_NUMBERS:
        assert found.value(name) == pytest.approx(runner.metrics[name], abs=1.0), name


@pytest.mark.parametrize("px_per_m", [80.0, 400.0])
def test_the_scale_of_the_picture_changes_nothing(px_per_m: float) -> None:
    plain = numbers(cut(Runner(GOOD))).values
    other = numbers(cut(Runner(GOOD, Camera(px_per_m=px_per_m)))).values
    for name in Runner(GOOD).metrics:
        assert other[name] == pytest.approx(plain[name], abs=1e-6), name


def test_the_far_leg_is_measured_on_its_own_points() -> None:
    runner = Runner(GOOD)
    far = numbers(cut(runner, runner.near.other))
    assert far.side is runner.near.other
    assert not far.near
    for name in ("shank_angle_deg", "knee_flexion_peak_deg", "thigh_extension_deg"):
        assert far.value(name) == pytest.approx(runner.metrics[name], abs=0.1), name


@pytest.mark.parametrize(
    ("form", "name", "sign"),
    [
        (replace(KNEES_FORWARD, knee_toe_pct=4.0), "knee_toe_offset_pct", 1.0),
        (GOOD, "knee_toe_offset_pct", -1.0),
        (GOOD, "shank_angle_deg", 1.0),
        (GOOD, "hip_ankle_offset_pct", 1.0),
        (GOOD, "thigh_extension_deg", 1.0),
        (GOOD, "overstride_pct", 1.0),
        (GOOD, "trunk_lean_deg", 1.0),
        (replace(GOOD, trunk_lean_deg=-3.0), "trunk_lean_deg", -1.0),
        (GOOD, "flight_ms", 1.0),
    ],
)
def test_signs_are_the_contracts(form: Form, name: str, sign: float) -> None:
    for facing in Side:
        assert numbers(cut(Runner(form, Camera(facing=facing)))).value(name) * sign > 0


def test_events_and_standing_are_copied() -> None:
    stride = cut(Runner(GOOD), valid=False, reason=Reason("tracking_gap"))
    found = numbers(stride)
    for name in ("side", "near", "start_s", "peak_knee_flexion_s", "toe_off_s", "end_s"):
        assert getattr(found, name) == getattr(stride, name)
    assert (found.valid, english(found.reason)) == (False, "tracking gap")
    assert found.decided_at_s == stride.decided_at_s


def test_each_offset_is_added_once_to_its_own_number() -> None:
    stride = cut(Runner(GOOD))
    plain = dict(numbers(stride).values)
    named = {
        "knee_toe_pct": "knee_toe_offset_pct",
        "shank_angle_deg": "shank_angle_deg",
        "hip_ankle_pct": "hip_ankle_offset_pct",
        "knee_flexion_peak_deg": "knee_flexion_peak_deg",
        "knee_flexion_push_off_deg": "knee_flexion_push_off_deg",
        "thigh_extension_deg": "thigh_extension_deg",
        "plantarflexion_deg": "plantarflexion_deg",
        "trunk_lean_deg": "trunk_lean_deg",
        "overstride_pct": "overstride_pct",
    }
    assert {f.name for f in fields(ModelOffsets)} == set(named)
    for i, (offset, number) in enumerate(named.items()):
        moved = dict(numbers(stride, replace(NO_OFFSETS, **{offset: 2.0 + i})).values)
        assert moved.pop(number) == pytest.approx(plain[number] + 2.0 + i)
        assert moved == pytest.approx({k: v for k, v in plain.items() if k != number})


@pytest.mark.parametrize("facing", list(Side))
@pytest.mark.parametrize("offset", [0.0, -3.7, 5.0])
def test_the_toe_shown_at_peak_bend_is_where_the_number_says(facing: Side, offset: float) -> None:
    runner = Runner(GOOD, Camera(facing=facing))
    stride = cut(runner)
    metrics, poses = measure(stride, replace(NO_OFFSETS, knee_toe_pct=offset))
    shown = next(p for p in poses if p.kind is EventKind.PEAK_KNEE_FLEXION)
    leg = runner_axes(shown.xy_px, facing)[list(LEFT_LEG if facing is Side.LEFT else RIGHT_LEG)]
    shank = np.hypot(*(leg[1] - leg[2]))
    assert 100 * (leg[1, 0] - leg[TOE, 0]) / shank == pytest.approx(shown.value, abs=0.01)
    assert shown.value == metrics.value("knee_toe_offset_pct")


def test_key_poses_are_the_two_a_clinician_would_freeze() -> None:
    runner = Runner(GOOD)
    stride = cut(runner, fps=60.0)
    found = key_poses(stride)
    assert set(found) == {EventKind.PEAK_KNEE_FLEXION, EventKind.TOE_OFF}
    for pose in found.values():
        assert (pose.side, pose.near) == (stride.side, stride.near)
        assert abs(pose.frame_index / 60 - pose.time_s) <= 1 / 120
        np.testing.assert_allclose(
            pose.xy_px[list(LEFT_LEG)],
            runner.points_px(np.array([pose.time_s]))[0, LEFT_LEG],
            atol=3,
        )
    assert found[EventKind.TOE_OFF].value == numbers(stride).value("knee_flexion_push_off_deg")


def test_toe_off_is_shown_with_the_points_of_that_instant() -> None:
    stride = cut(Runner(GOOD))
    shown = key_poses(stride)[EventKind.TOE_OFF]
    truth = Runner(GOOD).points_px(np.array([stride.toe_off_s]))[0]
    np.testing.assert_allclose(shown.xy_px, truth, atol=0.3)


def test_push_off_flexion_is_the_least_from_peak_to_just_after_toe_off() -> None:
    runner = Runner(GOOD)
    stride = cut(runner)
    leg = runner_axes(stride.xy_px[:, RIGHT_LEG], Side.RIGHT)
    flexion = knee_flexion_deg(leg[:, 0], leg[:, 1], leg[:, 2])
    window = (stride.times_s >= stride.peak_knee_flexion_s) & (
        stride.times_s <= stride.toe_off_s + 0.06
    )
    assert numbers(stride).value("knee_flexion_push_off_deg") == pytest.approx(
        flexion[window].min()
    )
    # A straight leg later in swing is not push-off.
    xy = stride.xy_px.copy()
    xy[stride.times_s > stride.toe_off_s + 0.07, RIGHT_LEG[1]] = np.nan
    assert (
        numbers(with_points(stride, xy)).value("knee_flexion_push_off_deg") == flexion[window].min()
    )


def toes_turned(stride: Stride, degrees: float, from_s: float) -> Stride:
    """Return a right leg's stride with the toes turned up about the heel from a time on."""
    heel, toe = RIGHT_LEG[3], RIGHT_LEG[4]
    xy = stride.xy_px.copy()
    angle = foot_angle_deg(
        runner_axes(xy[:, heel], Side.RIGHT), runner_axes(xy[:, toe], Side.RIGHT)
    )
    length = np.hypot(*(xy[:, toe] - xy[:, heel]).T)
    turned = np.deg2rad(angle + degrees)
    up = np.stack([np.cos(turned), -np.sin(turned)], axis=-1)
    later = stride.times_s >= from_s
    xy[later, toe] = (xy[:, heel] + length[:, None] * up)[later]
    return with_points(stride, xy)


def test_pointing_the_toes_at_toe_off_is_positive_plantarflexion() -> None:
    stride = cut(Runner(GOOD))
    plain = numbers(stride).value("plantarflexion_deg")
    pointed = toes_turned(stride, -40.0, stride.start_s + 0.75 * Runner(GOOD).stance_s)
    assert numbers(pointed).value("plantarflexion_deg") == pytest.approx(plain + 40.0, abs=0.01)


def test_plantarflexion_is_against_the_flat_foot() -> None:
    runner = Runner(GOOD)
    # A model that sees the toe 10 degrees low sees it so in the flat foot as well.
    found = numbers(toes_turned(cut(runner), -10.0, 0.0)).value("plantarflexion_deg")
    assert found == pytest.approx(runner.metrics["plantarflexion_deg"], abs=0.3)


def test_the_hip_is_the_middle_of_both_for_overstride_and_bounce() -> None:
    stride = cut(Runner(GOOD))
    xy = stride.xy_px.copy()
    xy[:, LEFT_HIP, 0] -= 20.0
    xy[:, RIGHT_HIP, 0] += 20.0
    plain, moved = numbers(stride), numbers(with_points(stride, xy))
    leg = Runner(GOOD).leg_px
    # The leg grows a little as its hip moves; the middle stays.
    assert moved.value("overstride_pct") == pytest.approx(
        plain.value("overstride_pct"), abs=100 * 3 / leg
    )


def test_straightness_is_the_greatest_distance_from_ankle_to_shoulder() -> None:
    runner = Runner(GOOD)
    xy = np.zeros_like(runner.points_px(np.arange(3.0)))
    ankle, knee, hip = RIGHT_LEG[2], RIGHT_LEG[1], RIGHT_LEG[0]
    xy[:, [ankle, knee, hip, RIGHT_SHOULDER]] = [[0, 400], [10, 300], [30, 200], [0, 0]]
    stride = cut(runner)
    still = replace(
        stride,
        times_s=np.array([stride.toe_off_s - 0.01, stride.toe_off_s, stride.toe_off_s + 0.01]),
        frame_indices=np.arange(3),
        xy_px=xy,
    )
    assert numbers(still).value("line_straightness_pct") == pytest.approx(100 * 30 / 400)


@pytest.mark.parametrize(
    ("missing", "absent"),
    [
        (
            ["peak_knee_flexion_s"],
            {*PEAK_NUMBERS, "knee_flexion_peak_deg", "knee_flexion_push_off_deg"},
        ),
        (
            ["toe_off_s"],
            {
                "knee_toe_offset_pct",
                "knee_flexion_push_off_deg",
                "thigh_extension_deg",
                "plantarflexion_deg",
                "line_straightness_pct",
                "trunk_lean_deg",
                "ground_contact_ms",
                "flight_ms",
            },
        ),
        (["opposite_contact_s"], {"flight_ms"}),
    ],
)
def test_an_event_not_found_leaves_only_its_numbers_absent(
    missing: list[str], absent: set[str]
) -> None:
    found = numbers(without(cut(Runner(GOOD)), *missing)).values
    assert {n for n in Runner(GOOD).metrics if np.isnan(found[n])} == absent


@pytest.mark.parametrize("missing", ["peak_knee_flexion_s", "toe_off_s"])
def test_there_is_no_key_pose_of_an_event_not_found(missing: str) -> None:
    kinds = set(key_poses(without(cut(Runner(GOOD)), missing)))
    assert EventKind.PEAK_KNEE_FLEXION not in kinds
    assert (EventKind.TOE_OFF in kinds) is False


def test_a_stride_without_points_has_only_times_and_no_warnings() -> None:
    stride = cut(Runner(GOOD))
    found, poses = measure(with_points(stride, np.full_like(stride.xy_px, nan)), ModelOffsets())
    timed = {"ground_contact_ms", "flight_ms", "stride_time_ms", "cadence_spm"}
    absent = {n for n in Runner(GOOD).metrics if np.isnan(found.value(n))}
    assert absent == set(Runner(GOOD).metrics) - timed
    assert poses == []


KNEE_BEND = {f"knee_flexion_{when}_deg" for when in ("peak", "contact", "push_off")}
LEG_LENGTH = {"hip_ankle_offset_pct", "overstride_pct", "vertical_oscillation_pct"}
AT_TOE_OFF = {"thigh_extension_deg", "line_straightness_pct"}


@pytest.mark.parametrize(
    ("point", "absent"),
    [
        ("hip", KNEE_BEND | LEG_LENGTH | AT_TOE_OFF | {"trunk_lean_deg"}),
        (
            "knee",
            KNEE_BEND
            | LEG_LENGTH
            | AT_TOE_OFF
            | {"knee_toe_offset_pct", "shank_angle_deg", "plantarflexion_deg"},
        ),
        (
            "ankle",
            KNEE_BEND
            | LEG_LENGTH
            | {
                "knee_toe_offset_pct",
                "shank_angle_deg",
                "plantarflexion_deg",
                "line_straightness_pct",
            },
        ),
        ("heel", {"plantarflexion_deg"}),
        ("toe", {"knee_toe_offset_pct", "plantarflexion_deg"}),
    ],
)
def test_an_absent_point_leaves_only_its_numbers_absent(point: str, absent: set[str]) -> None:
    stride = cut(Runner(GOOD))
    xy = stride.xy_px.copy()
    xy[:, RIGHT_LEG[LEG_POINTS.index(point)]] = nan
    found = numbers(with_points(stride, xy))
    assert {n for n in Runner(GOOD).metrics if np.isnan(found.value(n))} == absent


def test_a_shoulder_out_of_sight_costs_only_the_trunk() -> None:
    stride = cut(Runner(GOOD))
    xy = stride.xy_px.copy()
    xy[:, [LEFT_SHOULDER, RIGHT_SHOULDER]] = nan
    found = numbers(with_points(stride, xy))
    absent = {n for n in Runner(GOOD).metrics if np.isnan(found.value(n))}
    assert absent == {"trunk_lean_deg", "line_straightness_pct"}


def test_inputs_are_left_as_they_were() -> None:
    stride = cut(Runner(GOOD))
    before: Floats = stride.xy_px.copy()
    measure(stride, ModelOffsets())
    np.testing.assert_array_equal(stride.xy_px, before)


def test_a_knee_that_straightens_at_its_peak_is_not_believed() -> None:
    stride = cut(Runner(KNEES_FORWARD))
    near = np.abs(stride.times_s - stride.peak_knee_flexion_s) < 0.02
    knee = (LEFT_LEG if stride.side is Side.LEFT else RIGHT_LEG)[KNEE]
    xy = stride.xy_px.copy()
    # Both legs laid on one: the knee springs back for a moment, by a third of a shank.
    xy[near, knee, 0] -= 30.0 if stride.facing is Side.RIGHT else -30.0
    measured = numbers(with_points(stride, xy))
    assert np.isnan(measured.value("knee_toe_offset_pct"))
    assert np.isnan(measured.value("knee_flexion_peak_deg"))
    assert measured.value("knee_flexion_push_off_deg") == numbers(stride).value(
        "knee_flexion_push_off_deg"
    )
    assert np.isfinite(numbers(stride).value("knee_toe_offset_pct"))
