"""State of the disk that sessions are recorded to: space checks, errors, retries."""

import logging
from collections.abc import Callable
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Final

from edge.i18n.notices import english_notice
from edge.messages.errors import RecordError, record_error
from edge.messages.notice import Notice
from edge.record.disk_space import mount_of, shortage
from edge.record.moved_aside import moved_aside
from edge.record.salvage import enter_orphans, salvage
from edge.record.sqlite_file import is_damaged
from edge.record.store import DATABASE, Store, has_store
from edge.sinks.video_recorder import RETRY_S

_log = logging.getLogger(__name__)

# Interval between checks of the free space.
_LOOK_S: Final = 5.0


class RecordingDisk:
    """The store on its disk, and the last disk error.

    A folder that vanished while it was recorded to is not made again: it may be on a disk that was
    pulled out. A damaged database is moved aside, and a new one begun with what can be read of it.

    Parameters
    ----------
    data
        The data folder.
    keep_free_mb
        Disk space that must stay free, in MB.
    now
        The wall clock, for labels only.

    Attributes
    ----------
    refused
        Why nothing can be recorded; empty while it can.
    begun_anew
        Why a new store was begun while the station ran; empty if none was.
    failures
        Every reason for which a recording stopped.
    looked
        Whether the last ``look`` checked the disk.
    """

    def __init__(self, data: Path, keep_free_mb: float, now: Callable[[], datetime]) -> None:
        self._data = data
        self._keep_free_mb = keep_free_mb
        self._now = now
        self._store: Store | None = None
        self._mount: Path | None = None
        self._damaged = False
        self._look_at_s = self._retry_at_s = -inf
        self.refused = self.begun_anew = Notice()
        self.failures: list[str] = []
        self.looked = False

    def open(self) -> Store:
        """Return the store; sessions left open by a killed program are ended first."""
        if self._store is None:
            self._require_folder()
            self._store = self._opened()
            self._mount = mount_of(self._data)
            for name in self._store.settle(self._now()):
                _log.warning("session %s was cut off; what was written is kept", name)
        return self._store

    def ready(self) -> Store:
        """Return the store; raises ``RecordError`` if it is gone or space is short."""
        store = self.open()
        store.file.require_in_place()
        if short := shortage(self._data, self._keep_free_mb):
            raise RecordError(f"cannot record to {self._data}: {short}")
        return store

    def look(self, time_s: float) -> None:
        """Check the space every few seconds of capture time; raises ``RecordError`` if short."""
        self.looked = not time_s - self._look_at_s < _LOOK_S
        if self.looked:
            self._look_at_s = time_s
            self.ready().overwrite_deleted()

    def refuse(self, error: RecordError, time_s: float) -> bool:
        """Record a disk error; return whether it is a new one."""
        # A new store can be begun at once; everything else needs time, or somebody's help.
        self._retry_at_s = -inf if is_damaged(error) and not self._damaged else time_s
        self._damaged |= is_damaged(error)
        self._leave_lost_store()
        notice = Notice("recording_stopped", error=str(error))
        if notice == self.refused:
            return False
        self.refused = notice
        said = english_notice(notice)
        self.failures.append(said)
        _log.error("%s", said)
        return True

    def recovers(self, time_s: float) -> bool:
        """Retry after a delay; return whether the disk recovered, raise ``RecordError`` if not."""
        if not self.refused or time_s - self._retry_at_s < RETRY_S:
            return False
        self._retry_at_s = time_s
        self.ready().settle(self._now())
        _log.info("recording goes on: %s", self._data)
        self.refused = Notice()
        return True

    def close(self) -> None:
        """Close the store."""
        store, self._store = self._store, None
        if store is not None:
            store.close()

    def _require_folder(self) -> None:
        """Raise if the folder that was recorded to is gone, or its disk is no longer mounted."""
        if self._mount is None:
            return
        if not self._data.is_dir():
            raise RecordError(f"cannot record to {self._data}: the folder is gone")
        if mount_of(self._data) != self._mount:
            raise RecordError(f"cannot record to {self._data}: {self._mount} is no longer mounted")

    def _opened(self) -> Store:
        there = has_store(self._data)
        if self._damaged and there:
            return self._begun_anew()
        try:
            store = Store(self._data)
        except RecordError as error:
            if not is_damaged(error):
                raise
            return self._begun_anew()
        kept = 0 if there else enter_orphans(store, self._now)
        if kept or not (there or self._mount is None):
            self._say(Notice("store_missing", folder=str(self._data), kept=kept))
        return store

    def _begun_anew(self) -> Store:
        """Move the damaged database aside; return a new store with what can be read of it."""
        try:
            aside = moved_aside(self._data / DATABASE)
        except OSError as error:
            raise record_error(self._data, error) from error
        self._damaged = False
        store = Store(self._data)
        kept = salvage(store, aside, self._now())
        self._say(Notice("store_damaged", file=aside.name, kept=kept))
        return store

    def _say(self, notice: Notice) -> None:
        self.begun_anew = notice
        _log.error("%s", english_notice(notice))

    def _leave_lost_store(self) -> None:
        """Close a store that is damaged or no longer in place: the next attempt opens it anew."""
        if self._store is None:
            return
        try:
            self._store.file.require_in_place()
        except RecordError:
            self._damaged = False
        else:
            if not self._damaged:
                return
        self.close()
