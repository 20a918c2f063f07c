"""Nobody whom the event readings were fitted to is judged by weights that saw them."""

from pathlib import Path

from edge.gait.event_weights import READINGS
from edge.offline.evaluate.force_plate import runner_of, trial_keys
from edge.offline.evaluate.held_out import readings_for


def test_every_runner_of_the_force_plates_has_readings_of_their_own(shared_dir: Path) -> None:
    keys = trial_keys(shared_dir / "data" / "rbds" / "rbds.npz")
    runners = sorted({runner_of(key) for key in keys})
    assert len(runners) > 10
    for runner in runners:
        own = readings_for(runner)
        assert own.keys() == READINGS.keys(), runner
        for kind, reading in own.items():
            shipped = READINGS[kind]
            assert reading != shipped
            # The same reading, fitted to nearly the same runners.
            assert (reading.at_s, reading.channels) == (shipped.at_s, shipped.channels)
            assert reading.limit_s == shipped.limit_s
            assert abs(reading.offset_s - shipped.offset_s) < reading.limit_s


def test_a_stranger_is_judged_by_the_weights_in_use() -> None:
    assert readings_for("s999") is READINGS
