"""With --listen, a disk that refuses at the start: the station measures and serves itself."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import Program, free_port, health

from edge.messages.errors import AccessError
from edge.record.store import DATABASE
from edge.serve.access.pairing_file import FILE_NAME
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.settings import paths


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def rights(data: Path) -> Iterator[Rights]:
    made = Rights(data, when_needed=True)
    yield made
    made.close()


def file_of(data: Path) -> Path:
    return data / "access" / FILE_NAME


def test_a_folder_that_cannot_be_used_is_an_error_of_each_call_until_it_can(
    data: Path, rights: Rights
) -> None:
    data.write_text("in the way")
    for call in (lambda: rights.pairings.device("token"), rights.pairings.devices):
        with pytest.raises(AccessError, match=r"^cannot use .*: Not a directory$"):
            call()
    with pytest.raises(AccessError):
        rights.pairings.announce("http://station.clinic:8765")
    data.unlink()
    # What the disk refused is published when it is well again.
    assert rights.pairings.asked_to_show() is None
    assert rights.pairings.announced() == "http://station.clinic:8765"
    token, device = rights.pairings.new_token(Role.VIEWER, "tablet", "a test")
    assert rights.pairings.device(token) == device


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + b"\xa5" * 8192])
def test_damaged_pairings_are_moved_aside_and_begun_anew(
    data: Path, rights: Rights, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file_of(data).parent.mkdir(parents=True)
    file_of(data).write_bytes(content)
    assert rights.pairings.devices() == []
    assert file_of(data).with_name(f"{FILE_NAME}.damaged-1").read_bytes() == content
    assert "was damaged" in caplog.text
    assert file_of(data).stat().st_mode & 0o777 == 0o600


def test_pairings_damaged_while_in_use_are_too(data: Path, rights: Rights) -> None:
    for number in range(40):
        rights.pairings.new_token(Role.VIEWER, f"tablet {number}", "a test")
    rights.close()
    with file_of(data).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (file_of(data).stat().st_size - 4096))
    with pytest.raises(AccessError, match="malformed"):
        rights.pairings.devices()
    assert rights.pairings.devices() == []


def test_a_folder_that_vanished_is_not_made_again(data: Path, rights: Rights) -> None:
    token, device = rights.pairings.new_token(Role.VIEWER, "tablet", "a test")
    data.rename(data.with_name("elsewhere"))
    with pytest.raises(AccessError):
        rights.pairings.device(token)
    assert not data.exists()
    data.with_name("elsewhere").rename(data)
    assert rights.pairings.device(token) == device


def test_pairings_put_back_from_a_backup_are_the_ones_in_force(data: Path, rights: Rights) -> None:
    token, device = rights.pairings.new_token(Role.VIEWER, "tablet", "a test")
    rights.close()
    shutil.copyfile(file_of(data), data / "backup")
    rights.pairings.revoke(device.id, "a test")
    rights.close()
    (data / "backup").replace(file_of(data))
    assert rights.pairings.device(token) == device


@pytest.mark.parametrize("bad", ["a file in the way", "two damaged databases"])
def test_the_station_measures_on_and_says_so(data: Path, models_dir: Path, bad: str) -> None:
    if bad == "a file in the way":
        data.write_text("in the way")
    else:
        file_of(data).parent.mkdir(parents=True)
        for path in (data / DATABASE, file_of(data)):
            path.write_bytes(b"no database" * 1000)
    port = free_port()
    demo = ("run", "--source", paths.demo_clip(), "--loop", "--listen", "0.0.0.0", "--port", port)
    with Program(*map(str, demo), data=data, models=models_dir) as program:
        program.line()
        state = health(port)
        while not state["processed"]:
            state = health(port)
        if bad == "a file in the way":
            assert state["state"] == "storage_full"
            assert "cannot record to" in state["notice"]
        else:
            assert state["notice_code"] == "store_damaged"
            assert (data / f"{DATABASE}.damaged-1").exists()
            assert file_of(data).with_name(f"{FILE_NAME}.damaged-1").exists()
        program.signal(signal.SIGTERM)
        assert program.ended() == (1 if bad == "a file in the way" else 0)
    assert "Traceback" not in program.stderr
    said = "paired devices cannot connect for now" in program.stderr
    assert said == (bad == "a file in the way")
