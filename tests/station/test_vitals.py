from dataclasses import replace
from math import nan
from typing import Any

import pytest

from edge.messages.health import StationState
from edge.station.vitals import Vitals, camera_hangs, makes_progress, state_of

WELL = Vitals(
    time_s=100.0,
    arrived_s=99.99,
    answered_s=99.99,
    captured=500,
    processed=499,
    camera_lost=False,
    storage_full=False,
    hindered=False,
    ended=False,
    failed=False,
)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "live"),
        ({"processed": 0}, "starting"),
        ({"hindered": True}, "degraded"),
        ({"storage_full": True}, "storage_full"),
        ({"storage_full": True, "hindered": True}, "storage_full"),
        ({"arrived_s": 99.2}, "no_camera"),
        ({"camera_lost": True, "storage_full": True}, "no_camera"),
        ({"captured": 0, "processed": 0, "arrived_s": 96.0}, "starting"),
        ({"captured": 0, "processed": 0, "arrived_s": 94.0}, "no_camera"),
        ({"ended": True, "arrived_s": 10.0}, "ended"),
        ({"failed": True, "ended": True}, "failed"),
    ],
)
def test_the_worst_is_told(changes: dict[str, Any], state: str) -> None:
    assert state_of(replace(WELL, **changes)) is StationState(state)


def test_a_camera_hangs_when_its_driver_does_not_come_back() -> None:
    assert not camera_hangs(WELL)
    assert not camera_hangs(replace(WELL, arrived_s=0.0))
    assert camera_hangs(replace(WELL, answered_s=89.0))
    assert not camera_hangs(replace(WELL, answered_s=89.0, ended=True))
    assert not camera_hangs(replace(WELL, answered_s=nan))


@pytest.mark.parametrize(
    ("changes", "progress"),
    [
        ({"processed": 500}, True),
        ({"captured": 530, "processed": 500}, True),
        ({"captured": 530}, False),
        ({}, True),
        ({"camera_lost": True}, True),
        ({"answered_s": 80.0}, False),
        ({"answered_s": nan}, True),
        ({"captured": 530, "ended": True}, True),
    ],
)
def test_only_work_or_a_looked_for_camera_is_progress(
    changes: dict[str, Any], progress: bool
) -> None:
    assert makes_progress(WELL, replace(WELL, **changes)) == progress
