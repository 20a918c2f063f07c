"""Whatever a user gets wrong: one sentence that names the cause, an exit code, partial results."""

import csv
import fcntl
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer.main
from capture_media import cut, ffmpeg, make_clip, repack, turned
from command import COMMAND, REPOSITORY, environment_with, sentence, sentences, toeline
from stored import exported

from edge.capture.container import read_layout
from edge.cli.main import app
from edge.cli.out_of_memory import NO_MEMORY
from edge.record.result_folder import EVENTS, POSES, SESSION, STRIDES
from edge.record.tables import EVENT_COLUMNS, STRIDE_COLUMNS

RESULTS = {EVENTS, STRIDES, POSES, SESSION}
ONE_THREAD = ("--set", "pose.threads=1")
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p", "-an")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bad input")


@pytest.fixture(scope="module")
def runner(clips_dir: Path) -> Path:
    """Return 15 s of a runner with good form, 960 by 540, 60 frames a second."""
    return clips_dir / "good_right.mp4"


@pytest.fixture(scope="module")
def short(folder: Path, runner: Path) -> Path:
    """Return the first 3 s of the runner, index first."""
    path = folder / "short.mp4"
    ffmpeg("-i", runner, "-t", "3", *FAST, "-movflags", "+faststart", path)
    return path


def filtered(source: Path, path: Path, video_filter: str, *options: str) -> Path:
    ffmpeg("-i", source, "-vf", video_filter, *options, *FAST, path)
    return path


def analyze(
    *files: str | Path, out: Path, options: tuple[str, ...] = (), **changes: str | Path
) -> subprocess.CompletedProcess[str]:
    return toeline("analyze", *files, "--out", out, *ONE_THREAD, *options, environment=changes)


def session(folder: Path) -> dict[str, Any]:
    """Return ``session.json`` of a result folder that must be complete."""
    assert {path.name for path in folder.iterdir()} == RESULTS
    for name, columns in ((EVENTS, EVENT_COLUMNS), (STRIDES, STRIDE_COLUMNS)):
        assert (folder / name).read_text().partition("\n")[0] == ",".join(columns)
    content: dict[str, Any] = json.loads((folder / SESSION).read_text())
    assert len(poses(folder)) == content["frames"]["processed"]
    return content


def poses(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / POSES).read_text().splitlines()]


def strides(folder: Path) -> list[dict[str, str]]:
    with (folder / STRIDES).open(newline="") as file:
        return list(csv.DictReader(file))


def verdicts(content: dict[str, Any]) -> list[dict[str, str]]:
    return [verdict for sides in content["verdicts"].values() for verdict in sides.values()]


def share_found(folder: Path) -> float:
    found = [pose["xy_px"][0][0] is not None for pose in poses(folder)]
    return sum(found) / len(found)


# Files that are no recordings


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    result = analyze(tmp_path / "gone.mp4", out=tmp_path / "out")
    assert result.returncode == 1
    assert sentence(result) == f"{tmp_path / 'gone.mp4'} does not exist"
    assert result.stdout == ""
    assert not (tmp_path / "out").exists()


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    result = analyze(path, out=tmp_path / "out")
    assert result.returncode == 1
    assert sentence(result) == f"{path} is empty"


def test_a_directory_is_named(tmp_path: Path) -> None:
    result = analyze(tmp_path, out=tmp_path / "out")
    assert result.returncode == 1
    assert sentence(result) == f"{tmp_path} is a folder, not a video file"


def test_text_with_a_video_name_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("This is no video.\n" * 1000)
    result = analyze(path, out=tmp_path / "out")
    assert result.returncode == 1
    assert sentence(result) == f"{path} is not a video file that can be read"


def test_sound_without_a_picture_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    ffmpeg("-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac", path)
    result = analyze(path, out=tmp_path / "out")
    assert result.returncode == 1
    assert sentence(result) == f"{path} holds sound but no picture"


