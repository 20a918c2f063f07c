"""A disk that fills up or may not be written under a running station; a real file system."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
# A mount that nobody else sees, which needs no root where user namespaces are allowed.
_OWN = ("unshare", "--map-root-user", "--mount")


def ran(*command: str | Path) -> str:
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    result = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=240,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def may_mount(folder: Path) -> bool:
    mount = (*_OWN, "mount", "-t", "tmpfs", "tmpfs", str(folder))
    return subprocess.run(mount, capture_output=True, timeout=60).returncode == 0


def test_a_disk_that_fills_up_stops_the_recording_until_there_is_room(tmp_path: Path) -> None:
    script = (sys.executable, TESTS / "full_disk.py", tmp_path)
    if may_mount(tmp_path):
        size = f'mount -t tmpfs -o size=4m tmpfs {tmp_path} && exec "$@"'
        said = ran(*_OWN, "sh", "-c", size, "sh", *script, "mounted")
        assert "read-only: recording stopped: cannot record to" in said
    else:
        said = ran(*script, "limited")
    assert "full: recording stopped: cannot record to" in said
    assert "nothing that was written is harmed" in said


def test_the_same_where_only_a_limit_can_be_set(tmp_path: Path) -> None:
    said = ran(sys.executable, TESTS / "full_disk.py", tmp_path, "limited")
    assert "2 sessions, nothing that was written is harmed" in said
