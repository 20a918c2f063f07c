"""A real person out of doors, not of our making: the demo of Sports2D, 30 frames a second from 0.

What is to be seen, by eye: a man stands and jumps on a roof from the start, facing the camera; from
frame 40 a woman comes out from behind a tree at the right and walks to the left through the whole
picture, seen from the side; her leading foot leaves the picture in frame 188, her hips in 198. The
man jumps down behind the roof at about frame 170, lands in front of it, and runs out to the right.

Her steps, counted on single frames (heel down): frames 61, 79, 98, 116, 134, 152, 170 and 188, or
2.03, 2.63, 3.27, 3.87, 4.47, 5.07, 5.67 and 6.27 s: 7 steps in 4.23 s, 99.2 steps a minute.
"""

import csv
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import toeline

from edge.messages.arrays import Floats

VERSION = "0.8.34"
MEMBER = "Sports2D/Demo/demo.mp4"
SHA256 = "d9a66417185647b112304b57093f0c180f37a768e6a14daca75ca541f3b78039"
STEPS_S = np.array([61, 79, 98, 116, 134, 152, 170, 188]) / 30
CADENCE_SPM = 60 * (STEPS_S.size - 1) / float(np.ptp(STEPS_S))
# While she is alone in being seen from the side, and wholly in the picture.
FOLLOWED = range(90, 186)
LEFT_HIP, RIGHT_HIP = 23, 24


@dataclass(frozen=True)
class Result:
    """What came of the clip; ``hips_px`` has shape (230, 2), NaN where nobody was found."""

    session: dict[str, Any]
    strides: list[dict[str, str]]
    events: list[dict[str, str]]
    hips_px: Floats


def demo_clip() -> Path:
    """Return the clip, taken once from its package on PyPI and kept in the cache."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    cache = (base if base.is_absolute() else Path.home() / ".cache") / "toeline" / "tests"
    clip = cache / f"sports2d-{VERSION}-demo.mp4"
    if not clip.is_file() or sha256(clip.read_bytes()).hexdigest() != SHA256:
        cache.mkdir(parents=True, exist_ok=True)
        wanted = f"sports2d=={VERSION}"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", wanted, "-d", str(cache)], check=True, timeout=250)
        wheel = cache / f"sports2d-{VERSION}-py3-none-any.whl"
        with zipfile.ZipFile(wheel) as archive:
            clip.write_bytes(archive.read(MEMBER))
        wheel.unlink()
    assert sha256(clip.read_bytes()).hexdigest() == SHA256
    return clip


@pytest.fixture(scope="session")
def demo(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Return what `toeline analyze` makes of the clip."""
    assert models_dir.is_dir()
    clip = demo_clip()
    out = tmp_path_factory.mktemp("sports2d")
    result = toeline("analyze", clip, "--out", out)
    assert result.returncode == 0
    folder = out / clip.stem
    notices = json.loads((folder / "session.json").read_text())["notices"]
    # Nothing about the feet: those of the man on the roof, seen from the front, only rest.
    assert {notice["code"] for notice in notices} <= {"another_person_seen"}
    with (folder / "poses.jsonl").open() as file:
        points = [json.loads(line)["xy_px"] for line in file]
    xy = np.array(points, dtype=np.float64)
    return Result(
        session=json.loads((folder / "session.json").read_text()),
        strides=rows(folder / "strides.csv"),
        events=rows(folder / "events.csv"),
        hips_px=xy[:, [LEFT_HIP, RIGHT_HIP]].mean(axis=1),
    )


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_woman_is_followed_without_a_jump(demo: Result) -> None:
    hips = demo.hips_px[FOLLOWED]
    assert np.isfinite(hips).all()
    # 10 px a frame to the left on average; the man stands 450 px higher on his roof.
    assert (np.diff(hips[:, 0]) < 5).all()
    assert (np.abs(np.diff(hips, axis=0)) < 40).all()
    assert hips[0, 0] - hips[-1, 0] == pytest.approx(970, abs=60)
    assert ((hips[:, 1] > 690) & (hips[:, 1] < 770)).all()


def test_nobody_else_is_followed_while_she_walks(demo: Result) -> None:
    leaps = np.hypot(*np.diff(demo.hips_px, axis=0).T)
    changes = [frame for frame in np.flatnonzero(leaps > 150) if 40 <= frame < 198]
    # Once to her, from the man who was alone in the picture before.
    assert len(changes) == 1
    assert changes[0] < FOLLOWED.start


def test_no_stride_spans_two_people(demo: Result) -> None:
    found = np.flatnonzero(np.isfinite(demo.hips_px[:, 0]))
    changes_s = [
        after / 30
        for before, after in pairwise(found)
        if np.hypot(*(demo.hips_px[after] - demo.hips_px[before])) > 150
    ]
    assert changes_s
    spans = [(float(s["start_s"]), float(s["end_s"])) for s in demo.strides]
    assert spans
    assert not [(span, t) for span in spans for t in changes_s if span[0] < t < span[1]]


def test_she_walks_and_is_given_no_running_verdict(demo: Result) -> None:
    assert demo.session["activity_s"]["running"] == 0
    # It is her first whole stride of the near leg, in frame 152, that tells walking from standing.
    assert demo.session["activity_s"]["walking"] > 1.5
    states = {v["state"] for sides in demo.session["verdicts"].values() for v in sides.values()}
    assert states == {"unknown"}
    assert not [stride for stride in demo.strides if stride["valid"] == "1"]


def test_her_cadence_is_the_one_counted_by_eye(demo: Result) -> None:
    assert demo.session["cadence_spm"] == pytest.approx(CADENCE_SPM, abs=6.0)


def test_her_steps_are_those_counted_by_eye(demo: Result) -> None:
    contacts = [float(e["time_s"]) for e in demo.events if e["kind"] == "initial_contact"]
    # From the first step after she is followed to the last with both feet in the picture.
    for step_s in STEPS_S[2:7]:
        assert min(abs(contact_s - step_s) for contact_s in contacts) < 0.05
