"""Recordings that say little, or say it in an unusual shape: notices, and complete results."""

import csv
from pathlib import Path

import pytest
from analysing import analyze, filtered, poses, session, share_found, strides, verdicts
from capture_media import FAST, ffmpeg, make_clip, turned
from command import sentence, sentences

from edge.record.result_folder import EVENTS


def test_five_frames_a_second_give_a_notice_and_no_light(tmp_path: Path, good_run: Path) -> None:
    path = filtered(good_run, tmp_path / "slow.mp4", "fps=5")
    result = analyze(path, out=tmp_path / "out")
    assert result.returncode == 0
    assert sentence(result) == (
        f"{path}: 5 frames per second: below 30, events and verdicts cannot be trusted"
    )
    given = verdicts(session(tmp_path / "out" / "slow"))
    assert {verdict["state"] for verdict in given} == {"unknown"}
    assert {verdict["reason"] for verdict in given} == {"no strides: only 5 frames a second"}


def test_twenty_frames_a_second_give_no_light(tmp_path: Path, good_run: Path) -> None:
    # Long enough for a verdict, were it not for the rate.
    path = filtered(good_run, tmp_path / "slowish.mp4", "fps=20", "-t", "10")
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


def test_a_4k_video_is_analysed(tmp_path: Path, good_run: Path) -> None:
    path = filtered(good_run, tmp_path / "large.mp4", "scale=3840:2160", "-frames:v", "10")
    result = analyze(path, out=tmp_path / "out")
    assert (result.returncode, result.stderr) == (0, "")
    assert session(tmp_path / "out" / "large")["frames"]["processed"] == 10
    hips = [pose["xy_px"][24][0] for pose in poses(tmp_path / "out" / "large")]
    assert all(1600 < x < 2240 for x in hips)


@pytest.mark.parametrize("phone", [False, True], ids=["portrait", "turned by its metadata"])
def test_a_portrait_video_is_seen_upright(tmp_path: Path, good_run: Path, phone: bool) -> None:
    upright = "crop=400:540"
    path = tmp_path / "tall.mp4"
    if phone:
        # Stored lying on its left side, as a phone does, with the note to turn it back.
        lying = tmp_path / "lying.mp4"
        filtered(good_run, lying, f"{upright},transpose=2", "-t", "3")
        turned(lying, path, 90)
    else:
        filtered(good_run, path, upright, "-t", "3")
    result = analyze(path, out=tmp_path / "out")
    assert (result.returncode, result.stderr) == (0, "")
    content = session(tmp_path / "out" / "tall")
    assert content["facing"] == "right"
    assert content["activity_s"]["running"] > 2.5
    assert sum(stride["valid"] == "1" for stride in strides(tmp_path / "out" / "tall")) >= 2
    assert share_found(tmp_path / "out" / "tall") == 1
    for pose in poses(tmp_path / "out" / "tall"):
        nose, hip = pose["xy_px"][0], pose["xy_px"][24]
        assert 0 < nose[1] < hip[1] - 100 < 540


def test_no_stride_spans_the_time_a_runner_was_away(tmp_path: Path, good_run: Path) -> None:
    there, away = tmp_path / "there.mp4", tmp_path / "away.mp4"
    filtered(good_run, there, "null", "-t", "3")
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
    assert any(end < 3.0 for _, end in spans)
    assert any(start > 4.5 for start, _ in spans)
    assert not [span for span in spans if span[0] < 4.5 and span[1] > 3.0]
    with (tmp_path / "out" / "returns" / EVENTS).open(newline="") as file:
        times = [float(event["time_s"]) for event in csv.DictReader(file)]
    assert not [time_s for time_s in times if 3.05 < time_s < 4.45]
