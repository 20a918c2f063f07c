"""A table of results that pandas, Polars and PyArrow accept directly."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# Columns of strings and of flags; all others are numbers.
_WORDS: Final = frozenset(
    {"side", "kind", "reason", "reason_code", "fault", "state", "cue", "legs_source"}
)
_FLAGS: Final = frozenset({"near", "valid"})


class Table(dict[str, NDArray[Any]]):
    """Columns by name, each a read-only array with one entry per row.

    It is a plain dict of arrays, so ``pandas.DataFrame(table)``, ``polars.DataFrame(table)`` and
    ``pyarrow.table(table)`` accept it; none of these libraries is required. As for any dict,
    ``len`` is the number of columns; ``row_count`` is the number of rows.

    Numbers are float64, NaN where absent; flags are bool; text is str, empty where absent. Names,
    units and signs are those of the result folder (docs/gait-metrics.md, "Metrics").

    Examples
    --------
    >>> table = Table.of([{"side": "left", "start_s": 0.5}, {"side": "right", "start_s": None}])
    >>> table["start_s"]
    array([0.5, nan])
    >>> table.row_count, table.columns
    (2, ('side', 'start_s'))
    >>> next(table.rows())
    {'side': 'left', 'start_s': 0.5}
    """

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> "Table":
        """Build a table from rows.

        Parameters
        ----------
        rows
            Values by column; None is absent.
        columns
            Column names in order; by default, those of the first row.
        """
        kept = list(rows)
        names = columns if columns is not None else list(kept[0]) if kept else []
        return cls({name: _column(name, [row[name] for row in kept]) for name in names})

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(self)

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return next((column.size for column in self.values()), 0)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows in order, each as values by column."""
        for values in zip(*(column.tolist() for column in self.values()), strict=True):
            yield dict(zip(self, values, strict=True))

    def where(self, chosen: NDArray[np.bool]) -> "Table":
        """Return the rows for which ``chosen``, shape (row_count,), is true."""
        return Table({name: _frozen(column[chosen]) for name, column in self.items()})


def _column(name: str, values: list[Any]) -> NDArray[Any]:
    if name in _WORDS:
        return _frozen(np.array(["" if v is None else str(v) for v in values], dtype=np.str_))
    if name in _FLAGS:
        return _frozen(np.array([bool(v) for v in values], dtype=np.bool))
    return _frozen(np.array([np.nan if v is None else v for v in values], dtype=np.float64))


def _frozen(column: NDArray[Any]) -> NDArray[Any]:
    column.setflags(write=False)
    return column
