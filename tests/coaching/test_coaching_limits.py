from math import nan

import pytest

from edge.coaching.limits import Band, Grade, limit_speed_mps, limits_at
from edge.messages.metric import Metric
from edge.metrics.catalogue import METRIC_NAMES
from edge.settings.coaching_settings import CoachingSettings

SETTINGS = CoachingSettings()


@pytest.mark.parametrize(
    ("speed", "taken"),
    [(2.5, 2.5), (2.0, 2.2), (1.0, 2.2), (6.0, 4.8), (0.0, 3.0), (-1.0, 3.0), (nan, 3.0)],
)
def test_speed_is_clamped_and_never_unknown(speed: float, taken: float) -> None:
    assert limit_speed_mps(SETTINGS, speed) == taken


@pytest.mark.parametrize(
    ("speed", "push_off", "thigh", "plantarflexion"),
    [
        (2.5, (22.5, 27.5), (14.7, 10.7), (8.0, 4.0)),
        (3.5, (20.2, 25.2), (18.35, 14.35), (10.5, 6.5)),
        (4.5, (17.9, 22.9), (22.0, 18.0), (13.0, 9.0)),
        (9.0, (17.21, 22.21), (23.095, 19.095), (13.75, 9.75)),
        (nan, (21.35, 26.35), (16.525, 12.525), (9.25, 5.25)),
    ],
)
def test_limits_follow_speed(
    speed: float,
    push_off: tuple[float, float],
    thigh: tuple[float, float],
    plantarflexion: tuple[float, float],
) -> None:
    bands = limits_at(SETTINGS, speed)
    got = [
        (bands[m].amber, bands[m].red)
        for m in (Metric.PUSH_OFF, Metric.THIGH, Metric.PLANTARFLEXION)
    ]
    assert got == [pytest.approx(push_off), pytest.approx(thigh), pytest.approx(plantarflexion)]


def test_knee_shank_and_hip_limits_do_not_follow_speed() -> None:
    for metric in (Metric.KNEE_TOE, Metric.SHANK, Metric.HIP_ANKLE):
        assert limits_at(SETTINGS, 2.2)[metric] == limits_at(SETTINGS, 4.8)[metric]


@pytest.mark.parametrize(
    ("metric", "value", "grade"),
    [
        (Metric.KNEE_TOE, 0.0, Grade.GREEN),
        (Metric.KNEE_TOE, 0.1, Grade.AMBER),
        (Metric.KNEE_TOE, 4.0, Grade.AMBER),
        (Metric.KNEE_TOE, 4.1, Grade.RED),
        (Metric.SHANK, 30.0, Grade.GREEN),
        (Metric.SHANK, 33.0, Grade.AMBER),
        (Metric.SHANK, 33.1, Grade.RED),
        (Metric.HIP_ANKLE, 9.0, Grade.GREEN),
        (Metric.HIP_ANKLE, 11.5, Grade.AMBER),
        (Metric.HIP_ANKLE, 11.6, Grade.RED),
        (Metric.PUSH_OFF, 22.5, Grade.GREEN),
        (Metric.PUSH_OFF, 27.5, Grade.AMBER),
        (Metric.PUSH_OFF, 27.6, Grade.RED),
        (Metric.THIGH, 14.7, Grade.GREEN),
        (Metric.THIGH, 14.6, Grade.AMBER),
        (Metric.THIGH, 10.6, Grade.RED),
        (Metric.PLANTARFLEXION, 8.0, Grade.GREEN),
        (Metric.PLANTARFLEXION, 7.9, Grade.AMBER),
        (Metric.PLANTARFLEXION, 3.9, Grade.RED),
        (Metric.KNEE_TOE, nan, Grade.GREEN),
    ],
)
def test_grade_at_walking_up_to_each_limit(metric: Metric, value: float, grade: Grade) -> None:
    assert limits_at(SETTINGS, 2.5)[metric].grade(value) is grade


def test_a_band_where_less_is_worse_mirrors_one_where_more_is() -> None:
    more = Band(amber=1.0, red=2.0, inside=0.5)
    less = Band(amber=-1.0, red=-2.0, inside=0.5, worse=-1)
    for value in (0.0, 1.0, 1.5, 2.0, 3.0):
        assert more.grade(value) is less.grade(-value)


def test_every_metric_used_by_name_is_in_the_catalogue() -> None:
    assert {str(m) for m in Metric} <= set(METRIC_NAMES)
