"""A few of the kills and cuts that ``make power-cut`` does by the hundred."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_a_killed_recording_keeps_every_stride_and_all_but_a_second_of_poses() -> None:
    # In a separate process: forking this one, with its threads, would prove nothing.
    trials = ("--seconds", "30", "--kills", "4", "--cuts", "8")
    command = [sys.executable, str(TESTS / "power_cut.py"), *trials]
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=240,
        env=os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "4 kills" in result.stdout
    assert "8 cuts: every store opens" in result.stdout
