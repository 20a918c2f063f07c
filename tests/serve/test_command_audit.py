"""Who commanded what is in the audit, and a revoked operator commands nothing more."""

import json
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest
from feed import Station, new_hub
from paired_browser import NAME, Browser, answer, paired
from websockets.exceptions import ConnectionClosed
from websockets.sync.connection import Connection

from edge.record.privacy import Privacy
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.wire import commands, protocol
from edge.serve.wire.commands import Done
from edge.serve.wire.status_messages import Answer


class Executed:
    """A controller that notes what it was given."""

    def __init__(self) -> None:
        self.taken: list[commands.Command] = []

    def take(self, command: commands.Command) -> "Future[Done]":
        self.taken.append(command)
        done: Future[Done] = Future()
        limits = isinstance(command, commands.SetThresholds)
        done.set_result(Done("limits", "Not so.") if limits else Done())
        return done


@pytest.fixture
def rights(tmp_path: Path) -> Iterator[Rights]:
    rights = Rights(tmp_path)
    yield rights
    rights.close()


@pytest.fixture
def executed() -> Executed:
    return Executed()


@pytest.fixture
def station(tmp_path: Path, rights: Rights, executed: Executed) -> Iterator[Station]:
    hub = new_hub(name=NAME)
    privacy = Privacy(tmp_path)
    with Station(hub, rights=rights, control=executed, privacy=privacy, name=NAME) as running:
        yield running


def noted(rights: Rights) -> list[str]:
    kinds = ("command", "command failed", "command refused")
    return [f"{e.who} {e.what}: {e.detail}" for e in rights.audit.entries() if e.what in kinds]


def test_every_command_is_in_the_audit_before_it_is_done(
    station: Station, rights: Rights, executed: Executed
) -> None:
    with paired(station, rights, Role.OPERATOR).live() as client:
        answer(client, commands.StartSession(id=1, runner="R-07", belt_speed_mps=2.8))
        answer(client, commands.SetMark(id=2, kind="pain_now", note="the left knee of R-07"))
        answer(client, commands.SetThresholds(id=3, knee_toe_red_pct=5.0))
        answer(client, commands.SetDisplay(id=4, shown=commands.Shown.SKELETON))
        answer(client, commands.SetDisplay(id=5, panels=(commands.Panel.CUE,)))
        answer(client, commands.StopSession(id=6))
    with Browser(station, "127.0.0.1").live() as client:
        answer(client, commands.SetDisplay(id=1, shown=commands.Shown.PICTURE))
    assert noted(rights) == [
        # Neither pseudonym nor note: they go with the session, and the audit stays.
        "device 1 command: start_session belt_speed_mps=2.8",
        "device 1 command: set_mark kind=pain_now",
        "device 1 command: set_thresholds knee_toe_red_pct=5.0",
        "device 1 command failed: set_thresholds knee_toe_red_pct=5.0: limits",
        "device 1 command: set_display shown=skeleton",
        "device 1 command: set_display panels=cue",
        "device 1 command: stop_session",
        "the station itself command: set_display shown=picture",
    ]
    assert len(executed.taken) == 4
    assert rights.audit.verify().faults == ()


def test_a_viewers_try_is_in_the_audit_once(
    station: Station, rights: Rights, executed: Executed
) -> None:
    with paired(station, rights, Role.VIEWER).live() as client:
        for number in range(5):
            assert answer(client, commands.StopSession(id=number)).code == "viewer"
    assert noted(rights) == ["device 1 command refused: stop_session"]
    assert executed.taken == []


def test_what_cannot_be_audited_is_not_done_for_a_device(
    station: Station, rights: Rights, executed: Executed
) -> None:
    with paired(station, rights, Role.OPERATOR).live() as client:
        answer(client, commands.StopSession(id=1))
        with rights.audit._file.transaction() as database:
            database.execute("ALTER TABLE audit RENAME TO gone")
        assert answer(client, commands.StopSession(id=2)).code == "disk"
    assert len(executed.taken) == 1
    with Browser(station, "127.0.0.1").live() as client:
        # Somebody at the station can always stop what they see.
        assert answer(client, commands.StopSession(id=3)).ok
    assert len(executed.taken) == 2


def answers_until_closed(client: Connection) -> list[str]:
    codes: list[str] = []
    with suppress(ConnectionClosed):
        while True:
            data = client.recv(timeout=20)
            message = protocol.decode_text(data) if isinstance(data, str) else None
            if isinstance(message, Answer):
                codes.append(message.code)
    return codes


@pytest.mark.parametrize("how", ["another program", "another operator", "the tablet itself"])
def test_no_command_of_a_revoked_operator_is_obeyed(
    how: str, station: Station, rights: Rights, executed: Executed, tmp_path: Path
) -> None:
    operator = paired(station, rights, Role.OPERATOR)
    with operator.live() as client:
        assert answer(client, commands.StopSession(id=1)).ok
        if how == "another program":
            other = Rights(tmp_path)
            assert other.pairings.revoke(1, "toeline pair")
            other.close()
        elif how == "another operator":
            local = Browser(station, "127.0.0.1")
            assert local.ask("DELETE", "/api/devices/1")[0] == 204
        else:
            assert operator.ask("DELETE", "/api/me")[0] == 204
        with suppress(ConnectionClosed):
            for number in range(2, 20):
                client.send(protocol.encode_text(commands.StopSession(id=number)))
        assert "ok" not in answers_until_closed(client)
        assert (client.close_code, client.close_reason) == (4401, "this pairing was ended")
    assert len(executed.taken) == 1


def test_a_command_that_waits_when_its_device_is_revoked_is_dropped(
    tmp_path: Path, rights: Rights
) -> None:
    class Busy(Executed):
        """A controller that is still at something else."""

        def __init__(self) -> None:
            super().__init__()
            self.waiting: Future[Done] = Future()

        def take(self, command: commands.Command) -> "Future[Done]":
            self.taken.append(command)
            return self.waiting

    busy = Busy()
    with Station(new_hub(name=NAME), rights=rights, control=busy, name=NAME) as station:
        with paired(station, rights, Role.OPERATOR).live() as client:
            client.send(protocol.encode_text(commands.StopSession(id=1)))
            local = Browser(station, "127.0.0.1")
            while not busy.taken:
                local.ask("GET", "/api/me")
            assert local.ask("DELETE", "/api/devices/1")[0] == 204
            answers_until_closed(client)
        # Taken back before the controller came to it.
        assert busy.waiting.cancelled()


def test_the_audit_is_told_to_an_operator(station: Station, rights: Rights) -> None:
    operator = paired(station, rights, Role.OPERATOR)
    with operator.live() as client:
        answer(client, commands.StopSession(id=1))
    lines = json.loads(operator.ask("GET", "/api/audit")[2])
    assert [line["what"] for line in lines] == ["code made", "paired", "viewed", "command"]
