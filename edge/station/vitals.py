"""From what is known of a station at one moment to the one word for how it is."""

from dataclasses import dataclass

from edge.messages.health import StationState

STALE_S = 0.7
"""A camera's next picture is never this late: told within a second, looking round included."""

FIRST_STALE_S = 5.0
"""A camera may take longer over its first frame than over any later one."""

HUNG_S = 10.0
"""Every device bounds its waits; one that has not come back by now never will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What is known of a station at one moment.

    Attributes
    ----------
    time_s
        Now, monotonic.
    arrived_s
        When the last frame came; the start, before the first.
    answered_s
        When the camera last answered at all; NaN for a file.
    captured, processed
        Frames since the start.
    camera_lost
        A camera is being looked for.
    storage_full
        Nothing can be recorded.
    hindered
        Something is given up, too slow, too hot or too dark.
    ended, failed
        The source has ended; a thread has failed.
    """

    time_s: float
    arrived_s: float
    answered_s: float
    captured: int
    processed: int
    camera_lost: bool
    storage_full: bool
    hindered: bool
    ended: bool
    failed: bool


def state_of(now: Vitals) -> StationState:
    """Return the one word; what keeps a station from measuring goes before what hinders it."""
    if now.failed:
        return StationState.FAILED
    if now.ended:
        return StationState.ENDED
    patience_s = STALE_S if now.captured else FIRST_STALE_S
    if now.camera_lost or now.time_s - now.arrived_s > patience_s:
        return StationState.NO_CAMERA
    if not now.processed:
        return StationState.STARTING
    if now.storage_full:
        return StationState.STORAGE_FULL
    return StationState.DEGRADED if now.hindered else StationState.LIVE


def camera_hangs(now: Vitals) -> bool:
    """Whether the camera's driver holds on to the thread that reads it; never for a file."""
    return not now.ended and now.time_s - now.answered_s > HUNG_S


def makes_progress(before: Vitals, now: Vitals) -> bool:
    """Whether the station did what it is there for between two moments.

    Frames were worked on; or the recording has ended; or there were none to work on, and the camera
    that should give them answers or is being looked for. A frame that was captured and is not
    worked on is no progress.
    """
    if now.processed > before.processed or now.ended:
        return True
    return now.captured == before.captured and not camera_hangs(now)
