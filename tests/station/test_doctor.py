import re
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from command import sentence, toeline
from fakes import FakeCapture, FakeClock, FakePort
from program import free_port

from edge.capture.camera import CameraSource
from edge.capture.opencv import open_v4l2
from edge.messages.board import Board
from edge.settings import paths
from edge.settings.capture_settings import CaptureSettings
from edge.settings.changed_settings import with_serve
from edge.settings.sensor_settings import SensorSettings
from edge.settings.settings import Settings
from edge.station import doctor
from edge.station.doctor import Grade


@pytest.mark.parametrize(
    ("running", "grade"),
    [((3, 11, 2), Grade.OK), ((3, 13, 0), Grade.OK), ((3, 10, 12), Grade.FAULT)],
)
def test_an_old_python_is_a_fault(running: tuple[int, ...], grade: Grade) -> None:
    assert doctor.python(running)[0] is grade


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.packages()[0] is Grade.OK
    needed = ["numpy>=2", "no-such-package>=1; python_version > '3'", 'ruff; extra == "dev"']
    monkeypatch.setattr("edge.station.doctor.requires", lambda _: needed)
    assert doctor.packages() == (
        Grade.FAULT,
        "missing: no-such-package; install the release again",
    )


def test_a_missing_model_is_a_fault_with_the_command_that_mends_it(
    tmp_path: Path, models_dir: Path
) -> None:
    assert doctor.model(Settings(), models_dir)[0] is Grade.OK
    grade, words = doctor.model(Settings(), tmp_path)
    assert grade is Grade.FAULT
    assert "toeline models pull" in words


@pytest.mark.parametrize(
    ("free", "grade"), [(60e9, Grade.OK), (2.5e9, Grade.NOTE), (1e8, Grade.FAULT)]
)
def test_room_on_the_disk_is_judged(
    free: float, grade: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage: Any = type("Usage", (), {"free": free})
    monkeypatch.setattr("edge.station.doctor.shutil.disk_usage", lambda _: usage)
    assert doctor.disk(tmp_path / "not" / "yet")[0] is grade


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_a_taken_port_is_a_fault(taken_port: int) -> None:
    assert doctor.port(with_serve(Settings(), port=free_port()))[0] is Grade.OK
    grade, words = doctor.port(with_serve(Settings(), port=free_port()))
    assert (grade, "is free" in words) == (Grade.OK, True)


def test_what_the_board_went_through_is_noted() -> None:
    assert doctor.board(Board(temperature_c=50.2)) == (Grade.OK, "50 degrees")
    assert doctor.board(Board(temperature_c=50.2, before=("under_voltage", "capped"))) == (
        Grade.NOTE,
        "since its start: under-voltage, capped; 50 degrees",
    )
    assert doctor.board(Board(conditions=("throttled",)))[0] is Grade.NOTE


def look(
    monkeypatch: pytest.MonkeyPatch, script: list[str], exposure_units: float = 0.0, **how: Any
) -> tuple[Grade, str]:
    """Judge a camera that follows a script."""
    clock, settings = FakeClock(), CaptureSettings()
    capture = FakeCapture(script, clock, **how)
    plain = capture.get
    # CAP_PROP_EXPOSURE
    monkeypatch.setattr(capture, "get", lambda prop: exposure_units if prop == 15 else plain(prop))

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        # Time for a real timer beside the clock that is none.
        Event().wait(0.0005)

    source = CameraSource(
        partial(open_v4l2, 0, settings, FakePort(capture), clock),
        name="camera 0",
        settings=settings,
        clock=clock,
        sleep=sleep,
    )
    monkeypatch.setattr("edge.station.doctor.open_source", lambda *_, **__: source)
    return doctor.camera("0", Settings(), clock)


def test_a_good_camera_is_told_with_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(monkeypatch, ["frame"] * 1000, 20.0) == (
        Grade.OK,
        "camera 0: 64x48, 60.0 frames per second, exposed for 2.0 ms",
    )


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"interval_s": 1 / 15}, "too slow to be judged from"),
        ({"exposure_units": 160.0}, "blurred: 2 ms are wanted"),
    ],
)
def test_a_camera_that_will_not_do_is_noted(
    how: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade, told = look(monkeypatch, ["frame"] * 1000, **how)
    assert grade is Grade.NOTE
    assert words in told


@pytest.mark.parametrize(
    "script", [["frame"] * 30, ["frame", *["black"] * 100_000]], ids=["silent", "black"]
)
def test_a_camera_that_shows_nothing_does_not_hold_the_doctor(
    script: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The camera's clock runs faster than the timer's.
    monkeypatch.setattr("edge.station.doctor.SILENT_S", 0.2 - doctor.WATCHED_S)
    grade, told = look(monkeypatch, script)
    assert grade is Grade.FAULT
    assert told.startswith("camera 0 gives ")


def judged(treadmill: str) -> tuple[Grade, str]:
    clock = FakeClock()
    settings = Settings(sensors=SensorSettings(treadmill=treadmill))
    return doctor.sensors(settings, clock, clock.sleep)


def test_a_sensor_that_answers_is_told_with_what_it_says(tmp_path: Path) -> None:
    log = tmp_path / "belt.csv"
    log.write_text("time_s,speed_mps,incline_pct\n1.5,2.8,1\n")
    assert judged(f"csv:{log}") == (Grade.OK, "csv:belt.csv says 2.8 m/s, 1 %")
    assert judged("off")[0] is Grade.OK


def test_a_silent_sensor_is_noted_and_a_missing_one_is_a_fault(tmp_path: Path) -> None:
    log = tmp_path / "belt.csv"
    log.write_text("time_s,speed_mps\n900,2.8\n")
    assert judged(f"csv:{log}") == (
        Grade.NOTE,
        "csv:belt.csv says nothing within 5 s: is the treadmill on?",
    )
    log.unlink()
    assert judged(f"csv:{log}")[0] is Grade.FAULT
    assert "known: csv:PATH, off" in judged("bluetooth")[1]


def test_the_command_has_a_line_for_each_subject() -> None:
    clip = paths.demo_clip()
    told = toeline("doctor", "--source", clip, "--port", str(free_port()))
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert [line.split()[1] for line in lines] == [
        *("Python", "packages", "model", "disk", "port", "board", "sensors", "camera"),
    ]
    assert re.search(r"demo\.mp4: 960x540, (59|60)\.\d frames per second", lines[-1])


def test_the_command_fails_where_something_is_missing(taken_port: int, tmp_path: Path) -> None:
    told = toeline(
        *("doctor", "--source", "/dev/video99", "--port", str(taken_port)),
        environment={"TOELINE_MODELS": tmp_path},
    )
    assert told.returncode == 1
    assert sentence(told) == "this machine is not ready; see above"
    faults = [line for line in told.stdout.splitlines() if line.startswith("FAULT")]
    assert [line.split()[1] for line in faults] == ["model", "port", "camera"]
