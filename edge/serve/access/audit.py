"""Who paired, viewed, exported and deleted: lines are added, never changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from edge.serve.access.database import Database

_MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: wall-clock seconds since 1970, what was done, by whom, and to what."""

    at: float
    what: str
    who: str
    detail: str


class Audit:
    """The audit in one database; its file refuses to change or delete a line.

    Parameters
    ----------
    database
        Where it is kept.
    clock
        Wall-clock seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def add(self, what: str, who: str, detail: str = "") -> None:
        """Add a line; raises ``AccessError`` if it cannot be written."""
        self._database.run(
            "INSERT INTO audit (at, what, who, detail) VALUES (?, ?, ?, ?)",
            self._clock(),
            what[:_MOST],
            who[:_MOST],
            detail[:_MOST],
        )

    def entries(self, most: int = 1000) -> list[Entry]:
        """Return the last lines, the newest last."""
        rows = self._database.rows(
            "SELECT at, what, who, detail FROM audit ORDER BY id DESC LIMIT ?", most
        )
        return [Entry(at=r[0], what=r[1], who=r[2], detail=r[3]) for r in reversed(rows)]


def in_order(*audits: list[Entry]) -> list[Entry]:
    """Return the lines of several audits in one order of time, the newest last."""
    return sorted((entry for audit in audits for entry in audit), key=lambda entry: entry.at)
