from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.gait.smoother import SmoothPose
from edge.gait.strides import StrideBuilder, StrideContext
from edge.i18n.reasons import english
from edge.messages.arrays import Floats
from edge.messages.gait import Activity, EventKind, GaitEvent
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT, LEFT_LEG, RIGHT_LEG
from edge.messages.stride import Stride

CONTACT, PEAK, TOE_OFF = EventKind
STRIDE_S, STANCE_S, PEAK_S = 0.72, 0.24, 0.10
BELT_PX_S = 600.0


def smooth(
    time_s: float, facing: Side = Side.RIGHT, measured: NDArray[np.bool_] | None = None
) -> SmoothPose:
    """Return a pose whose heels ride backwards on the belt, all else still."""
    xy = np.full((BODY_COUNT, 2), 100.0)
    backwards = -1.0 if facing is Side.RIGHT else 1.0
    xy[[LEFT_LEG[3], RIGHT_LEG[3]], 0] = 640 + backwards * BELT_PX_S * time_s
    return SmoothPose(
        frame_index=round(time_s * 60),
        time_s=time_s,
        decided_at_s=time_s + 0.05,
        xy_px=xy,
        velocity_px_s=np.zeros((BODY_COUNT, 2)),
        acceleration_px_s2=np.zeros((BODY_COUNT, 2)),
        measured=np.ones(BODY_COUNT, bool) if measured is None else measured,
        score=0.9,
    )


def event(kind: EventKind, time_s: float, side: Side = Side.RIGHT) -> GaitEvent:
    return GaitEvent(
        kind=kind, side=side, near=True, time_s=time_s, decided_at_s=time_s + 0.1, confidence=0.9
    )


def built(
    count: int = 3,
    times_s: Floats | None = None,
    activity: Activity = Activity.RUNNING,
    facing: Side = Side.RIGHT,
    peaks_s: dict[int, float] | None = None,
    peak: bool = True,
    toe_off: float = STANCE_S,
    opposite: float = STRIDE_S / 2,
    stride_s: float = STRIDE_S,
    builder: StrideBuilder | None = None,
) -> list[Stride]:
    """Return the strides completed by a number of regular contacts."""
    builder = builder or StrideBuilder(Side.RIGHT)
    times = np.arange(-12, round(60 * stride_s * count) + 12) / 60 if times_s is None else times_s
    context = StrideContext(facing=facing, belt_speed_px_s=590.0)
    happened: list[tuple[float, GaitEvent]] = []
    for i in range(count + 1):
        start = i * stride_s
        happened.append((start, event(CONTACT, start)))
        if peak:
            at = (peaks_s or {}).get(i, PEAK_S)
            happened.append((start + at, event(PEAK, start + at)))
        if np.isfinite(toe_off):
            happened.append((start + toe_off, event(TOE_OFF, start + toe_off)))
        if np.isfinite(opposite):
            other = event(CONTACT, start + opposite, Side.LEFT)
            happened.append((start + opposite, other))
    strides: list[Stride] = []
    waiting = sorted(happened, key=lambda h: h[0])
    for t in times:
        builder.see(smooth(float(t), facing))
        while waiting and waiting[0][0] <= t - 0.1:
            _, now = waiting.pop(0)
            if now.side is Side.LEFT:
                builder.opposite(now)
            else:
                strides += builder.update(now, context, activity)
    return strides


def test_a_contact_closes_the_stride_the_last_one_opened() -> None:
    strides = built()
    assert [s.start_s for s in strides] == pytest.approx([0.0, STRIDE_S, 2 * STRIDE_S])
    assert [s.end_s for s in strides] == pytest.approx([STRIDE_S, 2 * STRIDE_S, 3 * STRIDE_S])
    for stride in strides:
        assert stride.valid
        assert english(stride.reason) == ""
        assert stride.side is Side.RIGHT
        assert stride.near
        assert stride.peak_knee_flexion_s == pytest.approx(stride.start_s + PEAK_S)
        assert stride.toe_off_s == pytest.approx(stride.start_s + STANCE_S)
        assert stride.opposite_contact_s == pytest.approx(stride.start_s + STRIDE_S / 2)
        assert stride.decided_at_s == pytest.approx(stride.end_s + 0.1)


def test_the_first_contact_closes_nothing() -> None:
    assert built(count=0, times_s=np.arange(60) / 60) == []


@pytest.mark.parametrize("facing", list(Side))
def test_belt_speed_is_the_heels_and_positive(facing: Side) -> None:
    for stride in built(facing=facing):
        assert stride.belt_speed_px_s == pytest.approx(BELT_PX_S, rel=1e-6)


@pytest.mark.parametrize("activity", [Activity.WALKING, Activity.STANDING])
def test_only_running_is_judged(activity: Activity) -> None:
    assert {english(s.reason) for s in built(activity=activity)} == {str(activity)}


def test_a_stride_without_peak_says_so() -> None:
    strides = built(peak=False)
    assert {english(s.reason) for s in strides} == {"no peak knee flexion found"}
    assert all(np.isnan(s.peak_knee_flexion_s) for s in strides)


def test_a_stride_without_toe_off_says_so() -> None:
    strides = built(toe_off=np.nan)
    assert {english(s.reason) for s in strides} == {"no toe-off found"}
    assert all(np.isnan(s.toe_off_s) for s in strides)


