import numpy as np
import pytest

from edge.identity.stride_memory import LegPoints, StrideMemory, uneven_s
from edge.messages.arrays import Floats

STRIDE_S = 0.72
LEG_PX = 200.0
FAR_PX = np.array([3.0, -8.0])


def leg_at(times_s: Floats) -> Floats:
    """Return a periodic leg, shape (n, 5, 2), px relative to the hips; smooth, all different."""
    turn = 2 * np.pi * np.asarray(times_s, float)[..., None, None] / STRIDE_S
    k = np.arange(10.0).reshape(5, 2)
    wave = np.cos(turn + 0.5 * k) + 0.3 * np.sin(2 * turn + k)
    return np.asarray(10.0 * k + 0.2 * LEG_PX * wave)


def near_and_far(time_s: float, late_s: float = 0.0) -> tuple[Floats, Floats]:
    now = np.array([time_s, time_s - STRIDE_S / 2 - late_s])
    near, far = leg_at(now)
    return near, far + FAR_PX


def remembered(
    times_s: Floats, sure: bool = True, late_s: float = 0.0, memory: StrideMemory | None = None
) -> StrideMemory:
    memory = memory or StrideMemory()
    for t in times_s:
        near, far = near_and_far(float(t), late_s)
        memory.remember(LegPoints(float(t), near, far, sure))
    return memory


def error_legs(memory: StrideMemory, time_s: float, late_s: float = 0.0) -> float:
    expected = memory.expect(time_s, STRIDE_S)
    truth = near_and_far(time_s, late_s)
    return max(float(np.abs(e - t).max()) for e, t in zip(expected, truth, strict=True)) / LEG_PX


@pytest.mark.parametrize("seconds", [0.8, 1.0, 1.3, 1.7, 2.4, 5.0])
def test_the_prediction_of_a_periodic_motion_is_that_motion(seconds: float) -> None:
    times = np.arange(round(seconds * 60)) / 60
    memory = remembered(times)
    for ahead in (0.02, 0.05, 0.1):
        assert error_legs(memory, times[-1] + ahead) < 0.02


def test_irregular_frames_are_read_between() -> None:
    random = np.random.default_rng(4)
    times = np.sort(np.arange(180) / 60 + random.uniform(-0.006, 0.006, 180))
    assert error_legs(remembered(times), times[-1] + 0.05) < 0.03


@pytest.mark.parametrize("late_s", [-0.024, 0.024])
def test_uneven_steps_are_learnt(late_s: float) -> None:
    times = np.arange(180) / 60
    assert error_legs(remembered(times, late_s=late_s), times[-1] + 0.05, late_s) < 0.05


def test_less_than_a_stride_predicts_nothing() -> None:
    memory = remembered(np.arange(40) / 60)
    assert np.isnan(memory.expect(0.7, STRIDE_S)).all()


@pytest.mark.parametrize("stride_s", [np.nan, 0.0])
def test_no_stride_time_predicts_nothing(stride_s: float) -> None:
    memory = remembered(np.arange(180) / 60)
    assert np.isnan(memory.expect(3.05, stride_s)).all()


def test_an_empty_memory_predicts_nothing() -> None:
    assert np.isnan(StrideMemory().expect(1.0, STRIDE_S)).all()


def test_a_hole_in_every_stride_gives_nan_there() -> None:
    times = np.arange(300) / 60
    phase = np.mod(times, STRIDE_S / 2)
    memory = remembered(times[(phase < 0.1) | (phase > 0.25)])
    now = np.ceil(times[-1] / STRIDE_S) * STRIDE_S
    assert np.isnan(memory.expect(now + 0.175, STRIDE_S)).all()
    assert np.isfinite(memory.expect(now + 0.05, STRIDE_S)).all()


def test_one_bad_stride_does_not_teach_the_next() -> None:
    times = np.arange(240) / 60
    memory = StrideMemory()
    for t in times:
        near, far = near_and_far(float(t))
        # Half a stride of nonsense, one stride before the moment asked for.
        spoilt = 40.0 if 3.1 < t < 3.4 else 0.0
        memory.remember(LegPoints(float(t), near + spoilt, far, True))
    assert error_legs(memory, 3.25 + STRIDE_S + 0.05) < 0.05


def test_unsure_frames_are_passed_over_while_sure_ones_suffice() -> None:
    times = np.arange(240) / 60
    memory = StrideMemory()
    for t in times:
        near, far = near_and_far(float(t))
        unsure = 3.0 < t < 4.0
        memory.remember(LegPoints(float(t), near + 60.0 * unsure, far, not unsure))
    # The spoilt frames are 0.3 legs off; they still pull a little on where the far leg is drawn.
    assert error_legs(memory, 4.05) < 0.1


def test_reset_forgets() -> None:
    memory = remembered(np.arange(180) / 60)
    memory.reset()
    assert np.isnan(memory.expect(3.05, STRIDE_S)).all()
    again = remembered(np.arange(180) / 60, memory=memory)
    fresh = remembered(np.arange(180) / 60)
    np.testing.assert_array_equal(again.expect(3.05, STRIDE_S), fresh.expect(3.05, STRIDE_S))


@pytest.mark.parametrize("late_s", [-0.04, -0.016, 0.0, 0.016, 0.04])
def test_unevenness_is_how_much_later_the_near_leg_follows(late_s: float) -> None:
    times = np.arange(180) / 60
    near = leg_at(times)
    far = leg_at(times + STRIDE_S / 2 + late_s)
    found = uneven_s(times, near, far, np.ones(180, bool), STRIDE_S / 2)
    assert found == pytest.approx(late_s, abs=0.005)


def test_too_few_sure_frames_count_as_even() -> None:
    times = np.arange(180) / 60
    near, far = leg_at(times), leg_at(times + STRIDE_S / 2 + 0.04)
    assert uneven_s(times, near, far, np.zeros(180, bool), STRIDE_S / 2) == 0.0
