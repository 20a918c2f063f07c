import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.station.service_manager import ServiceManager


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """Return the socket that a service manager listens at."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        yield listening


def told(listening: socket.socket) -> list[str]:
    """Return everything that waits to be read."""
    lines = []
    while True:
        try:
            lines.append(listening.recv(4096).decode())
        except BlockingIOError:
            return lines


def test_a_service_manager_is_told_what_happens(manager: socket.socket) -> None:
    with ServiceManager({"NOTIFY_SOCKET": manager.getsockname()}) as told_to:
        told_to.ready()
        told_to.status("live: 60.0\nframes/s")
        told_to.status("live: 60.0 frames/s")
        told_to.alive()
        told_to.alive()
    assert told(manager) == [
        "READY=1",
        "STATUS=live: 60.0 frames/s",
        "WATCHDOG=1",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_an_abstract_socket_is_reached() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0toeline-test-notify")
        listening.setblocking(False)
        with ServiceManager({"NOTIFY_SOCKET": "@toeline-test-notify"}) as told_to:
            told_to.ready()
        assert told(listening) == ["READY=1", "STOPPING=1"]


def test_nobody_is_told_anything_without_a_service_manager() -> None:
    with ServiceManager({}) as told_to:
        told_to.ready()
        told_to.alive()


def test_a_service_manager_that_went_away_or_does_not_read_holds_nothing_up(
    manager: socket.socket, tmp_path: Path
) -> None:
    with ServiceManager({"NOTIFY_SOCKET": manager.getsockname()}) as told_to:
        for _ in range(5000):
            told_to.alive()
        manager.close()
        (tmp_path / "notify").unlink()
        told_to.alive()


def test_an_address_of_another_kind_is_said_and_left_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ServiceManager({"NOTIFY_SOCKET": "vsock:2:1234"}) as told_to:
        told_to.ready()
    assert "vsock:2:1234 is no socket here" in caplog.text
