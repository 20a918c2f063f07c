"""Health of the station."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

from edge.messages.notice import Notice


class StationState(StrEnum):
    """What the whole station is doing.

    ``degraded``: it measures, but something is reduced, too hot, too dark or unreachable.
    ``storage_full``: it measures but cannot record.
    """

    STARTING = "starting"
    LIVE = "live"
    DEGRADED = "degraded"
    NO_CAMERA = "no_camera"
    STORAGE_FULL = "storage_full"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """Duration of one stage: quantiles over the last frames, count and sum over all.

    Quantiles are NaN before the first frame. The stages ``capture_to_pose``, ``capture_to_send``
    and ``capture_to_paint`` run from the frame's arrival to its last decision, to the end of
    sending, and until a page has drawn it.
    """

    stage: str
    p50_ms: float
    p95_ms: float
    p99_ms: float
    count: int
    total_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Health of the station, for the page's health corner, ``/healthz`` and the health log line.

    ``frame_age_s`` is host time since the last frame arrived. Latencies are NaN before the first
    frames. ``notice`` is empty when all is well. ``late`` counts frames
    whose pose took longer than the budget. ``shed`` names in a word or two what is dropped because
    the machine is too slow, empty if nothing is. ``provider`` is the execution provider of the
    networks. ``temperature_c`` is NaN if the board does not report it. ``board`` lists causes of
    slowdown: ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``. ``video`` is True while
    video of the runner is recorded.
    """

    state: StationState
    source: str
    model: str
    frame_rate_hz: float
    captured: int
    processed: int
    dropped: int
    frame_age_s: float
    capture_to_pose_p50_ms: float
    capture_to_pose_p95_ms: float
    notice: Notice
    late: int = 0
    shed: str = ""
    provider: str = ""
    times: tuple[StageTime, ...] = ()
    temperature_c: float = nan
    board: tuple[str, ...] = ()
    video: bool = False
