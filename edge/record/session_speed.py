"""The belt speed of a whole session, for lists."""

from typing import NamedTuple

from edge.record.belt_series import stretches_of
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.summary import SPEED_SOURCES


class SessionSpeed(NamedTuple):
    """Belt speed in m/s, and ``entered``, ``treadmill`` or ``estimated``; None if unknown."""

    mps: float | None
    source: str | None


def speed_of(store: Store, session: StoredSession) -> SessionSpeed:
    """Return the belt speed in force at the end of a session, or the last before the belt stopped.

    Parameters
    ----------
    store, session
        The session and its store.
    """
    summary = session.summary or {}
    if summary.get("belt_speed_mps"):
        return SessionSpeed(summary["belt_speed_mps"], summary.get("belt_speed_source"))
    stretches = stretches_of(store.read(session).belt(), session.last_s)
    if not stretches:
        return SessionSpeed(None, None)
    return SessionSpeed(stretches[-1].speed_mps, SPEED_SOURCES[stretches[-1].source])
