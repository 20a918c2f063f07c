"""The closer reading of an event: what it sees, and when it says nothing."""

from dataclasses import replace

import numpy as np
import pytest

from edge.gait.event_reading import Reading, read_later_s, speeds_around
from edge.gait.event_weights import READINGS
from edge.gait.foot_signals import LegSignals
from edge.messages.gait import EventKind

BELT_PX_S = 500.0
READING = Reading(
    at_s=(-0.04, 0.0),
    channels=(2, 4),
    weights_s=((0.01, 0.0), (0.02, -0.01)),
    offset_s=0.001,
    limit_s=0.03,
)


def sample(time_s: float, belt_px_s: float = BELT_PX_S) -> LegSignals:
    """Return a leg whose n-th velocity is n belt speeds at time zero and grows by 10 a second."""
    speeds = tuple(belt_px_s * (n + 10.0 * time_s) for n in range(9))
    return LegSignals(
        time_s=time_s,
        decided_at_s=time_s + 0.05,
        reach=0.0,
        knee_flexion_deg=20.0,
        knee_rate_deg_s=0.0,
        foot_deg=0.0,
        ball_forward_px_s=-belt_px_s,
        ball_up_px_s=0.0,
        speeds_px_s=speeds,
        score=0.9,
    )


def past(fps: float = 60.0, belt_px_s: float = BELT_PX_S) -> list[LegSignals]:
    return [sample(i / fps, belt_px_s) for i in range(round(fps))]


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_velocities_are_read_between_frames_in_belt_speeds(fps: float) -> None:
    seen = speeds_around(past(fps), 0.51, BELT_PX_S, READING.at_s, READING.channels)
    np.testing.assert_allclose(seen, [[2 + 4.7, 4 + 4.7], [2 + 5.1, 4 + 5.1]])


def test_a_reading_is_the_weighted_sum() -> None:
    expected = 0.001 + 0.01 * (2 + 1.1) + 0.02 * (2 + 1.5) - 0.01 * (4 + 1.5)
    reading = replace(READING, limit_s=1.0)
    assert read_later_s(past(), 0.15, BELT_PX_S, reading) == pytest.approx(expected)


def test_a_nearer_camera_reads_the_same() -> None:
    near = read_later_s(past(belt_px_s=900.0), 0.1, 900.0, READING)
    assert near == pytest.approx(read_later_s(past(), 0.1, BELT_PX_S, READING))


@pytest.mark.parametrize(("offset_s", "later_s"), [(0.02, 0.02), (0.05, 0.03), (-0.07, -0.03)])
def test_a_reading_goes_no_further_than_its_limit(offset_s: float, later_s: float) -> None:
    reading = replace(READING, weights_s=((0.0, 0.0), (0.0, 0.0)), offset_s=offset_s)
    assert read_later_s(past(), 0.5, BELT_PX_S, reading) == later_s


def test_an_absurd_reading_leaves_the_event_to_its_rule() -> None:
    reading = replace(READING, weights_s=((0.0, 0.0), (0.0, 0.0)), offset_s=0.2)
    assert read_later_s(past(), 0.5, BELT_PX_S, reading) == 0.0


@pytest.mark.parametrize("belt_px_s", [np.nan, 0.0, -3.0])
def test_without_belt_speed_nothing_is_read(belt_px_s: float) -> None:
    assert read_later_s(past(), 0.5, belt_px_s, READING) == 0.0


def test_absent_points_are_not_read() -> None:
    gone = [replace(s, speeds_px_s=(np.nan,) * 9) if s.time_s > 0.48 else s for s in past()]
    assert read_later_s(gone, 0.5, BELT_PX_S, READING) == 0.0


def test_nothing_is_read_across_a_hole_or_beyond_the_samples() -> None:
    holed = [s for s in past() if not 0.41 < s.time_s < 0.49]
    assert read_later_s(holed, 0.5, BELT_PX_S, READING) == 0.0
    assert read_later_s(past(), 1.0, BELT_PX_S, READING) == 0.0
    assert read_later_s(past(), 0.03, BELT_PX_S, READING) == 0.0
    assert read_later_s([], 0.5, BELT_PX_S, READING) == 0.0


def test_a_few_milliseconds_beyond_the_last_sample_count_as_it() -> None:
    whole, cut = past(), [s for s in past() if s.time_s <= 0.5]
    short = read_later_s(cut, 0.508, BELT_PX_S, replace(READING, limit_s=9.0))
    full = read_later_s(whole, 0.508, BELT_PX_S, replace(READING, limit_s=9.0))
    assert short == pytest.approx(full, abs=0.003)
    assert short != 0.0


@pytest.mark.parametrize("kind", [EventKind.INITIAL_CONTACT, EventKind.TOE_OFF])
def test_the_weights_fit_the_signals(kind: EventKind) -> None:
    reading = READINGS[kind]
    assert max(reading.channels) < len(sample(0.0).speeds_px_s)
    assert np.array(reading.weights_s).shape == (len(reading.at_s), len(reading.channels))
    assert list(reading.at_s) == sorted(reading.at_s)
    assert 0 < reading.limit_s <= 0.03
