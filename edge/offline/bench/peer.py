"""MediaPipe's Python pose beside ours: in a process of its own, in the same rounds."""

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

# Its sizes are numbers.
COMPLEXITY = {"lite": 0, "full": 1, "heavy": 2}
SCRIPT = Path(__file__).with_name("peer_process.py")
_OWN_VENV = Path("build/mediapipe-venv/bin/python")


class PeerError(Exception):
    """The other process does not do what it should; the text says what it said."""


def find_peer() -> Path | None:
    """Return a Python that has mediapipe: that of ``make bench-peer``, or this one."""
    own = paths.PACKAGE.parent / _OWN_VENV
    if own.exists():
        return own
    return Path(sys.executable) if find_spec("mediapipe") is not None else None


class Peer:
    """One process with mediapipe and the frames of a clip; a context manager.

    Parameters
    ----------
    python
        Runs the other process.
    clip, frames
        What it looks at.
    script
        What it runs.

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
        # What could not be written to a process that is gone is still held.
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def round(self, samples: Samples, model: str) -> float:
        """Take in the time of each frame; return the share of frames with somebody found."""
        answer = self._ask({"complexity": COMPLEXITY[model]})
        for ms in answer["ms"]:
            samples.add(self.name(model), ms)
        return float(answer["found"]) / max(len(answer["ms"]), 1)

    @staticmethod
    def name(model: str) -> str:
        """Return under which name the samples are kept."""
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
            raise PeerError(f"mediapipe cannot do it: {answer['error']}")
        return answer
