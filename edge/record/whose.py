"""Whose a recorded session is, put right afterwards; each change is in the audit."""

from collections.abc import Iterable
from typing import Final

from edge.messages.errors import RecordError
from edge.messages.pseudonym import is_pseudonym
from edge.record.recording_lock import being_recorded
from edge.record.store import Store
from edge.record.stored_session import StoredSession

NOBODY: Final = "nobody"


def assign(store: Store, session: StoredSession, runner: str, who: str) -> list[str]:
    """Give a session to a runner; return the names of the sessions that were changed.

    All sessions of one visit are one person's: they go together. What belongs to a session, such as
    its neutral stance, goes with it.

    Parameters
    ----------
    store
        Open for writing.
    session
        Named or not; not being recorded.
    runner
        A pseudonym, known or new.
    who
        Who asks, for the audit.

    Raises
    ------
    RecordError
        If the text is no pseudonym, a session is being recorded, or the disk fails; nothing is
        changed then.
    """
    together = _of_visit(store, session)
    return _give(store, [each for each in together if each.head.runner != runner], runner, who)


def merge(store: Store, other: str, into: str, who: str) -> list[str]:
    """Give all sessions of one runner to another, because both are the same person.

    Returns
    -------
    The names of the sessions, oldest first.

    Raises
    ------
    RecordError
        Like ``assign``; also if both are the same, or ``other`` has no sessions.
    """
    if other == into:
        raise RecordError(f"{other} and {into} are the same pseudonym already")
    theirs = store.sessions(runner=other)[::-1] if other else []
    if not theirs:
        raise RecordError(f"there is no session of {other or NOBODY}")
    return _give(store, theirs, into, who)


def _of_visit(store: Store, session: StoredSession) -> list[StoredSession]:
    """Return the sessions of the visit that a session belongs to, oldest first, or it alone."""
    rows = store.file.rows(
        "SELECT name FROM sessions WHERE visit = (SELECT visit FROM sessions WHERE id = ?) "
        "ORDER BY id",
        session.id,
    )
    return [store.session(row["name"]) for row in rows] or [session]


def _give(store: Store, sessions: Iterable[StoredSession], runner: str, who: str) -> list[str]:
    """Rename all or none of them, in one transaction with its lines in the audit."""
    if not is_pseudonym(runner):
        raise RecordError(
            f"{runner!r} is no pseudonym: at most 32 letters, digits, dots, hyphens and "
            "underscores, the first a letter or digit"
        )
    if store.file.read_only:
        raise RecordError(f"nothing can be changed: {store.data} is write-protected")
    changed = list(sessions)
    for session in changed:
        if being_recorded(session.folder):
            raise RecordError(f"session {session.name} is being recorded; end it first")
    if not changed:
        return []
    with store.file.transaction() as database:
        for session in changed:
            said = f"{session.name}: {session.head.runner or NOBODY} to {runner}"
            head = store.audit.put(database, "assigned", who, said)
            database.execute("UPDATE sessions SET runner = ? WHERE id = ?", (runner, session.id))
    store.audit.keep(head)
    return [session.name for session in changed]
