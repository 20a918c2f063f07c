"""Supervision of a running station, twice a second, from the program's main thread.

Conditions and responses:

- frames are processed, or a lost camera is searched for: the service manager's watchdog is reset
- the worker or the main thread hangs: it is not reset, so the service manager restarts the program
- the camera's driver hangs: the station writes everything and ends, and is restarted
- a thread fails: the same
- the machine slept: a log line; the next picture does not continue from the last
- the clock was set: a log line; nothing is measured by the wall clock
- the program was suspended, or the machine too busy: a log line; hang detection is suspended
- the board is hot or under-voltage: passed to the station, which sheds load and reports it
- the page's address is lost: it is bound again, see ``edge.serve.web_server``
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from edge.i18n.notices import english_notice
from edge.messages.board import Board
from edge.messages.errors import CaptureError
from edge.messages.health import StationState
from edge.station.loop import Station
from edge.station.read_board import read_board
from edge.station.service_manager import ServiceManager
from edge.station.vitals import HUNG_S, camera_hangs, makes_progress, state_of

_log = logging.getLogger(__name__)

LOOK_S = 0.5
BOARD_EVERY_S = 5.0
FEED_EVERY_S = 2.0
HELD_UP_S = 3.0
SLEPT_S = 0.5
SET_S = 2.0


class CameraHangsError(CaptureError):
    """The camera's driver blocks the thread that reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Simultaneous readings of the machine's clocks.

    ``monotonic_s`` stops while the machine sleeps, ``boot_s`` does not; ``wall_s`` may be set by
    people and time servers.
    """

    monotonic_s: float
    boot_s: float
    wall_s: float


def read_clocks() -> Clocks:
    """Return the current readings of the clocks."""
    return Clocks(
        monotonic_s=time.monotonic(),
        boot_s=time.clock_gettime(time.CLOCK_BOOTTIME),
        wall_s=time.time(),
    )


def clock_changes(before: Clocks, now: Clocks) -> list[str]:
    """Return a sentence for each irregularity between two readings of the clocks.

    Examples
    --------
    >>> early = Clocks(monotonic_s=10.0, boot_s=10.0, wall_s=1000.0)
    >>> clock_changes(early, Clocks(monotonic_s=10.5, boot_s=70.5, wall_s=1060.5))
    ['the machine slept for 60 s']
    >>> clock_changes(early, Clocks(monotonic_s=10.5, boot_s=10.5, wall_s=4601.5))
    ['the clock was set forward by 3601 s']
    """
    went_s = now.monotonic_s - before.monotonic_s
    passed_s = now.boot_s - before.boot_s
    set_s = now.wall_s - before.wall_s - passed_s
    told = []
    if passed_s - went_s > SLEPT_S:
        told.append(f"the machine slept for {passed_s - went_s:.0f} s")
    if went_s > HELD_UP_S:
        told.append(f"the program was held up for {went_s:.0f} s")
    if abs(set_s) > SET_S:
        told.append(f"the clock was set {'forward' if set_s > 0 else 'back'} by {abs(set_s):.0f} s")
    return told


class Supervisor:
    """Supervisor of one station that reports to the service manager.

    Parameters
    ----------
    station
        A started station.
    manager
        The service manager, if any.
    clocks, board
        Functions that read the clocks at every check, and the board every ``BOARD_EVERY_S``.
    """

    def __init__(
        self,
        station: Station,
        manager: ServiceManager,
        *,
        clocks: Callable[[], Clocks] = read_clocks,
        board: Callable[[], Board] = read_board,
    ) -> None:
        self._station = station
        self._manager = manager
        self._read_clocks = clocks
        self._read_board = board
        self._clocks = clocks()
        self._fed = station.vitals()
        self._fed_s = self._board_s = -inf
        self._patient_until_s = -inf
        self._conditions: tuple[str, ...] = ()

    def look(self) -> None:
        """Check the station and respond."""
        before, self._clocks = self._clocks, self._read_clocks()
        now_s = self._clocks.monotonic_s
        for sentence in clock_changes(before, self._clocks):
            _log.warning("%s", sentence)
            # A missing answer may be due to this, not to a hang.
            self._patient_until_s = now_s + HUNG_S
        if now_s - self._board_s >= BOARD_EVERY_S:
            self._board_s = now_s
            self._heed(self._read_board())
        self._judge(now_s)

    def _judge(self, now_s: float) -> None:
        vitals = self._station.vitals()
        state = state_of(vitals)
        said = english_notice(self._station.health().notice)
        self._manager.status(f"{state}: {said or 'all is well'}")
        if state is StationState.FAILED:
            return
        if camera_hangs(vitals) and now_s >= self._patient_until_s:
            self._station.abandon(
                CameraHangsError(f"the camera has not answered for {HUNG_S:.0f} s: it hangs")
            )
            return
        if now_s - self._fed_s >= FEED_EVERY_S and makes_progress(self._fed, vitals):
            self._fed, self._fed_s = vitals, now_s
            self._manager.alive()

    def _heed(self, board: Board) -> None:
        if board.conditions != self._conditions:
            self._conditions = board.conditions
            _log.warning("the board: %s", ", ".join(board.conditions) or "well again")
        self._station.heed(board)
