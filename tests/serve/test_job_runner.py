"""What is made of sessions is made one at a time, last in the queue, and leaves nothing behind."""

import os
import resource
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest
from stored import put, raw_pose

from edge.record.leftovers import HANDED_OUT, Place
from edge.serve.sessions.archive import ArchiveError, BusyError
from edge.serve.sessions.job_process import MOST_BYTES
from edge.serve.sessions.job_runner import MOST_WAITING, JobRunner
from edge.serve.sessions.job_task import Task, What


def task(data: Path, name: str = "", kind: str = "json") -> Task:
    return Task(what=What.EXPORT, data=str(data), names=(name,), kind=kind)


def left(data: Path) -> list[str]:
    return [path.name for path in (data / HANDED_OUT).iterdir()]


def test_it_is_last_in_the_queue_and_keeps_to_its_share() -> None:
    told = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import os, resource\n"
            "from edge.serve.sessions.job_process import stand_back\nstand_back()\n"
            "print(os.getpriority(os.PRIO_PROCESS, 0), *resource.getrlimit(resource.RLIMIT_DATA))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert told == ["19", str(MOST_BYTES), str(MOST_BYTES)]
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] != MOST_BYTES


def test_what_was_made_stays_until_it_is_discarded(tmp_path: Path) -> None:
    name = put(tmp_path, [raw_pose(index) for index in range(30)], runner="r")
    made = JobRunner(tmp_path).make(task(tmp_path, name))
    assert made.path.name == f"{name}.json"
    assert made.path.stat().st_size > 100
    # It is of people: nobody else on the machine reads it.
    assert (tmp_path / HANDED_OUT).stat().st_mode & 0o777 == 0o700
    made.discard()
    assert left(tmp_path) == []


def test_a_sentence_is_handed_on_and_a_fault_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = put(tmp_path, [raw_pose(index) for index in range(30)], runner="r")
    job_runner = JobRunner(tmp_path)
    with pytest.raises(ArchiveError, match="there is no session 1999"):
        job_runner.make(task(tmp_path, "1999"))
    with pytest.raises(ArchiveError, match="the station's log says why"):
        job_runner.make(task(tmp_path, name, kind="nonsense"))
    assert "nonsense" in caplog.text
    assert left(tmp_path) == []


def test_whoever_finds_others_waiting_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> str:
        begun.set()
        assert go_on.wait(20)
        return "made"

    monkeypatch.setattr(JobRunner, "_run", slow)
    job_runner = JobRunner(tmp_path, turn_s=0.01)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(job_runner.make, task(tmp_path))
        assert begun.wait(20)
        with pytest.raises(BusyError, match="others are being served"):
            job_runner.make(task(tmp_path))
        go_on.set()
        assert first.result().path.name == "made"
    patient = JobRunner(tmp_path, turn_s=20)
    begun.clear()
    go_on.clear()
    with ThreadPoolExecutor(MOST_WAITING + 1) as others:
        many = [others.submit(patient.make, task(tmp_path)) for _ in range(MOST_WAITING + 1)]
        # One more than may wait: whichever it is, it is refused at once.
        done = next(as_completed(many))
        with pytest.raises(BusyError, match="too much is being made"):
            done.result()
        go_on.set()


def test_the_end_of_the_station_ends_what_is_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "endless"
    started = tmp_path / "started"
    os.mkfifo(started)
    endless.write_text(f"#!/bin/sh\necho > {started}\nexec sleep 600\n")
    endless.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(endless))
    job_runner = JobRunner(tmp_path)
    with ThreadPoolExecutor(1) as other:
        making = other.submit(job_runner.make, task(tmp_path))
        started.read_text()
        job_runner.close()
        with pytest.raises(ArchiveError):
            making.result(20)
    with pytest.raises(ArchiveError, match="being ended"):
        job_runner.make(task(tmp_path))
    assert left(tmp_path) == []


def test_what_a_killed_program_left_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / HANDED_OUT / "left").mkdir(parents=True)
    (tmp_path / HANDED_OUT / "left" / "export.csv").write_text("somebody's")
    sending = Place(tmp_path / HANDED_OUT)
    JobRunner(tmp_path)
    assert left(tmp_path) == [sending.path.name]
    sending.remove()


@pytest.mark.parametrize("bad", [PermissionError(13, "denied"), OSError(5, "Input/output error")])
def test_a_folder_that_cannot_be_read_is_no_reason_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: OSError
) -> None:
    def unreadable(_path: Path) -> None:
        raise bad

    monkeypatch.setattr(Path, "iterdir", unreadable)
    JobRunner(tmp_path)


def test_a_store_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="nothing has been recorded"):
        JobRunner(tmp_path).make(task(tmp_path / "none", "2026"))
