"""The audit: whatever is done to its lines behind its back is found."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from edge.messages.errors import AccessError
from edge.record import schema
from edge.record.audit import Audit
from edge.record.audit_head import Head
from edge.record.sqlite_file import SqliteFile
from edge.record.store import DATABASE, Store
from edge.serve.access.pairing_file import FILE_NAME, MIGRATIONS, pairing_file

Tamper = Callable[[sqlite3.Connection], object]


def opened(path: Path) -> SqliteFile:
    return pairing_file(path)


def add(folder: Path, count: int = 5) -> None:
    file = opened(folder)
    audit = Audit(file, lambda: 1.7e9)
    for number in range(count):
        audit.add("viewed", f"device {number}", "live")
    file.close()


def tampered(folder: Path, *statements: str) -> None:
    """Change the file as somebody would who has it, and no scruples."""
    with sqlite3.connect(folder / FILE_NAME) as database:
        for name in ("audit_is_never_changed", "audit_is_never_shortened"):
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
    database.close()


def faults(folder: Path) -> tuple[str, ...]:
    file = opened(folder)
    try:
        return Audit(file).verify().faults
    finally:
        file.close()


def head_path(folder: Path) -> Path:
    return folder / f"{FILE_NAME}.audit-head"


def test_an_audit_that_nobody_touched_is_intact(tmp_path: Path) -> None:
    file = opened(tmp_path)
    assert Audit(file).verify().faults == ()
    file.close()
    add(tmp_path)
    file = opened(tmp_path)
    found = Audit(file).verify()
    assert (found.lines, found.unchained, found.faults) == (5, 0, ())
    assert found.head.number == 5
    assert len(found.head.hash) == 64
    file.close()


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["UPDATE audit SET actor = 'nobody' WHERE id = 3"], "line 3 was altered"),
        (["UPDATE audit SET done_at = '2020-01-01T00:00:00.000Z' WHERE id = 5"], "line 5 was"),
        (["UPDATE audit SET hash = '' WHERE id = 3"], "line 3 was altered"),
        (["DELETE FROM audit WHERE id = 3"], "line 3 is missing"),
        (["DELETE FROM audit WHERE id IN (2, 3)"], "lines 2 to 3 are missing"),
        (["DELETE FROM audit WHERE id = 1"], "line 1 is missing"),
        (["DELETE FROM audit WHERE id = 5"], "line 5 is missing"),
        # Lines that close up behind one that was removed.
        (
            ["DELETE FROM audit WHERE id = 3", "UPDATE audit SET id = id - 1 WHERE id > 3"],
            "line 3 was altered",
        ),
        # Two lines in the other order.
        (
            [
                "UPDATE audit SET id = 99 WHERE id = 2",
                "UPDATE audit SET id = 2 WHERE id = 3",
                "UPDATE audit SET id = 3 WHERE id = 99",
            ],
            "line 2 was altered",
        ),
        # The end cut off, and the counter with it: only the head knows.
        (
            ["DELETE FROM audit WHERE id > 3", "UPDATE sqlite_sequence SET seq = 3"],
            "lines 4 to 5 are missing",
        ),
        (["DELETE FROM audit", "DELETE FROM sqlite_sequence"], "lines 1 to 5 are missing"),
    ],
)
def test_a_line_that_was_altered_removed_or_moved_is_found(
    statements: list[str], sentence: str, tmp_path: Path
) -> None:
    add(tmp_path)
    tampered(tmp_path, *statements)
    assert any(fault.startswith(sentence) for fault in faults(tmp_path)), faults(tmp_path)


def test_a_line_replaced_by_a_forged_chain_does_not_fit_the_head(tmp_path: Path) -> None:
    add(tmp_path)
    head = head_path(tmp_path).read_bytes()
    tampered(tmp_path, "DELETE FROM audit", "DELETE FROM sqlite_sequence")
    head_path(tmp_path).unlink()
    file = opened(tmp_path)
    for number in range(5):
        Audit(file, lambda: 1.7e9).add("viewed", f"device {number}", "nothing happened")
    file.close()
    head_path(tmp_path).write_bytes(head)
    assert faults(tmp_path) == ("line 5 is not the one that was written",)


@pytest.mark.parametrize("head", [None, b"", b"5 abc\n", b"\xff" * 86, b"0" * 85 + b"\n"])
def test_a_head_that_is_gone_or_torn_is_told_and_does_no_harm(
    head: bytes | None, tmp_path: Path
) -> None:
    add(tmp_path)
    head_path(tmp_path).unlink()
    if head is not None:
        head_path(tmp_path).write_bytes(head)
    (sentence,) = faults(tmp_path)
    assert "cannot be read" in sentence or "is not the one" in sentence
    # The next line goes on, and does not hide it.
    add(tmp_path, 2)
    (sentence,) = faults(tmp_path)
    assert sentence.startswith("line 6 says: ")


def test_lines_cut_off_are_told_after_the_next_line_too(tmp_path: Path) -> None:
    add(tmp_path)
    tampered(tmp_path, "DELETE FROM audit WHERE id > 3", "UPDATE sqlite_sequence SET seq = 3")
    add(tmp_path, 2)
    assert faults(tmp_path) == ("line 4 says: lines 4 to 5 are missing",)
    file = opened(tmp_path)
    assert [entry.what for entry in Audit(file).entries()] == [
        *["viewed"] * 3,
        "audit damaged",
        *["viewed"] * 2,
    ]
    file.close()


def test_a_head_left_behind_by_a_power_cut_is_no_fault(tmp_path: Path) -> None:
    add(tmp_path, 3)
    head = head_path(tmp_path).read_bytes()
    add(tmp_path, 2)
    head_path(tmp_path).write_bytes(head)
    assert faults(tmp_path) == ()
    head_path(tmp_path).unlink()
    head_path(tmp_path).mkdir()
    # The line is written even where the head cannot be.
    add(tmp_path, 1)
    assert all("cannot be read" in fault for fault in faults(tmp_path))


def test_lines_of_an_older_version_are_told_and_sealed_by_the_next(tmp_path: Path) -> None:
    old = SqliteFile(tmp_path / FILE_NAME, MIGRATIONS[:2], AccessError)
    for number in range(3):
        old.run(
            "INSERT INTO audit (done_at, actor, action, detail) "
            "VALUES ('2026-01-01T00:00:00.000Z', ?, 'viewed', '')",
            f"device {number}",
        )
    old.close()
    file = opened(tmp_path)
    found = Audit(file).verify()
    assert (found.lines, found.unchained, found.faults) == (3, 3, ())
    Audit(file).add("paired", "device 4")
    found = Audit(file).verify()
    assert (found.lines, found.unchained, found.faults) == (4, 3, ())
    file.close()
    tampered(tmp_path, "UPDATE audit SET actor = 'nobody' WHERE id = 2")
    assert faults(tmp_path) == ("line 4 was altered, or the one before it was altered or removed",)


def test_programs_that_write_at_once_make_one_chain(tmp_path: Path) -> None:
    threads = [Thread(target=add, args=(tmp_path, 10)) for _ in range(4)]
    opened(tmp_path).close()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults(tmp_path) == ()
    file = opened(tmp_path)
    assert Audit(file).verify().head.number == 40
    file.close()


def test_the_audit_of_the_sessions_is_chained_too(tmp_path: Path) -> None:
    old = SqliteFile(tmp_path / DATABASE, schema.MIGRATIONS[:1], AccessError)
    old.run(
        "INSERT INTO audit (done_at, actor, action, detail) "
        "VALUES ('2026-01-01T00:00:00Z', 'command', 'delete', 'x')"
    )
    old.close()
    with Store(tmp_path) as store:
        store.audit.add("report", "device 1", "2026 html")
        found = store.audit.verify()
        assert (found.lines, found.unchained, found.faults) == (2, 1, ())
        with store.file.transaction() as database:
            database.execute("DROP TRIGGER audit_is_not_deleted")
            database.execute("DELETE FROM audit WHERE id = 2")
        assert store.audit.verify().faults == ("line 2 is missing",)
        assert store.audit.verify().head == Head(number=1, hash="")


def test_what_a_line_says_is_one_printable_line(tmp_path: Path) -> None:
    file = opened(tmp_path)
    audit = Audit(file)
    audit.add("viewed\n", "tab\x1b[31mlet", "a\u202e\x00b" + "x" * 999)
    (entry,) = audit.entries()
    assert (entry.what, entry.who) == ("viewed", "tab [31mlet")
    assert len(entry.detail) <= 200
    assert audit.verify().faults == ()
    file.close()
