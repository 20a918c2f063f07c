"""The latest samples of several signals as one array."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from edge.messages.arrays import Floats

_FIRST_ROOM: Final = 64


class RecentColumns:
    """A table to whose right end samples are added, and from whose left end they are dropped.

    To build an array of 300 samples for each of 60 frames/s costs more than what is done with it.

    Parameters
    ----------
    rows
        Number of signals.

    Examples
    --------
    >>> table = RecentColumns(2)
    >>> for time_s in (0.0, 0.5, 1.0):
    ...     table.append((time_s, 10 * time_s))
    >>> table.forget(1)
    >>> table.table.tolist()
    [[0.5, 1.0], [5.0, 10.0]]
    """

    def __init__(self, rows: int) -> None:
        self._room = np.empty((rows, _FIRST_ROOM))
        self._begin = self._end = 0

    def clear(self) -> None:
        """Forget all samples."""
        self._begin = self._end = 0

    def append(self, column: Sequence[float]) -> None:
        """Add one sample of each signal."""
        if self._end == self._room.shape[1]:
            self._make_room()
        self._room[:, self._end] = column
        self._end += 1

    def forget(self, count: int) -> None:
        """Drop the oldest samples."""
        self._begin = min(self._begin + count, self._end)

    @property
    def table(self) -> Floats:
        """The samples, shape (rows, n), oldest first; valid until the next ``append``."""
        return self._room[:, self._begin : self._end]

    def _make_room(self) -> None:
        """Move the samples to the left, into a table with twice their room."""
        kept = self.table
        count = kept.shape[1]
        room = np.empty((kept.shape[0], max(2 * count, _FIRST_ROOM)))
        room[:, :count] = kept
        self._room, self._begin, self._end = room, 0, count