def test_a_video_without_its_index_is_named(tmp_path: Path, runner: Path) -> None:
    plain = repack(runner, tmp_path / "plain.mp4")
    path = cut(plain, tmp_path / "cut.mp4", 0.5)
    assert read_layout(path).unfinished
    result = analyze(path, out=tmp_path / "out")
    assert result.returncode == 1
    assert sentence(result) == f"{path} is cut short or was never finished: its index is missing"


def test_a_camera_is_no_recording(tmp_path: Path) -> None:
    for source in ("0", "rtsp://camera/stream"):
        result = analyze(source, out=tmp_path / "out")
        assert result.returncode == 2
        assert sentence(result).endswith("is live, not a recording; use `toeline run`")


def test_one_bad_file_does_not_cost_the_others(tmp_path: Path, short: Path) -> None:
    brief = filtered(short, tmp_path / "brief.mp4", "null", "-frames:v", "20")
    result = analyze(tmp_path / "gone.mp4", brief, out=tmp_path / "out")
    assert result.returncode == 1
    assert sentence(result) == f"{tmp_path / 'gone.mp4'} does not exist"
    assert result.stdout.splitlines() == [str(tmp_path / "out" / "brief")]
    assert session(tmp_path / "out" / "brief")["frames"]["processed"] == 20


# Recordings that end early


def test_of_a_truncated_video_all_that_is_there_is_kept(tmp_path: Path, short: Path) -> None:
    path = cut(short, tmp_path / "truncated.mp4", 0.6)
    result = analyze(path, out=tmp_path / "out")
    assert result.returncode == 1
    content = session(tmp_path / "out" / "truncated")
    processed = content["frames"]["processed"]
    assert 60 < processed < 150
    assert sentences(result) == [
        f"{path}: file is cut short: the end of the recording is missing",
        f"{path}: file is cut short: {processed} of about 180 frames could be read",
    ]
    assert content["activity_s"]["running"] > 0.5
    assert strides(tmp_path / "out" / "truncated")


def test_of_a_damaged_video_all_that_can_be_decoded_is_kept(tmp_path: Path, short: Path) -> None:
    data = bytearray(short.read_bytes())
    for start in range(len(data) // 2, len(data) * 3 // 4, 3000):
        data[start : start + 40] = bytes(40)
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)
    result = analyze(path, out=tmp_path / "out")
    assert all("Traceback" not in line for line in sentences(result))
    assert session(tmp_path / "out" / "damaged")["frames"]["processed"] > 60


# Recordings that say little


def test_five_frames_a_second_give_a_notice_and_no_light(tmp_path: Path, runner: Path) -> None:
    path = filtered(runner, tmp_path / "slow.mp4", "fps=5")
    result = analyze(path, out=tmp_path / "out")
    assert result.returncode == 0
    assert sentence(result) == (
        f"{path}: 5 frames per second: below 30, events and verdicts cannot be trusted"
    )
    given = verdicts(session(tmp_path / "out" / "slow"))
    assert {verdict["state"] for verdict in given} == {"unknown"}
    assert {verdict["reason"] for verdict in given} == {"no strides: only 5 frames a second"}


def test_twenty_frames_a_second_give_no_light(tmp_path: Path, runner: Path) -> None:
    path = filtered(runner, tmp_path / "slowish.mp4", "fps=20")
    result = analyze(path, out=tmp_path / "out")
    assert result.returncode == 0
    assert "20 frames per second" in sentence(result)
    content = session(tmp_path / "out" / "slowish")
    assert {verdict["state"] for verdict in verdicts(content)} == {"unknown"}
    near = [sides["right"]["reason"] for sides in content["verdicts"].values()]
    assert near == ["only 20 frames a second; at least 30 are needed"] * 2


