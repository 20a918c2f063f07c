"""Vital signs of a station, and the state that follows from them."""

from dataclasses import dataclass

from edge.messages.health import StationState

STALE_S = 0.7
"""A camera's next frame is never this late; a loss is reported within a second in total."""

FIRST_STALE_S = 5.0
"""The first frame of a camera may take longer than any later one."""

HUNG_S = 10.0
"""Every device driver bounds its waits; one that has not returned by now hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Vital signs of a station at one moment.

    Attributes
    ----------
    time_s
        Now, monotonic.
    arrived_s
        When the last frame arrived; before the first, the start.
    answered_s
        When the camera last answered at all; NaN for a file.
    captured, processed
        Frames since the start.
    camera_lost
        The camera is lost and being searched for.
    storage_full
        Nothing can be recorded.
    hindered
        The station is limited in some way: load shed, too hot, or a sink has a problem.
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
    """Return the state; what prevents measuring takes precedence over what limits it."""
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
    """Return whether the camera's driver blocks the thread that reads it; False for a file."""
    return not now.ended and now.time_s - now.answered_s > HUNG_S


def makes_progress(before: Vitals, now: Vitals) -> bool:
    """Return whether the station made progress between two moments.

    Progress is: frames were processed; or the recording has ended; or there were no frames, but
    the camera answers or is being searched for. Captured but unprocessed frames are no progress.
    """
    if now.processed > before.processed or now.ended:
        return True
    return now.captured == before.captured and not camera_hangs(now)
