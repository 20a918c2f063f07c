"""The password of a network camera: from a file, and nowhere to be read afterwards."""

import logging
import sys
from pathlib import Path

import pytest
from command import toeline

from edge.capture.credentials import with_credentials
from edge.capture.kind import shown
from edge.capture.source import open_source
from edge.cli import main
from edge.messages.errors import CaptureError
from edge.settings.capture_settings import CaptureSettings

ADDRESS = "rtsp://10.0.0.5:554/live"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "camera"
    path.write_text("admin:s3cret/@:%\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_user_and_password_come_from_a_file(kept: Path) -> None:
    full = with_credentials(ADDRESS, str(kept))
    assert full == "rtsp://admin:s3cret%2F%40%3A%25@10.0.0.5:554/live"
    assert shown(full) == ADDRESS


def test_an_address_with_its_own_keeps_it(kept: Path) -> None:
    own = "rtsp://viewer:other@10.0.0.5/live"
    assert with_credentials(own, str(kept)) == own
    assert with_credentials(ADDRESS, "") == ADDRESS


def test_a_service_gets_them_from_systemd(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(kept.parent))
    # As systemd hands them over; who may read the folder is its business.
    kept.chmod(0o440)
    assert "admin:s3cret" in with_credentials(ADDRESS, "")
    kept.unlink()
    assert with_credentials(ADDRESS, "") == ADDRESS


@pytest.mark.parametrize(
    "content", [b"", b"admin\n", b"admin:\n", b":pw", b"a:b\nc", b"a:\xff\xfe"]
)
def test_a_file_with_something_else_is_refused_without_saying_what(
    content: bytes, kept: Path
) -> None:
    kept.write_bytes(content)
    with pytest.raises(CaptureError, match="must hold USER:PASSWORD") as error:
        with_credentials(ADDRESS, str(kept))
    assert "admin" not in str(error.value)
    assert error.value.__cause__ is None


def test_a_file_that_others_may_read_or_that_is_not_there_is_refused(kept: Path) -> None:
    for mode in (0o644, 0o640, 0o602):
        kept.chmod(mode)
        with pytest.raises(CaptureError, match=f"others may read {kept}: run `chmod 600"):
            with_credentials(ADDRESS, str(kept))
    with pytest.raises(CaptureError, match="No such file"):
        with_credentials(ADDRESS, f"{kept}-gone")


def test_no_password_is_in_errors_or_the_log(kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = CaptureSettings(credentials=str(kept))
    with pytest.raises(CaptureError) as error:
        open_source("rtsp://127.0.0.1:1/live", settings, own_pace=True)
    assert str(error.value).startswith("no video from rtsp://127.0.0.1:1/live")
    assert "s3cret" not in str(error.value) + caplog.text


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://admin:s3cret@10.0.0.5/live",
        "rtsps://admin:s3cret@10.0.0.5/live",
        "http://:s3cret@10.0.0.5/live",
        "rtsp://admin:s3c/ret@10.0.0.5/live",
        "rtsp:admin:s3cret@10.0.0.5",
        "http://10.0.0.5/live?token=s3cret",
        "http://10.0.0.5/live?size=1&password=s3cret",
        "gst:rtspsrc location=rtsp://admin:s3cret@10.0.0.5 ! decodebin",
        "gst:rtspsrc user-id=admin user-pw=s3cret location=rtsp://10.0.0.5 ! decodebin",
    ],
)
def test_a_password_on_the_command_line_is_refused_without_repeating_it(
    source: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["run", "--source", source], ["doctor", f"--source={source}"]):
        monkeypatch.setattr(sys, "argv", ["toeline", *arguments])
        with pytest.raises(SystemExit) as ended:
            main.main()
        said = capsys.readouterr().err
        assert ended.value.code == 2
        assert said.startswith("toeline: everybody on this machine can read a password")
        assert "s3cret" not in said
        assert "s3cret" not in shown(source) or source.startswith("gst:")


@pytest.mark.parametrize(
    "source", ["rtsp://10.0.0.5:554/a:b/c", "rtsp://10.0.0.5/x@y", "C:run@home.mp4", "usb:0"]
)
def test_what_is_no_password_is_no_secret(source: str) -> None:
    assert not main._SECRET.search(source)


def test_the_source_may_be_in_the_environment(tmp_path: Path) -> None:
    source = "rtsp://admin:s3cret@"
    ended = toeline("run", environment={"TOELINE_SOURCE": source, "TOELINE_DATA": tmp_path})
    assert ended.returncode == 1, ended.stderr
    assert ended.stderr.startswith("toeline: ")
    assert "s3cret" not in ended.stderr + ended.stdout
