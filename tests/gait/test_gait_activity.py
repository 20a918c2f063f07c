import numpy as np
import pytest

from edge.gait.activity import ActivityGate
from edge.gait.planted_foot_speed import BeltSpeed
from edge.messages.gait import Activity

FPS = 60


def moved(
    gate: ActivityGate,
    seconds: float,
    start_s: float = 0.0,
    stride_s: float = 0.72,
    bounce: float = 0.03,
    reach: float = 0.5,
    strides: bool = True,
) -> list[Activity]:
    """Move the legs to and fro; positive ``bounce`` has the hips lowest as they pass each other."""
    seen = []
    for i in range(round(seconds * FPS)):
        t = i / FPS
        gap = reach * np.cos(2 * np.pi * t / stride_s)
        height = bounce * np.cos(4 * np.pi * t / stride_s)
        gate.see(start_s + t, found=True)
        if strides and t % stride_s < 1 / FPS <= t:
            gate.stride(start_s + t, stride_s)
        seen.append(gate.move(start_s + t, float(gap), float(height)))
    return seen


def test_nobody_seen_yet_is_absent() -> None:
    assert ActivityGate().see(0.0, found=False) is Activity.ABSENT


def test_a_person_is_standing_until_more_is_known() -> None:
    assert ActivityGate().see(0.0, found=True) is Activity.STANDING


def test_hips_low_between_steps_is_running() -> None:
    assert moved(ActivityGate(), 2.0)[-1] is Activity.RUNNING


def test_hips_high_between_steps_is_walking() -> None:
    assert moved(ActivityGate(), 2.0, stride_s=1.1, bounce=-0.02)[-1] is Activity.WALKING


def test_bouncing_without_strides_is_not_running() -> None:
    assert moved(ActivityGate(), 4.0, strides=False)[-1] is Activity.STANDING


@pytest.mark.parametrize(
    ("stride_s", "activity"), [(0.72, Activity.RUNNING), (1.2, Activity.WALKING)]
)
def test_cadence_decides_when_the_hips_do_not_bounce(stride_s: float, activity: Activity) -> None:
    assert moved(ActivityGate(), 3.0, stride_s=stride_s, bounce=0.0)[-1] is activity


def test_drifting_towards_the_camera_is_no_bounce() -> None:
    gate = ActivityGate()
    gate.stride(0.0, 0.88)
    for i in range(120):
        t = i / FPS
        gate.see(t, found=True)
        bounce = 0.03 * np.cos(4 * np.pi * t / 0.72)
        activity = gate.move(t, float(0.5 * np.cos(2 * np.pi * t / 0.72)), bounce + 0.5 * t + t * t)
    assert activity is Activity.RUNNING


def test_still_feet_are_standing_again_within_two_seconds() -> None:
    gate = ActivityGate()
    moved(gate, 3.0)
    seen = moved(gate, 2.0, 3.0, reach=0.02, bounce=0.0, strides=False)
    assert seen[0] is Activity.RUNNING
    assert seen[-1] is Activity.STANDING


def test_a_person_gone_for_half_a_second_is_absent() -> None:
    gate = ActivityGate()
    moved(gate, 2.0)
    assert gate.see(2.4, found=False) is Activity.RUNNING
    assert gate.see(2.6, found=False) is Activity.ABSENT


def test_who_comes_back_starts_as_standing() -> None:
    gate = ActivityGate()
    moved(gate, 2.0)
    gate.see(3.0, found=False)
    assert gate.see(3.1, found=True) is Activity.STANDING


def test_absent_points_decide_nothing() -> None:
    gate = ActivityGate()
    moved(gate, 2.0)
    seen = []
    for i in range(240):
        t = 2.0 + i / FPS
        gate.see(t, found=True)
        seen.append(gate.move(t, np.nan, np.nan))
    # What was known holds for a while; nobody goes on running without a stride.
    assert seen[0] is seen[100] is Activity.RUNNING
    assert seen[-1] is Activity.STANDING


def test_activity_replays_identically_after_reset() -> None:
    gate = ActivityGate()
    first = moved(gate, 2.0)
    gate.reset()
    assert gate.activity is Activity.ABSENT
    assert moved(gate, 2.0) == first


def test_belt_speed_is_unknown_at_first() -> None:
    belt = BeltSpeed()
    assert all(np.isnan(belt.update(i / FPS, -500.0)) for i in range(40))
    assert belt.update(0.75, -500.0) == pytest.approx(500.0)


def test_belt_speed_is_that_of_the_foot_going_back_fastest() -> None:
    belt = BeltSpeed()
    for i in range(200):
        # A third of the stride on the belt, the rest forward.
        speed = belt.update(i / FPS, -500.0 if i % 43 < 14 else 700.0)
    assert speed == pytest.approx(500.0)


def test_a_foot_that_only_goes_forward_shows_no_belt() -> None:
    belt = BeltSpeed()
    assert np.isnan([belt.update(i / FPS, 300.0) for i in range(100)]).all()


def test_belt_speed_forgets_the_old_speed() -> None:
    belt = BeltSpeed()
    for i in range(120):
        belt.update(i / FPS, -800.0)
    for i in range(120, 270):
        speed = belt.update(i / FPS, -500.0)
    assert speed == pytest.approx(500.0)


def test_belt_speed_leaves_absent_samples_out() -> None:
    belt = BeltSpeed()
    for i in range(120):
        speed = belt.update(i / FPS, np.nan if i % 3 else -500.0)
    assert speed == pytest.approx(500.0)
    belt.reset()
    assert np.isnan(belt.update(2.0, -500.0))


def test_standing_is_told_only_once_it_has_been_seen() -> None:
    gate = ActivityGate()
    told = []
    for frame in range(2 * FPS):
        gate.see(frame / FPS, found=True)
        gate.move(frame / FPS, 0.02, 0.9)
        told.append(gate.undecided)
    assert all(told[: FPS // 2])
    assert not any(told[-FPS // 2 :])


def test_a_runner_is_never_told_to_stand_before_the_first_strides() -> None:
    gate = ActivityGate()
    for frame in range(3 * FPS):
        t = frame / FPS
        gate.see(t, found=True)
        gate.move(t, float(0.5 * np.cos(2 * np.pi * t / 0.72)), 0.9)
        assert gate.undecided or gate.activity is not Activity.STANDING


def test_who_stops_to_run_and_goes_on_moving_does_not_stand() -> None:
    gate = ActivityGate()
    moved(gate, 3.0)
    # Legs that part and close without bounce or strides.
    moved(gate, 4.0, start_s=3.0, bounce=0.0, strides=False)
    assert gate.activity is Activity.STANDING
    assert gate.undecided


@pytest.mark.parametrize("leaves", [True, False])
def test_who_has_stood_is_looked_for_again_after_running_or_leaving(leaves: bool) -> None:
    gate = ActivityGate()
    for frame in range(2 * FPS):
        gate.see(frame / FPS, found=True)
        gate.move(frame / FPS, 0.02, 0.9)
    assert not gate.undecided
    if leaves:
        gate.see(3.0, found=False)
        gate.see(3.1, found=True)
    else:
        moved(gate, 3.0, start_s=2.0)
        moved(gate, 4.0, start_s=5.0, bounce=0.0, strides=False)
    assert gate.undecided
