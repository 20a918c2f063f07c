"""State of the disk that sessions are recorded to: space checks, errors, retries."""

import logging
from collections.abc import Callable
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Final

from edge.i18n.notices import english_notice
from edge.messages.errors import RecordError
from edge.messages.notice import Notice
from edge.record.disk_space import shortage
from edge.record.store import Store
from edge.sinks.video_recorder import RETRY_S

_log = logging.getLogger(__name__)

# Interval between checks of the free space.
_LOOK_S: Final = 5.0


class RecordingDisk:
    """The store on its disk, and the last disk error.

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
        self._look_at_s = self._retry_at_s = -inf
        self.refused = Notice()
        self.failures: list[str] = []
        self.looked = False

    def open(self) -> Store:
        """Return the store; sessions left open by a killed program are ended first."""
        if self._store is None:
            self._store = Store(self._data)
            for name in self._store.settle(self._now()):
                _log.warning("session %s was cut off; what was written is kept", name)
        return self._store

    def ready(self) -> Store:
        """Return the store; raises ``RecordError`` if it cannot be opened or space is short."""
        store = self.open()
        if short := shortage(self._data, self._keep_free_mb):
            raise RecordError(f"cannot record to {self._data}: {short}")
        return store

    def look(self, time_s: float) -> None:
        """Check the space every few seconds of capture time; raises ``RecordError`` if short."""
        self.looked = not time_s - self._look_at_s < _LOOK_S
        if self.looked:
            self._look_at_s = time_s
            self.ready()

    def refuse(self, error: RecordError, time_s: float) -> bool:
        """Record a disk error; return whether it is a new one."""
        self._retry_at_s = time_s
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
