import sqlite3
import stat
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Barrier, Thread

import pytest

from edge.messages.errors import AccessError
from edge.record.audit import Entry
from edge.record.sqlite_file import SqliteFile
from edge.record.station_clock import ClockReading
from edge.serve.access.pairing_file import FILE_NAME, MIGRATIONS, pairing_file
from edge.serve.access.pairing_store import CODE_LIFE_S, TOKEN_LIFE_S
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role


class Clock:
    """Wall-clock seconds, and time since boot, that a test sets."""

    def __init__(self) -> None:
        self.now = 1.7e9
        self.up = ClockReading(boot="first", boot_s=1000.0, wall_s=0.0, synchronised=True)

    def __call__(self) -> float:
        return self.now

    def since_boot(self) -> ClockReading:
        return self.up

    def passes(self, seconds: float) -> None:
        self.now += seconds
        self.up = replace(self.up, boot_s=self.up.boot_s + seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rights(tmp_path: Path, clock: Clock) -> Rights:
    return Rights(tmp_path, clock, clock.since_boot)


def test_a_code_lets_one_device_in_once(rights: Rights) -> None:
    code = rights.pairings.new_code(Role.OPERATOR, "test")
    paired = rights.pairings.redeem(code.text, "tablet", "10.0.0.9")
    assert paired is not None
    token, device = paired
    assert (device.role, device.label) == (Role.OPERATOR, "tablet")
    assert rights.pairings.device(token) == device
    assert rights.pairings.redeem(code.text, "other", "10.0.0.9") is None
    assert rights.pairings.redeem(code.digits, "other", "10.0.0.9") is None


def test_the_eight_digits_do_as_well_with_the_gap_that_people_type(rights: Rights) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "test")
    assert len(code.digits) == 8
    assert code.digits.isdigit()
    assert rights.pairings.redeem(f"{code.digits[:4]} {code.digits[4:]}", "", "x") is not None


def test_an_expired_code_is_refused(rights: Rights, clock: Clock) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "test")
    clock.passes(CODE_LIFE_S)
    assert rights.pairings.redeem(code.text, "", "x") is None


def test_an_unused_code_stays_dead_when_the_clock_goes_back(rights: Rights, clock: Clock) -> None:
    code = rights.pairings.new_code(Role.OPERATOR, "test")
    clock.passes(CODE_LIFE_S + 1)
    clock.now -= 3600
    assert rights.pairings.redeem(code.text, "", "x") is None
    assert rights.pairings.redeem(code.digits, "", "x") is None


def test_a_clock_set_forward_does_not_end_a_code(rights: Rights, clock: Clock) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "test")
    clock.now += 3600
    assert rights.pairings.redeem(code.text, "", "x") is not None


def test_a_code_does_not_survive_a_restart_of_the_machine(rights: Rights, clock: Clock) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "test")
    clock.up = replace(clock.up, boot="second", boot_s=5.0)
    assert rights.pairings.redeem(code.text, "", "x") is None


def test_an_expired_pairing_stays_ended_when_the_clock_goes_back(
    rights: Rights, clock: Clock
) -> None:
    token, _ = rights.pairings.new_token(Role.VIEWER, "a program", "test")
    clock.now += TOKEN_LIFE_S
    assert rights.pairings.device(token) is None
    clock.now -= TOKEN_LIFE_S
    assert rights.pairings.device(token) is None


def test_a_label_is_one_printable_line(rights: Rights) -> None:
    label = "tab\x1b[31m\u202elet\n\x00 7"
    assert rights.pairings.new_token(Role.VIEWER, label, "test")[1].label == "tab [31m let 7"


def test_a_flood_of_wrong_codes_is_summed_up(rights: Rights, clock: Clock) -> None:
    for number in range(100):
        rights.pairings.redeem(f"{number:08d}", "", "10.0.0.9")
    clock.passes(60)
    rights.pairings.redeem("wrong", "", "10.0.0.9")
    refused = [e for e in rights.audit.entries() if e.what == "code refused"]
    assert len(refused) == 31
    assert refused[-1].detail == "after 70 more"


@pytest.mark.parametrize("said", ["", "00000000", "' OR 1=1 --", "x" * 64])
def test_a_wrong_code_is_refused_and_written_down(rights: Rights, said: str) -> None:
    rights.pairings.new_code(Role.VIEWER, "test")
    assert rights.pairings.redeem(said, "", "10.0.0.9") is None
    last = rights.audit.entries()[-1]
    assert (last.what, last.who) == ("code refused", "10.0.0.9")


