"""How old sessions are, by clocks that nobody can set, so that none is deleted too early.

A board without a clock of its own boots in 1970, or at the time of its last shutdown, and the time
server sets it later: the time that a session is labelled with may be years off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from edge.record.station_clock import ClockReading

# No session is older than the program.
_FIRST_RELEASE: Final = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
# A time server moves a clock that it keeps by less than this, and labels are whole seconds.
_TOLERANCE_S: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What is known of the time at which a session was recorded.

    Attributes
    ----------
    begun_at
        Its label, such as ``2026-01-31T09:05:07Z``.
    readings
        Of the clocks at its beginning and its end; empty for sessions of older versions.
    """

    begun_at: str
    readings: tuple[ClockReading, ...] = ()


def clock_fault(sessions: Sequence[Recorded], now: ClockReading) -> str:
    """Return why no session's age is certain by the clock of now; empty if it is.

    Parameters
    ----------
    sessions
        In the order of recording.
    now
        The clocks now.
    """
    if not now.synchronised:
        return "the clock is not synchronised with a time server"
    for reading in (r for each in sessions for r in each.readings if r.synchronised):
        passed_s = now.wall_s - reading.wall_s
        if reading.boot == now.boot and (
            abs(passed_s - (now.boot_s - reading.boot_s)) > _TOLERANCE_S
        ):
            return "the clock has jumped since the last session"
        if passed_s < -_TOLERANCE_S:
            return "the clock is behind the last session"
    return ""


def least_ages_s(
    sessions: Sequence[Recorded], now: ClockReading, *, trust_labels: bool = False
) -> list[float]:
    """Return for each session the least age that it can have.

    Parameters
    ----------
    sessions
        In the order of recording.
    now
        The clocks now.
    trust_labels
        Believe the labels of sessions that were recorded before a time server set the clock.

    Returns
    -------
    Seconds; 0 if nothing is known.

    Notes
    -----
    In order: the time since boot, if the machine still runs; a synchronised reading of the same
    boot; the session's label, unless it contradicts the order of recording. A session without any
    is as old as the next one that has one.
    """
    times = _set_clocks(sessions)
    begun_s: list[float | None] = []
    newest_s = _FIRST_RELEASE
    for each in sessions:
        known_s = _measured_s(each, now, times)
        if known_s is None and (trust_labels or not each.readings):
            label_s = datetime.fromisoformat(each.begun_at).timestamp()
            known_s = label_s if newest_s - _TOLERANCE_S <= label_s <= now.wall_s else None
        newest_s = max(newest_s, known_s or 0.0)
        begun_s.append(known_s)
    ages, least_s = [], 0.0
    for known_s in reversed(begun_s):
        least_s = max(0.0, now.wall_s - known_s) if known_s is not None else least_s
        ages.append(least_s)
    return ages[::-1]


def _set_clocks(sessions: Sequence[Recorded]) -> dict[str, ClockReading]:
    """Return a synchronised reading of each boot that has one."""
    return {r.boot: r for each in sessions for r in each.readings if r.synchronised and r.boot}


def _measured_s(
    session: Recorded, now: ClockReading, set_clocks: Mapping[str, ClockReading]
) -> float | None:
    """Return when a session began, by the time since boot; None if unknown."""
    if not session.readings:
        return None
    first = session.readings[0]
    at = now if first.boot and first.boot == now.boot else set_clocks.get(first.boot)
    return None if at is None else at.wall_s - (at.boot_s - first.boot_s)
