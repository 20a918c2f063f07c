"""Another process with mediapipe: asked, answered, and gone in ways that are said."""

import json
import sys
from pathlib import Path

import pytest

from edge.offline.bench import peer as peer_module
from edge.offline.bench.peer import COMPLEXITY, Peer, PeerError, find_peer
from edge.offline.bench.samples import Samples

ANSWERING = """
import json, sys
for line in sys.stdin:
    question = json.loads(line)
    if "clip" in question:
        answer = {"frames": question["frames"], "version": "1.2 " + question["clip"]}
    elif question["complexity"] == 2:
        answer = {"error": "no such file"}
    else:
        answer = {"ms": [10.0 + question["complexity"]] * 4, "found": 3}
    print(json.dumps(answer), flush=True)
"""


def script(folder: Path, text: str) -> Path:
    path = folder / "peer.py"
    path.write_text(text)
    return path


def a_peer(folder: Path, text: str = ANSWERING) -> Peer:
    return Peer(Path(sys.executable), Path("clip.mp4"), 4, script(folder, text))


def test_each_frame_of_a_round_is_a_sample(tmp_path: Path) -> None:
    samples = Samples()
    with a_peer(tmp_path) as peer:
        assert peer.version == "1.2 clip.mp4"
        assert peer.round(samples, "full") == 0.75
        peer.round(samples, "lite")
    assert samples.figures(Peer.name("full"))["median_ms"] == 11
    assert samples.figures(Peer.name("lite"))["median_ms"] == 10
    assert set(COMPLEXITY) == {"lite", "full", "heavy"}


def test_what_it_cannot_do_is_said(tmp_path: Path) -> None:
    with a_peer(tmp_path) as peer, pytest.raises(PeerError, match="mediapipe failed: no such file"):
        peer.round(Samples(), "heavy")


@pytest.mark.parametrize("text", ["", "raise SystemExit(1)", "import no_such_module"])
def test_a_process_that_ends_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(PeerError, match="has ended"):
        a_peer(tmp_path, text)


def test_a_python_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="cannot run"):
        Peer(tmp_path / "python", Path("clip.mp4"), 4)


def test_the_environment_of_its_own_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.settings.paths.PACKAGE", tmp_path / "edge")
    monkeypatch.setattr(peer_module, "find_spec", lambda _name: None)
    assert find_peer() is None
    monkeypatch.setattr(peer_module, "find_spec", lambda _name: object())
    assert find_peer() == Path(sys.executable)
    own = tmp_path / "build" / "mediapipe-venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.touch()
    assert find_peer() == own


def test_the_real_script_says_what_is_missing(tmp_path: Path) -> None:
    """Without mediapipe the real script ends; with a stand-in it answers as the bench expects."""
    package = tmp_path / "mediapipe"
    package.mkdir()
    (package / "__init__.py").write_text(STAND_IN)
    clip = Path(__file__).parents[2] / "edge" / "capture" / "demo.mp4"
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    samples = Samples()
    with Peer(python, clip, 3) as peer:
        assert peer.version == "0.0"
        assert peer.round(samples, "full") == 1
        with pytest.raises(PeerError, match="no model 2"):
            peer.round(samples, "heavy")
    assert samples.figures(Peer.name("full"))["median_ms"] >= 0
    assert json.dumps(samples.figures(Peer.name("full")))


STAND_IN = """
__version__ = "0.0"
print("what a library writes to standard output is no answer")


class Pose:
    def __init__(self, static_image_mode, model_complexity):
        if model_complexity == 2:
            raise ValueError("no model 2")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def process(self, image):
        assert image.shape == (540, 960, 3)
        self.pose_landmarks = object()
        return self


class solutions:
    class pose:
        Pose = Pose
"""