def test_a_hole_in_the_frames_says_so() -> None:
    times = np.arange(-12, 145) / 60
    strides = built(times_s=times[(times < 1.0) | (times > 1.12)])
    assert [english(s.reason) for s in strides] == ["", "tracking gap", ""]


def test_a_hole_shorter_than_the_limit_is_no_gap() -> None:
    times = np.arange(-12, 145) / 60
    strides = built(times_s=times[(times < 1.0) | (times > 1.05)])
    assert [english(s.reason) for s in strides] == ["", "", ""]


def test_one_odd_duration_may_be_noise() -> None:
    assert {english(s.reason) for s in built(opposite=np.nan)} == {""}


def test_two_odd_durations_are_a_mistake() -> None:
    strides = built(toe_off=0.45, opposite=np.nan)
    assert {english(s.reason) for s in strides} == {"durations out of range"}


def test_an_opposite_contact_before_the_stride_is_not_its_own() -> None:
    builder = StrideBuilder(Side.RIGHT)
    builder.opposite(event(CONTACT, -0.3, Side.LEFT))
    for stride in built(opposite=np.nan, builder=builder):
        assert np.isnan(stride.opposite_contact_s)


def test_contacts_too_far_apart_make_no_stride() -> None:
    assert built(count=2, stride_s=2.1) == []


def test_one_stray_peak_is_held_to_where_the_others_lie() -> None:
    strides = built(count=6, peaks_s={4: 0.19})
    at = np.array([s.peak_knee_flexion_s - s.start_s for s in strides])
    assert at == pytest.approx(PEAK_S, abs=0.012)


def test_a_peak_settled_later_is_the_strides() -> None:
    builder = StrideBuilder(Side.RIGHT)
    context = StrideContext(facing=Side.RIGHT, belt_speed_px_s=590.0)
    builder.see(smooth(0.0))
    builder.update(event(CONTACT, 0.0), context, Activity.RUNNING)
    builder.settle_peak(0.05)
    builder.update(event(PEAK, 0.12), context, Activity.RUNNING)
    builder.settle_peak(0.10)
    builder.settle_peak(np.nan)
    builder.update(event(TOE_OFF, 0.24), context, Activity.RUNNING)
    (stride,) = builder.update(event(CONTACT, 0.72), context, Activity.RUNNING)
    assert stride.peak_knee_flexion_s == pytest.approx(0.10)


def test_a_stance_without_a_peak_event_has_none_to_settle() -> None:
    builder = StrideBuilder(Side.RIGHT)
    context = StrideContext(facing=Side.RIGHT, belt_speed_px_s=590.0)
    builder.see(smooth(0.0))
    builder.update(event(CONTACT, 0.0), context, Activity.RUNNING)
    builder.settle_peak(0.10)
    (stride,) = builder.update(event(CONTACT, 0.72), context, Activity.RUNNING)
    assert np.isnan(stride.peak_knee_flexion_s)


def test_reset_discards_the_open_stride() -> None:
    builder = StrideBuilder(Side.RIGHT)
    built(count=2, builder=builder)
    builder.reset()
    context = StrideContext(facing=Side.RIGHT, belt_speed_px_s=590.0)
    assert builder.update(event(CONTACT, 3 * STRIDE_S), context, Activity.RUNNING) == []


def test_replay_after_reset_is_identical() -> None:
    builder = StrideBuilder(Side.RIGHT)
    first = built(builder=builder, peaks_s={1: 0.13})
    builder.reset()
    for a, b in zip(built(builder=builder, peaks_s={1: 0.13}), first, strict=True):
        assert a.peak_knee_flexion_s == b.peak_knee_flexion_s
        assert a.belt_speed_px_s == b.belt_speed_px_s
        np.testing.assert_array_equal(a.xy_px, b.xy_px)


def test_a_heel_out_of_sight_leaves_the_belt_speed_given() -> None:
    builder = StrideBuilder(Side.RIGHT)
    context = StrideContext(facing=Side.RIGHT, belt_speed_px_s=590.0)
    for i in range(60):
        pose = smooth(i / 60)
        pose.xy_px[RIGHT_LEG[3]] = np.nan
        builder.see(replace(pose))
    builder.update(event(CONTACT, 0.1), context, Activity.RUNNING)
    builder.update(event(TOE_OFF, 0.34), context, Activity.RUNNING)
    (stride,) = builder.update(event(CONTACT, 0.82), context, Activity.RUNNING)
    assert stride.belt_speed_px_s == 590.0


def test_a_point_that_only_memory_vouches_for_is_not_measured() -> None:
    measured = np.ones(BODY_COUNT, bool)
    measured[LEFT_LEG[4]] = False
    builder = StrideBuilder(Side.RIGHT)
    context = StrideContext(facing=Side.RIGHT, belt_speed_px_s=590.0)
    builder.update(event(CONTACT, 0.0), context, Activity.RUNNING)
    for time_s in np.arange(48) / 60:
        builder.see(smooth(float(time_s), measured=measured))
    (stride,) = builder.update(event(CONTACT, 0.72), context, Activity.RUNNING)
    assert np.isnan(stride.xy_px[:, LEFT_LEG[4]]).all()
    assert np.isfinite(stride.xy_px[:, RIGHT_LEG[4]]).all()
