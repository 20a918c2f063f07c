"""Benchmark of MediaPipe's Python pose, in a separate process and the same rounds."""

import json
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from edge.offline.bench.samples import Samples
from edge.settings import paths

# MediaPipe numbers its model sizes.
COMPLEXITY = {"lite": 0, "full": 1, "heavy": 2}
SCRIPT = Path(__file__).with_name("peer_process.py")
_OWN_VENV = Path("build/mediapipe-venv/bin/python")


class PeerError(Exception):
    """An error of the other process; the text is its message."""


def find_peer() -> Path | None:
    """Return a Python that has mediapipe: the one of ``make bench-peer``, or this one."""
    own = paths.PACKAGE.parent / _OWN_VENV
    if own.exists():
        return own
    return Path(sys.executable) if find_spec("mediapipe") is not None else None


class Peer:
    """A process with mediapipe and a clip's frames; a context manager.

    Parameters
    ----------
    python
        The interpreter of the process.
    clip, frames
        The clip, and how many of its frames.
    script
        The script that the process runs.

    Raises
    ------
    PeerError
        If it does not start or does not answer.
    """

    def __init__(self, python: Path, clip: Path, frames: int, script: Path = SCRIPT) -> None:
        try:
            self._process = subprocess.Popen(
                [python, script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        except OSError as error:
            raise PeerError(f"cannot run {python}: {error.strerror}") from error
        try:
            self.version = str(self._ask({"clip": str(clip), "frames": frames})["version"])
        except PeerError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the other process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # Closing flushes what a process that has ended can no longer read.
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def round(self, samples: Samples, model: str) -> float:
        """Add each frame's time; return the share of frames in which a person was found."""
        answer = self._ask({"complexity": COMPLEXITY[model]})
        for ms in answer["ms"]:
            samples.add(self.name(model), ms)
        return float(answer["found"]) / max(len(answer["ms"]), 1)

    @staticmethod
    def name(model: str) -> str:
        """Return the name of a model's samples."""
        return f"{model} mediapipe"

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise PeerError("mediapipe's process has ended") from error
        line = self._process.stdout.readline()
        if not line:
            raise PeerError("mediapipe's process has ended without an answer")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PeerError(f"mediapipe failed: {answer['error']}")
        return answer
