"""`toeline evaluate` end to end on a few seconds: the report of the contract, and the page."""

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from capture_media import ffmpeg
from command import REPOSITORY, sentence, toeline, toeline_process
from eye_labels import labels_of

from edge.messages.gait import EventKind
from edge.messages.skeleton import TOE
from edge.offline.evaluate.clip_truth import load_clip, load_points

KINDS = ("initial_contact", "peak_knee_flexion", "toe_off")
EVENT_KEYS = {
    "f1_20ms", "f1_33ms", "f1_50ms", "bias_ms", "rmse_ms", "sd_ms", "p95_abs_ms", "emission_ms"
}  # fmt: skip
METRIC_KEYS = {"bias", "rmse", "sd", "ten_stride_sd", "slope"}
JOINTS = {"hip", "knee", "ankle", "heel", "toe"}
TRIALS = ("s001_25", "s026_35")
CLIP = "lowcad_30fps_right"
SECONDS = 5


def read(path: Path) -> dict[str, Any]:
    """Return strict JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    content: dict[str, Any] = json.loads(path.read_text(), parse_constant=refuse)
    return content


def numbers(content: Any) -> Iterator[float]:
    if isinstance(content, Mapping):
        for part in content.values():
            yield from numbers(part)
    elif isinstance(content, list):
        for part in content:
            yield from numbers(part)
    elif isinstance(content, float):
        yield content


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evaluate")


@pytest.fixture(scope="module")
def npz(shared_dir: Path) -> Path:
    return shared_dir / "data" / "rbds" / "rbds.npz"


def keypoints(npz: Path, out: Path, jobs: int) -> dict[str, Any]:
    # Further processes are started from one that runs the command alone.
    run = toeline_process if jobs > 1 else toeline
    result = run(
        "evaluate", "keypoints", npz, "--trials", ",".join(TRIALS), "--seconds", "6",
        "--swap-pct", "3", "--merge-pct", "40", "--drop-pct", "5",
        "--jobs", str(jobs), "--json", out,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    assert "initial_contact" in result.stdout
    return read(out)


@pytest.fixture(scope="module")
def of_keypoints(npz: Path, folder: Path) -> dict[str, Any]:
    return keypoints(npz, folder / "keypoints-60fps-seed1.json", 2)


@pytest.fixture(scope="module")
def short_clip(folder: Path, clips_dir: Path) -> Path:
    """Return a folder of one clip, the first seconds of a shared one."""
    clips = folder / "clips"
    clips.mkdir()
    ffmpeg("-i", clips_dir / f"{CLIP}.mp4", "-t", str(SECONDS), "-c", "copy", clips / f"{CLIP}.mp4")
    truth = json.loads((clips_dir / f"{CLIP}.truth.json").read_text())
    truth["judged_s"] = [1.5, SECONDS - 0.5]
    (clips / f"{CLIP}.truth.json").write_text(json.dumps(truth))
    points = f"{CLIP}.keypoints.csv.gz"
    (clips / points).write_bytes((clips_dir / points).read_bytes())
    return clips


def clips_report(clips: Path, out: Path, *options: str) -> dict[str, Any]:
    result = toeline("evaluate", "clips", clips, *options, "--json", out)
    assert (result.returncode, result.stderr) == (0, "")
    return read(out)


@pytest.fixture(scope="module")
def of_clips(short_clip: Path, models_dir: Path, folder: Path) -> dict[str, Any]:
    assert models_dir.is_dir()
    return clips_report(short_clip, folder / "clips-full.json")


@pytest.fixture(scope="module")
def of_raw_clips(short_clip: Path, models_dir: Path, folder: Path) -> dict[str, Any]:
    assert models_dir.is_dir()
    return clips_report(short_clip, folder / "clips-full-raw.json", "--raw")


def check_tables(report: Mapping[str, Any]) -> None:
    assert set(report["events"]) == set(KINDS)
    for figures in report["events"].values():
        assert set(figures) >= EVENT_KEYS
        assert set(figures["emission_ms"]) == {"p50", "p95"}
        assert 0 <= figures["f1_20ms"] <= figures["f1_33ms"] <= figures["f1_50ms"] <= 1
    assert set(report["metrics"]) >= {"knee_toe_offset_pct", "knee_flexion_push_off_deg"}
    for figures in report["metrics"].values():
        assert set(figures) >= METRIC_KEYS
    assert all(math.isfinite(number) for number in numbers(report))


def test_the_report_on_keypoints_is_that_of_the_contract(of_keypoints: dict[str, Any]) -> None:
    check_tables(of_keypoints)
    assert of_keypoints["n_trials"] == 2
    told = of_keypoints["settings"]
    assert (told["fps"], told["noise_mm"], told["seed"], told["seconds"]) == (60, 5, 1, 6)
    assert (told["swap_pct"], told["merge_pct"], told["drop_pct"]) == (3, 40, 5)
    assert set(of_keypoints["by_speed"]) == {"2.5", "3.5"}
    assert set(of_keypoints["by_strike"]) == {"Forefoot", "Rearfoot"}
    for part in (*of_keypoints["by_speed"].values(), *of_keypoints["by_strike"].values()):
        assert part["n_trials"] == 1
        check_tables(part)
    assert set(of_keypoints["far"]["events"]) == set(KINDS)
    assert set(of_keypoints["by_trial"]) == set(TRIALS)


def test_most_events_and_strides_are_found_on_keypoints(of_keypoints: dict[str, Any]) -> None:
    for figures in of_keypoints["events"].values():
        assert figures["f1_50ms"] > 0.8
        assert figures["rmse_ms"] < 25
        # Decided after it happened, but not much later.
        assert 0 < figures["emission_ms"]["p50"] < 200
    for trial in of_keypoints["by_trial"].values():
        assert trial["strides"]["paired"] >= 2


def test_one_process_says_the_same_as_two(
    npz: Path, folder: Path, of_keypoints: dict[str, Any]
) -> None:
    assert keypoints(npz, folder / "again.json", 1) == of_keypoints


def test_the_report_on_clips_is_that_of_the_contract(of_clips: dict[str, Any]) -> None:
    check_tables(of_clips)
    assert (of_clips["n_trials"], of_clips["n_clips"]) == (1, 1)
    assert of_clips["settings"]["raw"] is False
    assert set(of_clips["identity"]) >= {"swapped_frames_pct", "longest_swap_frames"}
    assert set(of_clips["keypoints"]) == JOINTS
    for joint in of_clips["keypoints"].values():
        assert set(joint) >= {"median_px", "median_pct_leg", "p95_pct_leg"}
    assert set(of_clips["verdicts"]) == set(of_clips["clips"]) == {CLIP}
    for lights in of_clips["verdicts"][CLIP].values():
        assert set(lights) == {"knees_forward", "bent_push_off"}
        assert all(set(sides) == {"left", "right"} for sides in lights.values())
    assert set(of_clips["by_frame_rate"]) == {"30"}
    assert set(of_clips["by_kind"]) == {"run"}
    assert "by_strike" in of_clips
    for part in of_clips["by_speed"].values():
        check_tables(part)


@pytest.fixture(scope="module")
def labelled_clip(short_clip: Path) -> Path:
    """Label the short clip as a person would, from its exact points."""
    truth = load_clip(short_clip / f"{CLIP}.truth.json")
    points = load_points(short_clip / f"{CLIP}.truth.json")[truth.near]
    # The shoe tip takes the place of the big toe.
    near_px = points[:, [*range(TOE), TOE + 1]]
    contacts, offs = (
        truth.events_s[truth.near, kind] * truth.frame_rate_hz
        for kind in (EventKind.INITIAL_CONTACT, EventKind.TOE_OFF)
    )
    stances = [
        (contact, off)
        for contact, off in zip(contacts, offs, strict=False)
        if 1.5 * truth.frame_rate_hz < contact and off < (SECONDS - 0.6) * truth.frame_rate_hz
    ]
    labels = labels_of(near_px, stances, truth.frame_rate_hz, truth.near)
    (short_clip / "labels.json").write_text(json.dumps({CLIP: labels}))
    return short_clip


@pytest.fixture(scope="module")
def of_real(labelled_clip: Path, models_dir: Path, folder: Path) -> dict[str, Any]:
    assert models_dir.is_dir()
    out, plot = folder / "real-full.json", folder / "score.svg"
    result = toeline("evaluate", "real", labelled_clip, "--json", out, "--scatter", plot)
    assert (result.returncode, result.stderr) == (0, "")
    assert "knee-toe, % shank" in result.stdout
    assert plot.read_text().startswith("<?xml")
    return read(out)


def test_a_clip_labelled_with_its_exact_points_shows_next_to_no_error(
    labelled_clip: Path, of_real: dict[str, Any]
) -> None:
    report = of_real
    assert all(math.isfinite(number) for number in numbers(report))
    station = report["pooled"]["sources"]["station"]
    assert set(report["pooled"]["sources"]) == {"station", "reader", "tracked"}
    # Those at either end of the film are cut off.
    assert station["strides"]["found"] >= station["strides"]["expected"] - 2
    assert station["strides"]["labelled_found"] == len(
        json.loads((labelled_clip / "labels.json").read_text())[CLIP]["strides"]
    )
    errors = {name: figures["bias"] for name, figures in station["errors"].items()}
    assert errors["initial_contact_ms"] == pytest.approx(0, abs=15)
    assert errors["toe_off_ms"] == pytest.approx(0, abs=20)
    assert errors["knee_toe_own_instant_pct"] == pytest.approx(0, abs=6)
    assert errors["knee_flexion_peak_deg"] == pytest.approx(0, abs=6)
    assert errors["knee_flexion_push_off_deg"] == pytest.approx(0, abs=6)
    assert station["near_leg"]["right"] == station["near_leg"]["frames"] > 0
    assert station["points_pct_leg"]["knee"]["forward"]["bias"] == pytest.approx(0, abs=3)
    assert report["model_error"]["knee_toe_pct"]["clips"] == 1
    scored = report["score"]["films"][f"{CLIP}, station"]
    assert 0 < scored["score"] <= 1
    assert 0 < scored["error_pct"] < 6


def test_the_near_leg_is_found_on_a_clip(of_clips: dict[str, Any]) -> None:
    assert of_clips["events"]["initial_contact"]["f1_50ms"] > 0.7
    assert of_clips["identity"]["judged_frames"] > 40
    assert of_clips["keypoints"]["knee"]["median_pct_leg"] < 10
    assert of_clips["clips"][CLIP]["cadence_spm"]["error"] == pytest.approx(0, abs=5)
    scored = of_clips["score"]["films"][CLIP]
    assert scored["score"] > 0.5
    assert scored["n"] > 40


def test_the_models_own_legs_are_another_matter(
    of_clips: dict[str, Any], of_raw_clips: dict[str, Any]
) -> None:
    assert of_raw_clips["settings"]["raw"] is True
    assert of_raw_clips["keypoints"] != of_clips["keypoints"]
    # What nothing repairs is never left out.
    assert all(joint["absent_pct"] == 0 for joint in of_raw_clips["keypoints"].values())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("keypoints", "gone.npz"), "gone.npz does not exist"),
        (("clips", "gone"), "gone does not exist"),
        (("real", "gone"), "gone does not exist"),
        (("real", "tests"), "tests has no labels.json"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(arguments: tuple[str, ...], says: str) -> None:
    result = toeline("evaluate", *arguments)
    assert result.returncode == 1
    assert sentence(result) == says
    assert result.stdout == ""


def test_a_report_that_could_not_be_written_is_told_before_the_work(
    npz: Path, tmp_path: Path
) -> None:
    result = toeline("evaluate", "keypoints", npz, "--json", tmp_path / "gone" / "out.json")
    assert result.returncode == 1
    assert sentence(result).endswith(f"{tmp_path / 'gone'} is not a folder")


def test_numbers_out_of_range_are_wrong_usage(npz: Path) -> None:
    result = toeline("evaluate", "keypoints", npz, "--drop-pct", "120")
    assert result.returncode == 2
    assert "--drop-pct" in sentence(result)


def test_the_page_is_written_from_the_reports(
    folder: Path,
    tmp_path: Path,
    of_keypoints: dict[str, Any],
    of_clips: dict[str, Any],
    of_raw_clips: dict[str, Any],
    of_real: dict[str, Any],
) -> None:
    assert of_real
    assert of_keypoints
    assert of_clips
    assert of_raw_clips
    script = REPOSITORY / "tests" / "tools" / "make_accuracy.py"
    subprocess.run([sys.executable, script, folder, tmp_path], check=True)
    page = (tmp_path / "accuracy.md").read_text()
    for heading in ("Real runners", "Keypoints", "Clips", "Latency", "How each figure was made"):
        assert f"\n## {heading}\n" in page
    pictures = {line.split("](")[1].rstrip(")") for line in page.splitlines() if "![" in line}
    assert len(pictures) == 8
    assert pictures == {f"accuracy/{p.name}" for p in (tmp_path / "accuracy").iterdir()}
    tables = [line for line in page.splitlines() if line.startswith("|")]
    assert len(tables) > 80
    assert not [line for line in tables if "None" in line or "nan" in line]
    # What counts most comes first, and can be replaced alone.
    assert page.index("## Real runners") < page.index("## Keypoints")
    subprocess.run([sys.executable, script, folder, tmp_path, "--real-only"], check=True)
    assert (tmp_path / "accuracy.md").read_text() == page