def test_pictures_without_a_person_give_a_notice_and_a_complete_folder(tmp_path: Path) -> None:
    plain = tmp_path / "plain.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=gray:size=640x360:rate=30", "-frames:v", "45", *FAST, plain)
    pattern = make_clip(tmp_path / "pattern.mp4", size="640x360", frames=45)
    result = analyze(plain, pattern, out=tmp_path / "out")
    assert result.returncode == 0
    still = "the picture never changes: it is a still, or the film cannot be decoded"
    nobody = "nobody was found in the picture"
    assert [said.partition(", as when")[0] for said in sentences(result)] == [
        f"{plain}: {still}",
        f"{plain}: {nobody}",
        f"{pattern}: {nobody}",
    ]
    for path in (plain, pattern):
        content = session(tmp_path / "out" / path.stem)
        assert content["activity_s"]["absent"] == content["duration_s"] == 1.5
        assert {verdict["state"] for verdict in verdicts(content)} == {"unknown"}
        assert share_found(tmp_path / "out" / path.stem) == 0


def test_a_4k_video_is_analysed(tmp_path: Path, runner: Path) -> None:
    path = filtered(runner, tmp_path / "large.mp4", "scale=3840:2160", "-frames:v", "10")
    result = analyze(path, out=tmp_path / "out")
    assert (result.returncode, result.stderr) == (0, "")
    assert session(tmp_path / "out" / "large")["frames"]["processed"] == 10
    hips = [pose["xy_px"][24][0] for pose in poses(tmp_path / "out" / "large")]
    assert all(1600 < x < 2240 for x in hips)


@pytest.mark.parametrize("phone", [False, True], ids=["portrait", "turned by its metadata"])
def test_a_portrait_video_is_seen_upright(tmp_path: Path, runner: Path, phone: bool) -> None:
    upright = "crop=400:540"
    path = tmp_path / "tall.mp4"
    if phone:
        # Stored lying on its left side, as a phone does, with the note to turn it back.
        lying = tmp_path / "lying.mp4"
        filtered(runner, lying, f"{upright},transpose=2", "-t", "4")
        turned(lying, path, 90)
    else:
        filtered(runner, path, upright, "-t", "4")
    result = analyze(path, out=tmp_path / "out")
    assert (result.returncode, result.stderr) == (0, "")
    content = session(tmp_path / "out" / "tall")
    assert content["facing"] == "right"
    assert content["activity_s"]["running"] > 3.5
    assert sum(stride["valid"] == "1" for stride in strides(tmp_path / "out" / "tall")) >= 3
    assert share_found(tmp_path / "out" / "tall") == 1
    for pose in poses(tmp_path / "out" / "tall"):
        nose, hip = pose["xy_px"][0], pose["xy_px"][24]
        assert 0 < nose[1] < hip[1] - 100 < 540


def test_no_stride_spans_the_time_a_runner_was_away(tmp_path: Path, runner: Path) -> None:
    there, away = tmp_path / "there.mp4", tmp_path / "away.mp4"
    filtered(runner, there, "null", "-t", "4")
    ffmpeg("-f", "lavfi", "-i", "color=gray:size=960x540:rate=60", "-t", "1.5", *FAST, away)
    path, parts = tmp_path / "returns.mp4", tmp_path / "parts.txt"
    parts.write_text("".join(f"file '{part.name}'\n" for part in (there, away, there)))
    ffmpeg("-f", "concat", "-i", parts, "-c", "copy", path)
    result = analyze(path, out=tmp_path / "out")
    assert (result.returncode, result.stderr) == (0, "")
    content = session(tmp_path / "out" / "returns")
    assert 0.8 < content["activity_s"]["absent"] <= 1.5
    spans = [
        (float(stride["start_s"]), float(stride["end_s"]))
        for stride in strides(tmp_path / "out" / "returns")
    ]
    assert any(end < 4.0 for _, end in spans)
    assert any(start > 5.5 for start, _ in spans)
    assert not [span for span in spans if span[0] < 5.5 and span[1] > 4.0]
    with (tmp_path / "out" / "returns" / EVENTS).open(newline="") as file:
        times = [float(event["time_s"]) for event in csv.DictReader(file)]
    assert not [time_s for time_s in times if 4.05 < time_s < 5.45]


