"""Sessions of patients who were mixed up are put right, never silently."""

import fcntl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from stored import HEAD

from edge.messages.errors import RecordError
from edge.record.recording_lock import LOCK
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.whose import assign, merge

NOW = datetime(2026, 1, 31, 9, 5, 7, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def begun(store: Store, *runners: str) -> list[StoredSession]:
    """Return one session of each runner, a minute apart; empty for nobody."""
    return [
        store.begin(replace(HEAD, runner=runner), NOW + timedelta(minutes=index))
        for index, runner in enumerate(runners)
    ]


def named(store: Store, runner: str) -> list[str]:
    return [session.name for session in store.sessions(runner=runner)][::-1]


def told(store: Store) -> list[str]:
    return [f"{e.who}: {e.detail}" for e in store.audit.entries() if e.what == "assigned"]


def test_a_session_of_the_wrong_patient_is_given_to_the_right_one(store: Store) -> None:
    first, second = begun(store, "R-07", "R-07")
    assert assign(store, first, "R-08", "device 2") == [first.name]
    assert named(store, "R-08") == [first.name]
    assert named(store, "R-07") == [second.name]
    assert told(store) == [f"device 2: {first.name}: R-07 to R-08"]


def test_a_session_that_nobody_named_gets_a_name(store: Store) -> None:
    (session,) = begun(store, "")
    assert assign(store, session, "R-08", "command") == [session.name]
    assert store.session(session.name).head.runner == "R-08"
    assert told(store) == [f"command: {session.name}: nobody to R-08"]


def test_the_sessions_of_one_visit_go_together(store: Store) -> None:
    first, second, other = begun(store, "R-07", "R-07", "R-07")
    store.file.run(
        "INSERT INTO visits (id, name, begun_at, template, template_text, complaint, pain_place, "
        "shoes, video_consent, current, steps) VALUES (1, 'v', '', '', '', '', '', '', 0, '', '[]')"
    )
    store.file.run("UPDATE sessions SET visit = 1 WHERE id IN (?, ?)", first.id, second.id)
    assert assign(store, second, "R-08", "command") == [first.name, second.name]
    assert named(store, "R-07") == [other.name]
    assert len(told(store)) == 2


def test_a_session_that_is_the_runners_already_stays_and_is_no_line(store: Store) -> None:
    (session,) = begun(store, "R-08")
    assert assign(store, session, "R-08", "command") == []
    assert told(store) == []


def test_two_names_of_one_person_become_one_with_a_line_for_each_session(store: Store) -> None:
    sessions = begun(store, "R-07", "R-08", "R-07", "r-07", "")
    changed = [sessions[0].name, sessions[2].name]
    assert merge(store, "R-07", "R-08", "command") == changed
    assert named(store, "R-08") == [session.name for session in sessions[:3]]
    assert named(store, "R-07") == []
    # Another spelling is another person.
    assert named(store, "r-07") == [sessions[3].name]
    assert told(store) == [f"command: {name}: R-07 to R-08" for name in changed]
    assert store.audit.verify().faults == ()


@pytest.mark.parametrize(
    ("other", "into", "said"),
    [
        ("R-09", "R-08", "there is no session of R-09"),
        ("", "R-08", "there is no session of nobody"),
        ("R-07", "R-07", "are the same pseudonym already"),
        ("R-07", "Anna Muster", "'Anna Muster' is no pseudonym"),
        ("R-07", "", "'' is no pseudonym"),
        ("R-07", "R-08\n", "is no pseudonym"),
    ],
)
def test_what_cannot_be_merged_is_said_and_changes_nothing(
    store: Store, other: str, into: str, said: str
) -> None:
    (session, _) = begun(store, "R-07", "")
    with pytest.raises(RecordError, match=said):
        merge(store, other, into, "command")
    assert named(store, "R-07") == [session.name]
    assert told(store) == []


def test_nothing_is_changed_while_one_of_them_is_being_recorded(store: Store) -> None:
    first, second = begun(store, "R-07", "R-07")
    with (second.folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RecordError, match=f"session {second.name} is being recorded"):
            merge(store, "R-07", "R-08", "command")
        with pytest.raises(RecordError, match="is being recorded; end it first"):
            assign(store, second, "R-08", "command")
    assert named(store, "R-07") == [first.name, second.name]
    assert told(store) == []


def test_a_disk_that_refuses_leaves_every_name_and_no_line(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(store, "R-07", "R-07")
    put, lines = store.audit.put, []

    def refusing(*args: object) -> object:
        lines.append(args)
        if len(lines) == 2:
            raise OSError(28, "No space left on device")
        return put(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(store.audit, "put", refusing)
    with pytest.raises(RecordError, match="No space left"):
        merge(store, "R-07", "R-08", "command")
    assert named(store, "R-08") == []
    assert told(store) == []
