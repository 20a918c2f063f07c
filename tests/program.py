"""The installed command, run as people and service managers run it."""

import json
import os
import signal
import socket
import subprocess
import sys
from math import inf
from pathlib import Path
from queue import Empty, Queue
from threading import Condition, Thread
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

PATIENCE_S = 90.0
TOELINE = Path(sys.executable).parent / "toeline"


def free_port() -> int:
    """Return a free port on the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def health(port: int) -> dict[str, Any]:
    """Return a running station's health."""
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_S) as reply:
            text = reply.read()
    except HTTPError as error:
        text = error.read()
    return dict(json.loads(text))


class Program:
    """A running ``toeline``; a context manager that ends it.

    Parameters
    ----------
    arguments
        Arguments after the command's name.
    data, models
        Folders of recordings and of models.
    reads
        Lines of standard output after which reading stops.
    """

    def __init__(
        self, *arguments: str | Path, data: Path, models: Path, reads: float = inf
    ) -> None:
        self._arguments = [str(TOELINE), *map(str, arguments)]
        self._environment = os.environ | {
            "TOELINE_DATA": str(data),
            "TOELINE_MODELS": str(models),
        }
        self._reads = reads
        self._waiting: Queue[str | None] = Queue()
        self._stderr = ""
        self._heard = Condition()
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            text=True,
        )
        self._readers = [Thread(target=read) for read in (self._read_output, self._read_errors)]
        for reader in self._readers:
            reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._finish()

    @property
    def stderr(self) -> str:
        """The output on standard error so far."""
        with self._heard:
            return self._stderr

    def line(self) -> str:
        """Wait for the next line on standard output."""
        try:
            line = self._waiting.get(timeout=PATIENCE_S)
        except Empty:
            raise AssertionError(f"nothing came\n{self.stderr}") from None
        assert line is not None, f"the output ended\n{self.stderr}"
        self.lines.append(line)
        return line

    def said(self, text: str) -> None:
        """Wait until a text appears on standard error."""
        with self._heard:
            heard = self._heard.wait_for(lambda: text in self._stderr, PATIENCE_S)
            assert heard, f"never said {text!r}\n{self._stderr}"

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def ended(self, within_s: float = PATIENCE_S) -> int:
        """Wait for the exit, and return the exit code; all output has then been read."""
        try:
            code = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end in {within_s} s\n{self.stderr}") from None
        self._finish()
        while (line := self._waiting.get()) is not None:
            self.lines.append(line)
        return code

    def _finish(self) -> None:
        self._process.wait()
        for reader in self._readers:
            reader.join()

    def _read_output(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for number, line in enumerate(output, start=1):
                self._waiting.put(line)
                if number >= self._reads:
                    break
        self._waiting.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as errors:
            for line in errors:
                with self._heard:
                    self._stderr += line
                    self._heard.notify_all()