# Models


@pytest.fixture
def models(tmp_path: Path, models_dir: Path) -> Path:
    """Return a folder of models of which one may be spoilt."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("pose_detection.onnx", "pose_landmark_full.onnx"):
        (folder / name).symlink_to(models_dir / name)
    return folder


def own(models: Path, name: str) -> Path:
    """Replace a link by a copy that may be changed."""
    path = models / name
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    return path


def test_a_missing_model_names_the_command_that_gets_it(tmp_path: Path, short: Path) -> None:
    result = analyze(short, out=tmp_path / "out", TOELINE_MODELS=tmp_path / "none")
    assert result.returncode == 1
    assert sentence(result).endswith("is missing: `toeline models pull` gets it")
    assert not (tmp_path / "out").exists()


def test_a_model_that_was_not_pulled_is_named(tmp_path: Path, models: Path, short: Path) -> None:
    result = analyze(
        short, out=tmp_path / "out", options=("--model", "heavy"), TOELINE_MODELS=models
    )
    assert result.returncode == 1
    assert sentence(result).endswith("is missing: `toeline models pull --model heavy` gets it")


@pytest.mark.parametrize("name", ["pose_detection.onnx", "pose_landmark_full.onnx"])
def test_one_changed_byte_of_a_model_is_noticed(
    tmp_path: Path, models: Path, short: Path, name: str
) -> None:
    path = own(models, name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    result = analyze(short, out=tmp_path / "out", TOELINE_MODELS=models)
    assert result.returncode == 1
    assert str(path) in sentence(result)
    assert sentence(result).endswith("`toeline models pull` replaces it")


def test_a_truncated_model_is_noticed(tmp_path: Path, models: Path, short: Path) -> None:
    path = own(models, "pose_landmark_full.onnx")
    path.write_bytes(path.read_bytes()[:100_000])
    result = analyze(short, out=tmp_path / "out", TOELINE_MODELS=models)
    assert result.returncode == 1
    assert f"the model {path} has 100000 bytes" in sentence(result)
    assert sentence(result).endswith("`toeline models pull` replaces it")


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
    tmp_path: Path, short: Path, setting: str, said: str
) -> None:
    result = analyze(short, out=tmp_path / "out", options=("--set", setting))
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
    tmp_path: Path, short: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "toeline.toml"
    path.write_bytes(content)
    result = analyze(short, out=tmp_path / "out", options=("--config", str(path)))
    assert result.returncode == 2
    assert sentence(result).startswith(said.replace("PATH", str(path)))


def test_a_settings_file_that_cannot_be_read_is_named(tmp_path: Path, short: Path) -> None:
    for path, why in ((tmp_path / "gone.toml", "No such file"), (tmp_path, "Is a directory")):
        result = analyze(short, out=tmp_path / "out", options=("--config", str(path)))
        assert result.returncode == 2
        assert sentence(result).startswith(f"cannot read settings {path}: {why}")


@pytest.mark.parametrize(
    ("option", "value"),
    [("--speed", "fast"), ("--speed", "-1"), ("--speed", "nan"), ("--incline", "99"),
     ("--facing", "up"), ("--model", "huge")],
)  # fmt: skip
def test_an_option_that_cannot_be_is_wrong_usage(
    tmp_path: Path, short: Path, option: str, value: str
) -> None:
    result = analyze(short, out=tmp_path / "out", options=(option, value))
    assert result.returncode == 2
    assert sentence(result)


# Where the results go


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, short: Path) -> None:
    in_the_way = tmp_path / "out"
    in_the_way.write_text("a file")
    result = analyze(short, out=in_the_way)
    assert result.returncode == 1
    assert sentence(result) == f"cannot record to {in_the_way / 'short'}: Not a directory"


def test_a_place_for_sessions_that_cannot_be_made_is_named(tmp_path: Path, short: Path) -> None:
    in_the_way = tmp_path / "data"
    in_the_way.write_text("a file")
    result = toeline(
        "run", "--headless", "--source", short, environment={"TOELINE_DATA": in_the_way}
    )
    # The station ran; that it kept nothing was said at once, and is its exit code.
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) > 1
    said = f"recording stopped: cannot record to {in_the_way}: "
    assert said in result.stderr.splitlines()[0]
    assert result.stderr.splitlines()[-1].startswith(f"toeline: {said}")


def test_an_analysis_goes_on_where_it_was_stopped(tmp_path: Path, short: Path) -> None:
    first = analyze(short, out=tmp_path)
    assert first.returncode == 0
    assert session(tmp_path / "short")["complete"] is True
    folder = tmp_path / "short"
    (folder / EVENTS).write_text("mine")
    again = analyze(short, out=tmp_path, options=("--resume",))
    assert again.returncode == 0
    assert again.stderr == f"toeline: {short} is already done\n"
    assert (folder / EVENTS).read_text() == "mine"
    # What was cut off, or done by other settings, is done anew.
    content = json.loads((folder / SESSION).read_text())
    (folder / SESSION).write_text(json.dumps(content | {"complete": False}))
    assert analyze(short, out=tmp_path, options=("--resume",)).returncode == 0
    assert session(folder)["complete"] is True


def test_two_files_for_one_result_folder_are_wrong_usage(tmp_path: Path, short: Path) -> None:
    twin = repack(short, tmp_path / "short.mov")
    result = analyze(short, twin, out=tmp_path / "out")
    assert result.returncode == 2
    assert sentence(result) == "two files would write to the same result folder short"
    assert not (tmp_path / "out").exists()


def test_a_full_disk_keeps_whole_lines_and_the_summary(tmp_path: Path, short: Path) -> None:
    # A limit on the size of each file is what an ordinary user can set.
    limited = ("sh", "-c", 'ulimit -f 200; exec "$@"', "sh")
    arguments = ("analyze", short, "--out", tmp_path / "out", *ONE_THREAD)
    result = toeline(*arguments, before=limited)
    folder = tmp_path / "out" / "short"
    assert result.returncode == 1
    assert sentence(result) == f"cannot record to {folder}: File too large"
    assert {path.name for path in folder.iterdir()} == RESULTS
    kept = [pose["frame"] for pose in poses(folder)]
    assert kept == list(range(len(kept)))
    assert 20 < len(kept) < 180
    assert json.loads((folder / SESSION).read_text())["frames"]["processed"] >= len(kept)


def test_no_memory_is_one_sentence() -> None:
    # Not enough for the libraries: with more, it shows now in one of them, now in another.
    result = toeline(
        "demo", "--no-browser", before=("sh", "-c", 'ulimit -v 200000; exec "$@"', "sh")
    )
    assert result.returncode == 1
    assert sentence(result) == NO_MEMORY
    assert result.stdout == ""


# Wrong words


@pytest.mark.parametrize(
    "arguments",
    [("dance",), ("models", "dance"), ("analyze",), ("analyze", "a.mp4"), ("run",),
     ("analyze", "a.mp4", "--out", "b", "--loud"), ("demo", "--port")],
    ids=" ".join,
)  # fmt: skip
def test_wrong_words_are_wrong_usage_in_one_sentence(arguments: tuple[str, ...]) -> None:
    result = toeline(*arguments)
    assert result.returncode == 2
    assert "--help`" in sentence(result)
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [(), ("models",)], ids=["alone", "models alone"])
def test_a_command_without_words_shows_its_help(arguments: tuple[str, ...]) -> None:
    result = toeline(*arguments)
    assert result.returncode == 2
    assert "Usage: toeline" in result.stdout
    assert result.stderr == ""


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Return every command's words and definition, the groups included."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), typer.main.get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        for name, inner in getattr(command, "commands", {}).items():
            waiting.append(((*words, name), inner))


@pytest.mark.parametrize(
    ("words", "command"), [pytest.param(w, c, id=" ".join(w) or "toeline") for w, c in commands()]
)
def test_help_is_complete(words: tuple[str, ...], command: Any) -> None:
    result = toeline(*words, "--help", environment={"COLUMNS": "200"})
    assert (result.returncode, result.stderr) == (0, "")
    assert " ".join(command.help.split()) in " ".join(result.stdout.split())
    for parameter in command.params:
        assert parameter.help, f"{parameter.name} of {' '.join(words)} is not explained"
        if parameter.param_type_name == "option":
            assert parameter.opts[0] in result.stdout
    for name in getattr(command, "commands", {}):
        assert re.search(rf"\b{name}\b", result.stdout)


# Ctrl-C


def test_ctrl_c_keeps_what_was_analysed(tmp_path: Path, runner: Path) -> None:
    # On a terminal, where the bar tells when the work has begun.
    terminal, stderr = pty.openpty()
    fcntl.ioctl(stderr, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, "analyze", str(runner), "--out", str(tmp_path), *ONE_THREAD],
        cwd=REPOSITORY,
        env=environment_with({"TERM": "xterm"}),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    os.close(stderr)
    shown = ""
    while not re.search(r"\b[1-9]\d\d? frames", shown):
        shown += os.read(terminal, 4096).decode()
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    shown += _rest(terminal)
    assert process.returncode == 130
    assert "toeline: interrupted; results so far are kept" in shown
    assert "Traceback" not in shown
    assert told.splitlines() == [str(tmp_path / runner.stem)]
    content = session(tmp_path / runner.stem)
    assert 0 < content["frames"]["processed"] < 900


def test_ctrl_c_keeps_the_live_session(tmp_path: Path, runner: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "run", "--headless", "--source", str(runner), *ONE_THREAD],
        cwd=REPOSITORY,
        env=environment_with({"TOELINE_DATA": tmp_path}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    header, first = process.stdout.readline(), process.stdout.readline()
    assert header.rstrip() == ",".join(STRIDE_COLUMNS)
    process.send_signal(signal.SIGINT)
    told, log = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in log
    folder = exported(tmp_path)
    assert log.splitlines()[-1].startswith(f"recorded session {folder.name}; ")
    content = session(folder)
    assert 0 < content["frames"]["processed"] == content["frames"]["captured"] < 900
    rows = (folder / STRIDES).read_text().splitlines()[1:]
    assert rows == [first.rstrip(), *told.splitlines()]
    frames = [pose["frame"] for pose in poses(folder)]
    assert all(after == before + 1 for before, after in pairwise(frames))


def _rest(terminal: int) -> str:
    """Return what a terminal still shows after its last writer has gone."""
    shown = b""
    try:
        while more := os.read(terminal, 4096):
            shown += more
    except OSError:
        # Linux says so where other systems give an end of file.
        pass
    finally:
        os.close(terminal)
    return shown.decode()


@pytest.mark.parametrize("rate", ["0", "-30", "nan", "2000"])
def test_a_rate_that_cannot_be_is_wrong_usage(rate: str, tmp_path: Path, runner: Path) -> None:
    result = toeline("analyze", runner, "--rate", rate, "--out", tmp_path / "out")
    assert result.returncode == 2
    assert "--rate must be from 1 to 1000" in sentence(result)


def test_a_rate_is_for_files() -> None:
    result = toeline("run", "--source", "0", "--rate", "30", "--headless")
    assert result.returncode == 2
    assert sentence(result) == "--rate is for files, and 0 is live; set capture.fps"
