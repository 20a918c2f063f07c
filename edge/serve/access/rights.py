"""The pairings and the audit of one data folder."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge.record.audit import Audit
from edge.record.station_clock import ClockReading, read_clock
from edge.serve.access.pairing_file import pairing_file
from edge.serve.access.pairing_store import PairingStore

_FOLDER: Final = "access"


class Rights:
    """The pairings and the audit; the station and each command-line call open their own.

    Parameters
    ----------
    data
        The data folder; the file is in a subfolder.
    clock
        Wall-clock seconds since 1970.
    since_boot
        The clock by which codes end.
    when_needed
        Open the file at its first use: the disk may be well again by then.

    Raises
    ------
    AccessError
        If the file cannot be opened.
    """

    def __init__(
        self,
        data: Path,
        clock: Callable[[], float] = time.time,
        since_boot: Callable[[], ClockReading] = read_clock,
        *,
        when_needed: bool = False,
    ) -> None:
        self._file = pairing_file(data / _FOLDER, when_needed=when_needed)
        self.audit = Audit(self._file, clock)
        self.pairings = PairingStore(self._file, self.audit, clock, since_boot)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def certificates_folder(data: Path) -> Path:
    """Return the folder of the station's certificates inside the data folder."""
    return data / _FOLDER / "certificates"
