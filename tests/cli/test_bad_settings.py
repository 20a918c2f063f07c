"""Settings and options that cannot be: wrong usage, in one sentence, before any work."""

import socket
from pathlib import Path

import pytest
from analysing import analyze
from command import sentence, toeline

# The port


def test_a_port_in_use_is_named(models_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = toeline("demo", "--no-browser", "--port", str(port))
    assert result.returncode == 1
    assert sentence(result) == (
        f"port {port} on 127.0.0.1 is already in use; choose another with --port"
    )
    assert result.stdout == ""


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_out_of_range_is_wrong_usage(port: str) -> None:
    result = toeline("demo", "--no-browser", "--port", port)
    assert result.returncode == 2
    assert "'--port'" in sentence(result)


# Settings


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("gait.colour=1", "unknown setting gait.colour"),
        ("legs.left=1", "unknown setting 'legs'"),
        ("incline", "--set needs room.key=value, got 'incline'"),
        ("gait.incline_pct=steep", "setting gait.incline_pct must be float, got 'steep'"),
        ("gait.incline_pct=nan", "setting gait.incline_pct must be a finite number, got nan"),
        ("gait.incline_pct=90", "setting gait.incline_pct must be -15 to 40 %, got 90"),
        ("pose.threads=1.5", "setting pose.threads must be int, got 1.5"),
        (
            "pose.model=huge",
            "setting pose.model must be lite, full, heavy or a model card (.toml), got 'huge'",
        ),
        (
            "coaching.min_valid_strides=11",
            "settings coaching.min_valid_strides, window_strides and recent_strides must rise "
            "in this order, got 11, 10, 12",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_wrong_usage(
    tmp_path: Path, short_run: Path, setting: str, said: str
) -> None:
    result = analyze(short_run, out=tmp_path / "out", options=("--set", setting))
    assert result.returncode == 2
    assert sentence(result).startswith(said)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[gait]\ncolour = 1\n", "PATH, line 2: unknown setting gait.colour"),
        (b"[legs]\nleft = 1\n", "PATH, line 1: unknown setting 'legs'"),
        (b"gait = 1\n", "PATH, line 1: setting gait must be a table"),
        (
            b"[gait]\nincline_pct = 'steep'\n",
            "PATH, line 2: setting gait.incline_pct must be float",
        ),
        (b"[gait\n", "PATH is not valid TOML"),
        (b"\xff\xfe\x00", "PATH is not valid TOML"),
    ],
)
def test_a_settings_file_that_cannot_be_is_wrong_usage(
    tmp_path: Path, short_run: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "toeline.toml"
    path.write_bytes(content)
    result = analyze(short_run, out=tmp_path / "out", options=("--config", str(path)))
    assert result.returncode == 2
    assert sentence(result).startswith(said.replace("PATH", str(path)))


def test_a_settings_file_that_cannot_be_read_is_named(tmp_path: Path, short_run: Path) -> None:
    for path, why in ((tmp_path / "gone.toml", "No such file"), (tmp_path, "Is a directory")):
        result = analyze(short_run, out=tmp_path / "out", options=("--config", str(path)))
        assert result.returncode == 2
        assert sentence(result).startswith(f"cannot read settings {path}: {why}")


@pytest.mark.parametrize(
    ("option", "value"),
    [("--speed", "fast"), ("--speed", "-1"), ("--speed", "nan"), ("--incline", "99"),
     ("--facing", "up"), ("--model", "huge")],
)  # fmt: skip
def test_an_option_that_cannot_be_is_wrong_usage(
    tmp_path: Path, short_run: Path, option: str, value: str
) -> None:
    result = analyze(short_run, out=tmp_path / "out", options=(option, value))
    assert result.returncode == 2
    assert sentence(result)


@pytest.mark.parametrize("rate", ["0", "-30", "nan", "2000"])
def test_a_rate_that_cannot_be_is_wrong_usage(rate: str, tmp_path: Path, good_run: Path) -> None:
    result = toeline("analyze", good_run, "--rate", rate, "--out", tmp_path / "out")
    assert result.returncode == 2
    assert "--rate must be from 1 to 1000" in sentence(result)


def test_a_rate_is_for_files() -> None:
    result = toeline("run", "--source", "0", "--rate", "30", "--headless")
    assert result.returncode == 2
    assert sentence(result) == "--rate is for files, and 0 is live; set capture.fps"
