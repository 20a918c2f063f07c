"""Ctrl-C ends a command with all that it has done so far."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
from itertools import pairwise
from pathlib import Path

from analysing import ONE_THREAD, poses, session
from command import COMMAND, REPOSITORY, environment_with
from stored import exported

from edge.record.result_folder import STRIDES
from edge.record.tables import STRIDE_COLUMNS


def test_ctrl_c_keeps_what_was_analysed(tmp_path: Path, good_run: Path) -> None:
    # On a terminal, where the bar tells when the work has begun.
    terminal, stderr = pty.openpty()
    fcntl.ioctl(stderr, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, "analyze", str(good_run), "--out", str(tmp_path), *ONE_THREAD],
        cwd=REPOSITORY,
        env=environment_with({"TERM": "xterm"}),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    os.close(stderr)
    shown = ""
    while not re.search(r"\b[1-9]\d\d? frames", shown):
        shown += os.read(terminal, 4096).decode()
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    shown += _rest(terminal)
    assert process.returncode == 130
    assert "toeline: interrupted; results so far are kept" in shown
    assert "Traceback" not in shown
    assert told.splitlines() == [str(tmp_path / good_run.stem)]
    content = session(tmp_path / good_run.stem)
    assert 0 < content["frames"]["processed"] < 900


def test_ctrl_c_keeps_the_live_session(tmp_path: Path, good_run: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "run", "--headless", "--source", str(good_run), *ONE_THREAD],
        cwd=REPOSITORY,
        env=environment_with({"TOELINE_DATA": tmp_path}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    header, first = process.stdout.readline(), process.stdout.readline()
    assert header.rstrip() == ",".join(STRIDE_COLUMNS)
    process.send_signal(signal.SIGINT)
    told, log = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in log
    folder = exported(tmp_path)
    assert log.splitlines()[-1].startswith(f"recorded session {folder.name}; ")
    content = session(folder)
    assert 0 < content["frames"]["processed"] == content["frames"]["captured"] < 900
    rows = (folder / STRIDES).read_text().splitlines()[1:]
    assert rows == [first.rstrip(), *told.splitlines()]
    frames = [pose["frame"] for pose in poses(folder)]
    assert all(after == before + 1 for before, after in pairwise(frames))


def _rest(terminal: int) -> str:
    """Return what a terminal still shows after its last writer has gone."""
    shown = b""
    try:
        while more := os.read(terminal, 4096):
            shown += more
    except OSError:
        # Linux says so where other systems give an end of file.
        pass
    finally:
        os.close(terminal)
    return shown.decode()
