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


def copies_of(path: Path) -> list[Path]:
    """Return the damaged databases that were moved aside from a path, the oldest first."""
    found = path.parent.glob(f"{path.name}.damaged-*")
    copies = [copy for copy in found if copy.suffix.removeprefix(".damaged-").isdigit()]
    return sorted(copies, key=written_s)


def written_s(copy: Path) -> float:
    """Return when a moved database was last written, seconds since 1970."""
    return max(file.stat().st_mtime for file in files_of(copy))


def files_of(copy: Path) -> list[Path]:
    """Return a moved database and what SQLite keeps beside it, as far as it is there."""
    return [file for ending in _ENDINGS if (file := Path(f"{copy}{ending}")).exists()]
