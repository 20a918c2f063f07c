"""Files that are no recordings, or that end early: one sentence each, and partial results."""

from pathlib import Path

from analysing import analyze, filtered, session, strides
from capture_media import cut, ffmpeg, repack
from command import sentence, sentences

from edge.capture.container import read_layout

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


def test_a_video_without_its_index_is_named(tmp_path: Path, good_run: Path) -> None:
    plain = repack(good_run, tmp_path / "plain.mp4")
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


def test_one_bad_file_does_not_cost_the_others(tmp_path: Path, short_run: Path) -> None:
    brief = filtered(short_run, tmp_path / "brief.mp4", "null", "-frames:v", "20")
    result = analyze(tmp_path / "gone.mp4", brief, out=tmp_path / "out")
    assert result.returncode == 1
    assert sentence(result) == f"{tmp_path / 'gone.mp4'} does not exist"
    assert result.stdout.splitlines() == [str(tmp_path / "out" / "brief")]
    assert session(tmp_path / "out" / "brief")["frames"]["processed"] == 20


# Recordings that end early


def test_of_a_truncated_video_all_that_is_there_is_kept(tmp_path: Path, short_run: Path) -> None:
    path = cut(short_run, tmp_path / "truncated.mp4", 0.6)
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


def test_of_a_damaged_video_all_that_can_be_decoded_is_kept(
    tmp_path: Path, short_run: Path
) -> None:
    data = bytearray(short_run.read_bytes())
    for start in range(len(data) // 2, len(data) * 3 // 4, 3000):
        data[start : start + 40] = bytes(40)
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)
    result = analyze(path, out=tmp_path / "out")
    assert all("Traceback" not in line for line in sentences(result))
    assert session(tmp_path / "out" / "damaged")["frames"]["processed"] > 60
