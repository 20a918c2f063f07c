"""Recordings for the command line, and what an analysis wrote about them."""

import csv
import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from capture_media import FAST, ffmpeg
from command import toeline

from edge.record.result_folder import EVENTS, POSES, SESSION, STRIDES
from edge.record.tables import EVENT_COLUMNS, STRIDE_COLUMNS

RESULTS = {EVENTS, STRIDES, POSES, SESSION}
ONE_THREAD = ("--set", "pose.threads=1")


def filtered(source: Path, path: Path, video_filter: str, *options: str) -> Path:
    ffmpeg("-i", source, "-vf", video_filter, *options, *FAST, path)
    return path


def analyze(
    *files: str | Path, out: Path, options: tuple[str, ...] = (), **changes: str | Path
) -> CompletedProcess[str]:
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
