"""Every kind of sensor keeps the same promises, and a new one is one file."""

import threading
from collections.abc import Callable
from math import isfinite
from pathlib import Path

import pytest

from edge.messages.errors import SensorError
from edge.messages.reading import UNITS, Quantity, Reading
from edge.sensors import devices
from edge.sensors.port import Sensor
from edge.sensors.registry import open_sensor, sensor_kinds
from edge.sensors.sensor_set import SensorSet, new_sensors
from edge.settings.sensor_settings import SensorSettings

LOG = "time_s,speed_mps,incline_pct\n0,2.5,0\n4,3.0,1\n9,,\n12,0,0\n"
MADE_UP = '''
"""A treadmill that nobody makes."""

from edge.messages.reading import Reading
from edge.sensors.port import SensorKind


class Steady:
    trouble = ""
    name = "made-up:A"

    def __init__(self):
        self._on = self._last_s = None

    def start(self):
        self._on = True

    def poll(self, time_s):
        if not self._on or time_s == self._last_s:
            return ()
        self._last_s = time_s
        return [Reading(name="belt_speed", value=2.9, unit="m/s", time_s=time_s, source=self.name)]

    def close(self):
        self._on = False


KIND = SensorKind(scheme="made-up", form="made-up:NAME", open=lambda rest: Steady())
'''
Opener = Callable[[], Sensor]


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    (tmp_path / "made_up.py").write_text(MADE_UP)
    log = tmp_path / "belt.csv"
    log.write_text(LOG)
    monkeypatch.setattr(devices, "__path__", [*devices.__path__, str(tmp_path)])
    return {"csv": f"csv:{log}", "made-up": "made-up:A"}


@pytest.fixture(params=["csv", "made-up"])
def opener(request: pytest.FixtureRequest, named: dict[str, str]) -> Opener:
    def opened() -> Sensor:
        sensor = open_sensor(named[request.param])
        assert sensor is not None
        return sensor

    return opened


def polled(sensor: Sensor, *, to_s: int = 15, rate_hz: int = 30) -> list[Reading]:
    return [r for k in range(to_s * rate_hz) for r in sensor.poll(k / rate_hz)]


def test_readings_have_their_quantity_s_unit_and_a_source(opener: Opener) -> None:
    sensor = opener()
    sensor.start()
    readings = polled(sensor)
    assert readings
    for reading in readings:
        assert reading.unit == UNITS[Quantity(reading.name)]
        assert reading.source == sensor.name
        assert isfinite(reading.value)
        assert 0 <= reading.quality <= 1


def test_times_of_a_quantity_strictly_increase_and_never_lie_ahead(opener: Opener) -> None:
    sensor = opener()
    sensor.start()
    last_s: dict[str, float] = {}
    for k in range(300):
        for reading in sensor.poll(k / 30):
            assert last_s.get(reading.name, -1.0) < reading.time_s <= k / 30
            last_s[reading.name] = reading.time_s
    assert last_s


def test_a_new_recording_begins_again(opener: Opener) -> None:
    sensor = opener()
    sensor.start()
    first = polled(sensor)
    assert polled(sensor) == first


def test_closing_twice_ends_the_readings(opener: Opener) -> None:
    sensor = opener()
    sensor.start()
    sensor.close()
    sensor.close()
    assert polled(sensor) == []


def test_closing_unstarted_does_no_harm(opener: Opener) -> None:
    opener().close()


def test_a_sensor_leaves_no_thread_behind(opener: Opener) -> None:
    before = threading.active_count()
    sensor = opener()
    sensor.start()
    sensor.poll(0.0)
    sensor.close()
    assert threading.active_count() == before


def test_a_good_sensor_has_a_name_and_no_trouble(opener: Opener) -> None:
    sensor = opener()
    sensor.start()
    assert sensor.name
    assert sensor.trouble == ""


def test_no_two_kinds_share_a_scheme() -> None:
    schemes = [kind.scheme for kind in sensor_kinds()]
    assert len(schemes) == len(set(schemes))
    assert {"off", "csv"} <= set(schemes)


def test_off_is_no_sensor() -> None:
    assert open_sensor("off") is None
    assert new_sensors(SensorSettings()).names == ()


