"""The archive of the recorded sessions in one data folder."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from threading import Lock
from typing import Any, Final

from edge.export.formats import Format
from edge.i18n.word_catalogue import DEFAULT
from edge.messages.errors import RecordError
from edge.messages.visit import Block
from edge.record import whose
from edge.record.audit import Entry, Verified
from edge.record.block_cuts import Cut, CutError, recut_session
from edge.record.disk_space import free_bytes
from edge.record.moved_aside import copies_of
from edge.record.numbers import number
from edge.record.privacy import Privacy
from edge.record.recording_lock import being_recorded
from edge.record.session_speed import speed_of
from edge.record.store import Store, has_store
from edge.record.stored_session import INTERRUPTED, StoredSession
from edge.record.visits import blocks_of
from edge.serve.sessions.archive import (
    ArchiveError,
    BeingRecordedError,
    Comparison,
    CutRefusedError,
    ExperimentFormat,
    GivenOut,
    KeptBlock,
    KeptSession,
    Made,
    NoSuchSessionError,
    ReportFormat,
    State,
)
from edge.serve.sessions.job_runner import JobRunner
from edge.serve.sessions.job_task import Task, What
from edge.settings.clinic_settings import ClinicSettings

# Another look within this time does not count as a new view; as for the live view.
SAME_VIEW_S: Final = 600.0
_MOST_REMEMBERED: Final = 256
# Poses as text take about twice their stored size, and exist twice while being zipped.
_EXPORT_SIZE: Final = 4


class SessionArchive:
    """The ``Archive`` of one data folder; each call opens the store anew.

    Parameters
    ----------
    data
        The data folder; it need not exist yet.
    keep_free_mb
        Disk space that an export must leave free for recording, in MB.
    privacy
        Whether reports leave out every picture.
    clinic
        Whose name is on sheets and letters.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        data: Path,
        keep_free_mb: float,
        privacy: Privacy | None = None,
        clinic: ClinicSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._data = data
        self._privacy = privacy or Privacy()
        self._clinic = clinic or ClinicSettings()
        self._keep_free = int(keep_free_mb * 1e6)
        self._clock = clock
        self._job_runner = JobRunner(data)
        self._lock = Lock()
        self._viewed_s: OrderedDict[tuple[str, str], float] = OrderedDict()

    def sessions(self, who: str, *, runner: str, most: int, skip: int) -> list[KeptSession]:
        """Return sessions, newest first; only those of ``runner`` unless it is empty."""
        with _sentences():
            if not has_store(self._data):
                return []
        with self._store() as store:
            found = store.sessions(runner=runner or None, most=most, skip=skip)
            self._view(store, who, "the list of sessions")
            return [_told(store, session) for session in found]

    def compared(self, who: str, names: tuple[str, str]) -> Comparison:
        """Return what changed between two sessions, earlier first."""
        with self._store() as store:
            first, second = self._in_order(store, names)
            self._view(store, who, f"{first} and {second}")
        made = self._job_runner.make(self._task(What.COMPARISON, (first, second)))
        try:
            return Comparison.model_validate_json(made.path.read_bytes())
        finally:
            made.discard()

    def report(
        self, who: str, names: Sequence[str], kind: ReportFormat, language: str = DEFAULT
    ) -> Made:
        """Make a report of one session, or of several visits in order of time."""
        with self._store() as store:
            ordered = self._in_order(store, names)
            for name in ordered:
                store.audit.add("report", who, f"{name} {kind}")
        return self._job_runner.make(self._task(What.REPORT, ordered, kind, language=language))

    def experiment(
        self, who: str, name: str, kind: ExperimentFormat, language: str = DEFAULT
    ) -> Made:
        """Compare the blocks of a session's visit with its baseline."""
        with self._store() as store:
            _session(store, name)
            self._view(store, who, f"the blocks of {name}")
        return self._job_runner.make(self._task(What.EXPERIMENT, (name,), kind, language=language))

    def document(
        self,
        who: str,
        what: GivenOut,
        names: Sequence[str],
        kind: ReportFormat,
        language: str = DEFAULT,
    ) -> Made:
        """Make a sheet or letter on one session, or on two of a runner."""
        with self._store() as store:
            ordered = self._in_order(store, names)
            for name in ordered:
                store.audit.add(what.value, who, f"{name} {kind}")
        how = {"language": language, "clinic": self._clinic}
        return self._job_runner.make(self._task(What(what.value), ordered, kind, **how))

    def outline(self, who: str, name: str) -> Made:
        """Return a session's begin, end and strides as JSON."""
        return self._watched(What.OUTLINE, who, name)

    def frames(self, who: str, name: str, from_s: float, to_s: float) -> Made:
        """Return the frames between two capture times, as the replay has them."""
        return self._watched(What.FRAMES, who, name, from_s=from_s, to_s=to_s)

    def _watched(self, what: What, who: str, name: str, **how: Any) -> Made:
        with self._store() as store:
            self._view(store, who, f"{_session(store, name).name} as a replay")
        return self._job_runner.make(self._task(what, (name,), **how))

    def export(self, who: str, name: str, kind: Format, leg_m: float) -> Made:
        """Export a session to a file."""
        with self._store() as store:
            session = _session(store, name)
            self._see_to_room(_EXPORT_SIZE * store.read(session).stored_bytes())
            store.audit.add("export", who, f"{name} {kind}")
        return self._job_runner.make(self._task(What.EXPORT, (name,), kind, leg_m=leg_m))

    def delete(self, who: str, name: str) -> list[str]:
        """Delete a session permanently; return the damaged stores that may still hold rows of it.

        Unlike ``toeline sessions delete``, this does not shrink the file: that would block a
        recording for seconds. The next session reuses the space.
        """
        with self._store() as store:
            session = _session(store, name)
            if being_recorded(session.folder):
                raise BeingRecordedError(f"session {name} is being recorded; end it first")
            # Before: what cannot be written down is not done.
            store.audit.add("delete", who, name)
            store.delete(session)
            return [copy.name for copy in copies_of(store.file.path)]

    def blocks(self, who: str, name: str) -> list[KeptBlock]:
        """Return the blocks of a session by time."""
        with self._store() as store:
            session = _session(store, name)
            self._view(store, who, f"the blocks of {name}")
            return [_block_told(block, session) for block in blocks_of(store, session)]

    def cut(self, who: str, name: str, cuts: Sequence[Cut]) -> list[KeptBlock]:
        """Cut a session into blocks, in place of earlier cuts; return all its blocks."""
        with self._store() as store:
            session = _session(store, name)
            if being_recorded(session.folder):
                raise BeingRecordedError(f"session {name} is being recorded; end it first")
            try:
                recut_session(store, session, cuts, who)
            except CutError as error:
                raise CutRefusedError(str(error)) from error
            return [_block_told(block, session) for block in blocks_of(store, session)]

    def assign(self, who: str, name: str, runner: str) -> list[str]:
        """Give a session to a runner; return the names of the sessions that were changed."""
        with self._store() as store:
            session = _session(store, name)
            if being_recorded(session.folder):
                raise BeingRecordedError(f"session {name} is being recorded; end it first")
            return whose.assign(store, session, runner, who)

    def merge(self, who: str, other: str, into: str) -> list[str]:
        """Give all sessions of one runner to another; return their names."""
        with self._store() as store:
            theirs = store.sessions(runner=other)
            if not theirs or other == into:
                raise NoSuchSessionError(f"there is no session of {other} to give to {into}")
            for session in theirs:
                if being_recorded(session.folder):
                    raise BeingRecordedError(
                        f"session {session.name} is being recorded; end it first"
                    )
            return whose.merge(store, other, into, who)

    def audited(self, most: int) -> list[Entry]:
        """Return the last lines of the audit of the sessions, newest last."""
        with _sentences():
            return audit_lines(self._data, most)

    def close(self) -> None:
        """Cancel the job in progress."""
        self._job_runner.close()

    @contextmanager
    def _store(self) -> Iterator[Store]:
        with _sentences():
            if not has_store(self._data):
                raise NoSuchSessionError("nothing has been recorded yet")
            with Store(self._data, create=False) as store:
                yield store

    def _in_order(self, store: Store, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names of existing sessions in the order of recording."""
        found = [_session(store, name) for name in dict.fromkeys(names)]
        if len(found) < len(names):
            raise NoSuchSessionError("give different sessions")
        return tuple(s.name for s in sorted(found, key=lambda s: s.id))

    def _task(self, what: What, names: tuple[str, ...], kind: str = "", **how: Any) -> Task:
        data = str(self._data.absolute())
        hidden = self._privacy.skeleton_only
        return Task(what=what, data=data, names=names, kind=kind, skeleton_only=hidden, **how)

    def _view(self, store: Store, who: str, what: str) -> None:
        """Record a view in the audit, at most once in ten minutes."""
        with self._lock:
            now_s = self._clock()
            seen_s = self._viewed_s.pop((who, what), None)
            again = seen_s is not None and now_s - seen_s < SAME_VIEW_S
            if not again:
                store.audit.add("viewed", who, what)
                seen_s = now_s
            assert seen_s is not None
            self._viewed_s[who, what] = seen_s
            if len(self._viewed_s) > _MOST_REMEMBERED:
                self._viewed_s.popitem(last=False)

    def _see_to_room(self, needed: int) -> None:
        if free_bytes(self._data) < needed + self._keep_free:
            raise ArchiveError("the disk has too little room for an export")


def audit_lines(data: Path, most: int) -> list[Entry]:
    """Return the last lines of the store's audit, newest last; empty if there is no store.

    Raises
    ------
    RecordError
        If the store cannot be read.
    """
    if not has_store(data):
        return []
    with Store(data, create=False) as store:
        return store.audit.entries(most)


def verified_audit(data: Path) -> Verified | None:
    """Return what is wrong with the store's audit; None if there is no store.

    Raises
    ------
    RecordError
        If the store cannot be read.
    """
    if not has_store(data):
        return None
    with Store(data, create=False) as store:
        return store.audit.verify()


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except RecordError as error:
        raise ArchiveError(str(error)) from error


def _session(store: Store, name: str) -> StoredSession:
    """Return the session with exactly this name: a prefix match could delete another."""
    found = next((s for s in store.sessions(name=name)), None)
    if found is None:
        raise NoSuchSessionError(f"there is no session {name}")
    return found


def _block_told(block: Block, session: StoredSession) -> KeptBlock:
    return KeptBlock(
        number=block.number,
        step=block.step,
        kind=block.kind,
        cue=block.cue,
        side=block.side,
        from_s=block.start_s - session.origin_s,
        to_s=number(block.end_s - session.origin_s),
        belt_speed_mps=number(block.speed_mps),
        feedback_pct=number(block.feedback_pct),
        state=block.state,
        split=block.split,
    )


def _told(store: Store, session: StoredSession) -> KeptSession:
    head, speed = session.head, speed_of(store, session)
    return KeptSession(
        name=session.name,
        begun_at=session.begun_at,
        state=_state(store, session),
        runner=head.runner,
        belt_speed_mps=speed.mps,
        belt_speed_source=speed.source,
        incline_pct=head.belt.incline_pct,
        duration_s=session.duration_s if isfinite(session.duration_s) else None,
        frames=session.frames,
        strides=session.strides,
        valid_strides=session.valid_strides,
    )


def _state(store: Store, session: StoredSession) -> State:
    if session.ended_at:
        return State.INTERRUPTED if session.end_reason == INTERRUPTED else State.ENDED
    return State.RECORDING if being_recorded(session.folder) else State.INTERRUPTED
