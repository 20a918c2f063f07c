"""Directories of recorded live sessions."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from edge.messages.errors import record_error
from edge.record.private_folder import FOLDER_MODE, make_folder


def session_directory(data_dir: Path, started: datetime) -> Path:
    """Create the directory of a session that begins now.

    Parameters
    ----------
    data_dir
        The folder of all recordings; created if missing.
    started
        When the session began, with a time zone; written in UTC.

    Returns
    -------
    ``data_dir/sessions/2026-01-31T09-05-07Z``, or the same with ``-2``, ``-3``, ... if that name is
    taken. It is new and empty: creating it claims the name.

    Raises
    ------
    ValueError
        If ``started`` has no time zone.
    RecordError
        If it cannot be created.
    """
    if started.tzinfo is None:
        raise ValueError(f"a session's start needs a time zone, got {started.isoformat()}")
    stamp = started.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    sessions = data_dir / "sessions"
    try:
        make_folder(data_dir)
        make_folder(sessions)
        names = (stamp if number == 1 else f"{stamp}-{number}" for number in count(1))
        return next(path for name in names if _made(path := sessions / name))
    except OSError as error:
        raise record_error(sessions, error) from error


def utc(moment: datetime) -> str:
    """Return a time as stored: UTC, to the second, ``2026-01-31T09:05:07Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _made(path: Path) -> bool:
    try:
        path.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        return False
    return True