@pytest.mark.parametrize("text", ["", "bluetooth", "ble:auto:x:nowhere", "off:now"])
def test_an_unknown_sensor_is_told_what_is_known(text: str) -> None:
    with pytest.raises(SensorError, match=r"known: .*csv:PATH.*off|off takes no argument"):
        open_sensor(text)


@pytest.mark.usefixtures("named")
def test_a_new_kind_is_one_file() -> None:
    sensors = new_sensors(SensorSettings(treadmill="made-up:A"))
    sensors.start()
    assert [reading.value for reading in sensors.poll(0.0)] == [2.9]
    assert sensors.names == ("made-up:A",)
    with pytest.raises(SensorError, match="made-up:NAME"):
        open_sensor("bluetooth")


# The treadmill's log


def log(tmp_path: Path, text: str) -> Sensor:
    path = tmp_path / "belt.csv"
    path.write_text(text)
    sensor = open_sensor(f"csv:{path}")
    assert sensor is not None
    return sensor


def test_a_row_holds_from_its_time_and_is_said_again_each_second(tmp_path: Path) -> None:
    sensor = log(tmp_path, LOG)
    sensor.start()
    said = [(r.name, round(r.time_s, 3), r.value) for r in polled(sensor, to_s=6, rate_hz=2)]
    speeds = [(time_s, value) for name, time_s, value in said if name == "belt_speed"]
    assert speeds == [(0, 2.5), (1, 2.5), (2, 2.5), (3, 2.5), (4, 3.0), (5, 3.0)]
    inclines = [value for name, _, value in said if name == "incline"]
    assert inclines == [0, 0, 0, 0, 1, 1]


def test_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    sensor = log(tmp_path, LOG)
    sensor.start()
    assert list(sensor.poll(10.0)) == []
    assert [reading.value for reading in sensor.poll(12.0)] == [0.0, 0.0]


def test_nothing_is_said_before_the_first_row(tmp_path: Path) -> None:
    sensor = log(tmp_path, "time_s,speed_mps\n3,2.5\n")
    sensor.start()
    assert list(sensor.poll(2.9)) == []
    assert [reading.name for reading in sensor.poll(3.0)] == ["belt_speed"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "needs the columns"),
        ("time_s,speed\n0,1\n", "needs the columns"),
        ("time_s,speed_mps\n", "has no rows"),
        ("time_s,speed_mps\n0,fast\n", "line 2: 'fast' is not a number"),
        ("time_s,speed_mps\n,1\n", "line 2: '' is not a number"),
        ("time_s,speed_mps\n0,inf\n", "line 2: 'inf' is not a number"),
        ("time_s,speed_mps\n0,-1\n", "line 2: a belt speed cannot be negative"),
        ("time_s,speed_mps\n1,2\n1,3\n", "line 3: times must increase"),
    ],
)
def test_a_log_of_no_use_says_why(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SensorError, match=sentence):
        log(tmp_path, text).start()


def test_a_log_that_is_not_there_says_so(tmp_path: Path) -> None:
    sensor = open_sensor(f"csv:{tmp_path / 'none.csv'}")
    assert sensor is not None
    with pytest.raises(SensorError, match=r"none.csv cannot be read: No such file"):
        sensor.start()


# Several at once


class Broken:
    """A sensor whose device goes away."""

    name = "broken"
    trouble = ""

    def start(self) -> None:
        pass

    def poll(self, time_s: float) -> list[Reading]:
        raise SensorError("the treadmill was unplugged")

    def close(self) -> None:
        pass


@pytest.mark.usefixtures("named")
def test_a_failing_sensor_harms_no_other() -> None:
    good = open_sensor("made-up:A")
    assert good is not None
    sensors = SensorSet([Broken(), good])
    sensors.start()
    assert [reading.source for reading in sensors.poll(0.0)] == ["made-up:A"]
    assert [reading.source for reading in sensors.poll(0.1)] == ["made-up:A"]
    assert sensors.trouble.code == "sensor_failed"
    assert dict(sensors.trouble.params)["error"] == "the treadmill was unplugged"
    sensors.close()
