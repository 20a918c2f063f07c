"""Damaged files, moved aside under a new name."""

from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

# A database, and what SQLite keeps beside it.
_ENDINGS: Final = ("", "-wal", "-shm")


def moved_aside(path: Path) -> Path:
    """Rename a damaged database and what SQLite keeps beside it; return the first free name.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    for ending in _ENDINGS:
        with suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{aside}{ending}")
    return aside