def test_of_many_who_redeem_one_code_at_once_one_gets_in(tmp_path: Path) -> None:
    # Each with a separate connection, as with several programs.
    everyone = [Rights(tmp_path) for _ in range(8)]
    code = everyone[0].pairings.new_code(Role.VIEWER, "test")
    together = Barrier(len(everyone))
    got: list[object] = []

    def redeem(rights: Rights) -> None:
        together.wait()
        got.append(rights.pairings.redeem(code.text, "", "x"))

    threads = [Thread(target=redeem, args=(rights,)) for rights in everyone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([g for g in got if g is not None]) == 1


def test_a_revoked_or_old_token_is_unknown(rights: Rights, clock: Clock) -> None:
    token, device = rights.pairings.new_token(Role.VIEWER, "a program", "test")
    assert rights.pairings.revoke(device.id, "test")
    assert rights.pairings.device(token) is None
    assert not rights.pairings.revoke(device.id, "test")
    token, _ = rights.pairings.new_token(Role.VIEWER, "a program", "test")
    clock.now += TOKEN_LIFE_S
    assert rights.pairings.device(token) is None
    assert rights.pairings.devices() == []


def test_no_secret_is_in_the_file(rights: Rights, tmp_path: Path) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "test")
    token, _ = rights.pairings.new_token(Role.VIEWER, "a program", "test")
    rights.close()
    written = b"".join(p.read_bytes() for p in (tmp_path / "access").iterdir())
    for secret in (code.text, code.digits, token):
        assert secret.encode() not in written


def test_the_file_is_for_its_owner_alone(rights: Rights, tmp_path: Path) -> None:
    rights.pairings.new_code(Role.VIEWER, "test")
    for path in (tmp_path / "access").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_audit_cannot_be_changed_or_shortened(rights: Rights, tmp_path: Path) -> None:
    rights.audit.add("viewed", "device 3", "tablet")
    with sqlite3.connect(tmp_path / "access" / FILE_NAME) as other:
        for statement in ("UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                other.execute(statement)
    other.close()
    assert [(e.what, e.who, e.detail) for e in rights.audit.entries()] == [
        ("viewed", "device 3", "tablet")
    ]


def test_pairing_is_written_down_from_code_to_end(rights: Rights) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "the station itself")
    paired = rights.pairings.redeem(code.text, "tablet", "10.0.0.9")
    assert paired is not None
    rights.pairings.revoke(paired[1].id, "device 7")
    assert [(e.what, e.who) for e in rights.audit.entries()] == [
        ("code made", "the station itself"),
        ("paired", "device 1"),
        ("revoked", "device 7"),
    ]


def test_what_a_screen_was_asked_to_show_is_asked_once(rights: Rights) -> None:
    assert rights.pairings.asked_to_show() is None
    rights.pairings.ask_to_show(Role.OPERATOR)
    assert rights.pairings.asked_to_show() is Role.OPERATOR
    assert rights.pairings.asked_to_show() is None


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database, but long enough to be looked at" * 9)
    with pytest.raises(AccessError, match=r"^cannot use .*access.sqlite: file is not a database$"):
        pairing_file(tmp_path)


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    pairing_file(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as other:
        other.execute("PRAGMA user_version=99")
    other.close()
    with pytest.raises(AccessError, match="newer Toeline"):
        pairing_file(tmp_path)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AccessError, match=r"^cannot use .*: Not a directory$"):
        Rights(tmp_path / "file")


def test_a_file_of_the_first_version_keeps_its_devices_and_its_audit(tmp_path: Path) -> None:
    folder = tmp_path / "access"
    old = SqliteFile(folder / FILE_NAME, MIGRATIONS[:1], AccessError)
    old.run(
        "INSERT INTO device (token_hash, role, label, paired_at) VALUES (?, 'viewer', 'old', ?)",
        sha256(b"token").hexdigest(),
        1_700_000_000.0,
    )
    old.run("INSERT INTO audit (at, what, who, detail) VALUES (1.7e9 + 0.25, 'paired', 'a', 'b')")
    old.close()
    rights = Rights(tmp_path, lambda: 1_700_000_100.0)
    device = rights.pairings.device("token")
    assert device is not None
    assert device.label == "old"
    rights.audit.add("viewed", "device 1")
    assert rights.audit.entries() == [
        Entry(at=1_700_000_000.25, what="paired", who="a", detail="b"),
        Entry(at=1_700_000_100.0, what="viewed", who="device 1", detail=""),
    ]
    rights.close()
