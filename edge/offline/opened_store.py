"""Recorded sessions as tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from edge.export.table_files import description, table_columns, tables_of
from edge.offline.column_table import Table
from edge.record.folder_export import summary_of
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.settings import paths


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """One recorded session; its tables are read on access.

    Valid while its store is open. Times count from the session's first frame.
    """

    stored: StoredSession
    store: Store = field(repr=False)

    @property
    def name(self) -> str:
        """The session's name, which begins with its start time in UTC."""
        return self.stored.name

    @property
    def runner(self) -> str:
        """The runner's pseudonym; empty if none was given."""
        return self.stored.head.runner

    @property
    def about(self) -> Mapping[str, Any]:
        """The metadata: start, end, belt, model, counts; as in ``sessions show --json``."""
        return description(self.store, self.stored)

    @property
    def summary(self) -> Mapping[str, Any]:
        """The content of its ``session.json``."""
        return summary_of(self.store, self.stored)

    @property
    def strides(self) -> Table:
        """One row per stride, with the columns of ``strides.csv``."""
        return self._table("strides")

    @property
    def events(self) -> Table:
        """One row per confirmed event, with the columns of ``events.csv``."""
        return self._table("events")

    @property
    def verdicts(self) -> Table:
        """One row per verdict given, whether it changed or not."""
        return self._table("verdicts")

    def _table(self, name: str) -> Table:
        return Table.of(tables_of(self.store, self.stored)[name], table_columns(name))


class Sessions:
    """The recorded sessions of one data folder, newest first; a context manager.

    Sessions are looked up by name, by the start of a name, or as ``last``.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close the store's file."""
        self._store.close()

    def __getitem__(self, name: str) -> Session:
        """Return a session; raise RecordError if none or more than one matches."""
        return Session(stored=self._store.session(name), store=self._store)

    def __iter__(self) -> Iterator[Session]:
        """Iterate over all sessions, newest first."""
        return (Session(stored=s, store=self._store) for s in self._store.sessions())

    def __len__(self) -> int:
        """Return the number of sessions."""
        return len(self._store.sessions())


def open_store(folder: str | Path | None = None, *, create: bool = False) -> Sessions:
    """Open the recorded sessions.

    Parameters
    ----------
    folder
        The data folder; by default ``TOELINE_DATA`` or the XDG data directory.
    create
        Create a missing folder instead of raising an error.

    Raises
    ------
    RecordError
        If nothing was recorded there, or the file cannot be read.

    Examples
    --------
    >>> import edge
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, edge.open_store(folder, create=True) as store:
    ...     [session.name for session in store]
    []
    """
    return Sessions(Store(Path(folder) if folder else paths.data_dir(), create=create))
