"""Sessions as text: the list of all, and the details of one."""

from collections.abc import Iterator
from math import isfinite

from edge.numerics.speed_units import SpeedUnit, speed_in
from edge.record.recording_lock import being_recorded
from edge.record.session_speed import speed_of
from edge.record.store import Store
from edge.record.stored_session import StoredSession


def table_of(store: Store, sessions: list[StoredSession]) -> Iterator[str]:
    """Yield the lines of the list."""
    if not sessions:
        yield "no sessions"
        return
    yield f"{'session':24} {'runner':12} {'minutes':>7} {'strides':>7} {'valid':>6} {'m/s':>5}  end"
    for session in sessions:
        minutes = session.duration_s / 60
        speed = speed_of(store, session).mps
        yield (
            f"{session.name:24} {session.head.runner or '-':12} "
            f"{f'{minutes:.1f}' if isfinite(minutes) else '-':>7} {session.strides:7d} "
            f"{session.valid_strides:6d} {f'{speed:.1f}' if speed else '-':>5}  "
            f"{_end(store, session)}"
        )


def _end(store: Store, session: StoredSession) -> str:
    if session.ended_at:
        return session.end_reason
    return "being recorded" if being_recorded(session.folder) else "interrupted"


def facts_of(store: Store, session: StoredSession) -> Iterator[tuple[str, str]]:
    """Yield the details of a session as label and value."""
    head = session.head
    megabytes = store.read(session).stored_bytes() / 1e6
    yield "session", session.name
    yield "runner", head.runner or "-"
    yield "began", f"{session.begun_at}, started by the {head.begun_by}"
    yield "ended", f"{session.ended_at or '-'}, {_end(store, session)}"
    yield "frames", f"{session.frames} in {session.duration_s:.1f} s"
    yield "strides", f"{session.strides}, {session.valid_strides} of them valid"
    yield "belt", f"{_speed(store, session)}, {head.belt.incline_pct:g} %"
    yield "source", head.source
    yield "model", f"{head.model} {head.model_sha256[:12]}"
    yield "settings", head.config_sha256[:12]
    yield "toeline", head.toeline
    yield "poses", f"{megabytes:.1f} MB in {session.folder}"
    yield "video", _video(store, session)


def _speed(store: Store, session: StoredSession) -> str:
    mps, source = speed_of(store, session)
    if mps is None:
        return "speed unknown"
    return f"{speed_in(mps, SpeedUnit.KMH):.1f} km/h ({mps:.2f} m/s), {source}"


def _video(store: Store, session: StoredSession) -> str:
    reader = store.read(session).video()
    pictures = len(reader.places())
    if not pictures:
        return "none"
    return f"{pictures} pictures of {session.frames} frames, {reader.nbytes() / 1e6:.1f} MB"
