"""Benchmark of the station's start: time to the first result, measured from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from edge.offline.bench.samples import Samples

MARKS = {
    "version": "`toeline --version`, start to exit",
    "first_frame": "`toeline demo`: first frame processed",
    "listening": "`toeline demo`: page available",
}
# The program's output at each mark.
_LINES = {"first_frame": "the first frame is decided", "listening": "Toeline is running at"}


class StartupError(Exception):
    """An error while starting the station."""


class StartupBench:
    """A benchmark that repeatedly starts the real command."""

    def __init__(self, models: Path) -> None:
        self._environment = os.environ | {"TOELINE_MODELS": str(models)}

    def round(self, samples: Samples) -> None:
        """Start the command once."""
        samples.timed("version", self._run, "--version")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        began_s = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "edge", "demo", "--no-browser", "--port", str(port)],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert process.stdout is not None
            missing = dict(_LINES)
            for line in process.stdout:
                for mark in [mark for mark, text in missing.items() if text in line]:
                    samples.add(mark, 1000 * (time.perf_counter() - began_s))
                    del missing[mark]
                if not missing:
                    break
            else:
                raise StartupError(f"`toeline demo` ended without {' and '.join(missing)}")
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "edge", *arguments],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
