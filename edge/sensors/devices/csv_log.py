"""A treadmill log replayed in step with the frames: ``csv:PATH``."""

import csv
from bisect import bisect_right
from collections.abc import Sequence
from math import inf, isfinite
from pathlib import Path
from typing import Final

from edge.messages.errors import SensorError
from edge.messages.reading import UNITS, Quantity, Reading
from edge.sensors.port import Sensor, SensorKind

_COLUMNS: Final = {"speed_mps": Quantity.BELT_SPEED, "incline_pct": Quantity.INCLINE}
# A log may have rows only for changes, so repeat the row in force this often.
_REPEAT_S: Final = 1.0

_Row = tuple[float, dict[Quantity, float]]


class CsvLog:
    """Speed and incline from a file with the columns ``time_s,speed_mps,incline_pct``.

    A row is valid from its time, counted from the recording's first frame, until the next row; the
    last one is valid to the end. ``incline_pct`` may be missing, and so may any cell.
    """

    trouble = ""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[_Row] = []
        self._said: tuple[int, float] = (-1, -inf)

    @property
    def name(self) -> str:
        """Scheme and file name."""
        return f"csv:{self._path.name}"

    def start(self) -> None:
        """Read the file.

        Raises
        ------
        SensorError
            If the file cannot be read, lacks a column or rows, or its times do not increase.
        """
        self._rows = _read(self._path)
        self._said = (-1, -inf)

    def poll(self, time_s: float) -> Sequence[Reading]:
        """Return the row in force, when it begins and once a second after that."""
        row = bisect_right(self._rows, time_s, key=lambda row: row[0]) - 1
        last_row, last_s = self._said
        if row < 0 or (row == last_row and 0 <= time_s - last_s < _REPEAT_S):
            return ()
        self._said = (row, time_s)
        return [
            Reading(name=name, value=value, unit=UNITS[name], time_s=time_s, source=self.name)
            for name, value in self._rows[row][1].items()
        ]

    def close(self) -> None:
        """Forget the file."""
        self._rows = []


def _read(path: Path) -> list[_Row]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SensorError(f"the treadmill log {path} cannot be read: {said}") from error
    table = csv.DictReader(lines)
    if not {"time_s", "speed_mps"} <= set(table.fieldnames or ()):
        raise SensorError(
            f"{path} needs the columns time_s and speed_mps, and optionally incline_pct"
        )
    rows: list[_Row] = []
    for cells in table:
        rows.append(_row(cells, f"{path}, line {table.line_num}"))
        if len(rows) > 1 and rows[-1][0] <= rows[-2][0]:
            raise SensorError(f"{path}, line {table.line_num}: times must increase")
    if not rows:
        raise SensorError(f"{path} has no rows")
    return rows


def _row(cells: dict[str, str], where: str) -> _Row:
    values = {
        quantity: _number(cells[column], where)
        for column, quantity in _COLUMNS.items()
        if (cells.get(column) or "").strip()
    }
    if values.get(Quantity.BELT_SPEED, 0.0) < 0:
        raise SensorError(f"{where}: a belt speed cannot be negative")
    return _number(cells["time_s"], where), values


def _number(cell: str | None, where: str) -> float:
    try:
        value = float(cell or "")
    except ValueError:
        value = inf
    if not isfinite(value):
        raise SensorError(f"{where}: {cell!r} is not a number")
    return value


def _open(rest: str) -> Sensor:
    if not rest:
        raise SensorError("csv: needs a file, such as csv:belt.csv")
    return CsvLog(Path(rest))


KIND: Final = SensorKind(scheme="csv", form="csv:PATH", open=_open)
