"""How soon after its start the station gives its first result, seen from outside."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from edge.bench.samples import Samples

MARKS = {
    "version": "`toeline --version`, from start to end",
    "listening": "`toeline demo`: the page can be opened",
    "first_pose": "`toeline demo`: the first frame is decided",
}
_PATIENCE_S = 120.0
_POLL_S = 0.005


class StartupError(Exception):
    """The station did not start."""


class StartupBench:
    """Starts the real command again and again."""

    def __init__(self, models: Path) -> None:
        self._environment = os.environ | {"TOELINE_MODELS": str(models)}

    def round(self, samples: Samples) -> None:
        """Start it once."""
        samples.timed("version", self._run, "--version")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        began_s = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "edge", "demo", "--no-browser", "--port", str(port)],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise StartupError("`toeline demo` ended before it could be opened")
            samples.add("listening", 1000 * (time.perf_counter() - began_s))
            _until_processed(f"http://127.0.0.1:{port}/healthz")
            samples.add("first_pose", 1000 * (time.perf_counter() - began_s))
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


def _until_processed(url: str) -> None:
    ask = build_opener(ProxyHandler({})).open
    end_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end_s:
        try:
            with ask(url, timeout=_PATIENCE_S) as reply:
                if json.load(reply)["processed"] > 0:
                    return
        except (HTTPError, URLError, OSError):
            # Not yet.
            pass
        time.sleep(_POLL_S)
    raise StartupError("`toeline demo` gave no result")
