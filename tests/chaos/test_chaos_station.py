"""The installed program and a real network camera, through one fault after the other.

The whole list, with figures, is `make chaos`; here each kind happens once.
"""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from chaos_faults import Scene, connects, missing, station, suffer
from program import Program

from edge.sinks.background import LAGS_S

FAULTS = ["unplugged", "stalled", "black", "disk full", "held up", "another size and rate"]


@pytest.fixture
def scene(tmp_path: Path, models_dir: Path) -> Iterator[Scene]:
    # A rate that leaves a machine which is busy with other tests some room.
    with station(tmp_path, models_dir, rate_hz=40) as made:
        made.until(lambda now: now["processed"] > 30, "live")
        yield made


def test_no_fault_costs_a_stride_a_thread_or_a_descriptor(scene: Scene) -> None:
    before = scene.counts()
    for name in FAULTS:
        told = suffer(scene, name)
        # What was wrong is said in words, except by a station that was stopped.
        assert told["notice"] or name == "held up", name
    connects(scene, 20)
    told_strides = len(scene.viewer.strides)
    scene.until(lambda _: len(scene.viewer.strides) > told_strides, "a stride more")
    # A connection's end may take a moment longer than the client's.
    scene.until(lambda _: scene.counts() == before, f"as lean as before {before}")
    scene.program.signal(signal.SIGTERM)
    # Its end tells that the disk was full for a while.
    assert scene.program.ended() == 1
    assert scene.program.stderr.splitlines()[-1].startswith("toeline: recording stopped: ")
    assert len(scene.viewer.strides) > 4
    assert missing(scene) == []


def test_a_killed_station_has_every_stride_but_those_of_the_last_moment(
    scene: Scene, models_dir: Path
) -> None:
    """By a power cut, or by the system when the memory runs out.

    A page does not wait for the disk: what it shows is written within ``LAGS_S``, or else the
    station says that the disk is slow.
    """
    scene.until(lambda now: len(scene.viewer.strides) > 3 and not now["notice"], "a few strides")
    killed_s = time.monotonic()
    scene.program.signal(signal.SIGKILL)
    assert scene.program.ended() == -signal.SIGKILL
    scene.lost += scene.viewer.within(LAGS_S, killed_s)
    assert missing(scene) == []
    again = ("run", "--source", scene.camera.url, "--port", str(scene.port))
    with Program(*again, data=scene.data, models=models_dir) as program:
        scene.program = program
        program.line()
        scene.measures()
        program.signal(signal.SIGTERM)
        assert program.ended() == 0
    assert "was cut off; what was written is kept" in program.stderr
    assert missing(scene) == []


def test_a_camera_that_comes_after_the_station_is_found(
    tmp_path: Path, models_dir: Path, scene: Scene
) -> None:
    scene.program.signal(signal.SIGTERM)
    assert scene.program.ended() == 0
    scene.camera.unplug()
    late = ("run", "--source", scene.camera.url, "--port", str(scene.port), "--wait-for-camera")
    with Program(*late, data=tmp_path / "late", models=models_dir) as program:
        scene.program = program
        program.line()
        scene.until(lambda now: now["state"] == "no_camera", "without a camera")
        scene.camera.plug()
        scene.measures()
        program.signal(signal.SIGTERM)
        assert program.ended() == 0
