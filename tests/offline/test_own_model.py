"""A pose model of somebody's own, from its card to the report: 26 points all the way."""

import json
from pathlib import Path

import pytest
from blob_network import CAMERA, film, write_card
from command import toeline

from edge.pose.skeletons.loader import skeleton

HALPE = skeleton("halpe26")
SECONDS = 8.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with models, a clip of a drawn runner and its analysis."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "models").mkdir()
    write_card(folder / "models", "blobs", HALPE)
    film(folder / "clip.avi", HALPE, SECONDS)
    return folder


def run(place: Path, *arguments: str | Path) -> str:
    environment = {"TOELINE_MODELS": place / "models", "TOELINE_DATA": place / "data"}
    result = toeline(*arguments, environment=environment)
    assert result.returncode == 0, result.stderr
    return result.stdout


OWN = ("--set", "pose.model=blobs.toml", "--set", "pose.threads=1")


def test_a_clip_is_analysed_with_it(place: Path) -> None:
    run(place, "analyze", place / "clip.avi", "--out", place / "out", *OWN)
    folder = place / "out" / "clip"
    poses = [json.loads(line) for line in (folder / "poses.jsonl").read_text().splitlines()]
    assert len(poses) == 240
    assert {(len(pose["xy_px"]), len(pose["visibility"])) for pose in poses} == {(26, 26)}
    session = json.loads((folder / "session.json").read_text())
    assert session["model"] == "blobs"
    assert session["facing"] == CAMERA.facing
    assert session["cadence_spm"] == pytest.approx(168.0, abs=4.0)
    strides = (folder / "strides.csv").read_text().splitlines()
    assert len(strides) > 8


def test_a_session_is_recorded_replayed_and_reported(place: Path) -> None:
    run(place, "run", "--source", place / "clip.avi", "--headless", *OWN, "--set",
        "record.keep_free_mb=0")  # fmt: skip
    (session,) = json.loads(run(place, "sessions", "list", "--json"))
    name = session["name"]
    assert session["frames"] > 60
    shown = json.loads(run(place, "sessions", "show", name, "--json"))["session"]
    assert (shown["model"], len(shown["model_sha256"])) == ("blobs", 64)
    assert "identical" in run(place, "sessions", "replay", name)
    page = place / "report.html"
    run(place, "sessions", "report", name, "--out", page)
    assert name in page.read_text()
    run(place, "sessions", "export", name, "--format", "folder", "--out", place / "exported")
    first, *_ = (place / "exported" / name / "poses.jsonl").read_text().splitlines()
    assert len(json.loads(first)["xy_px"]) == 26
