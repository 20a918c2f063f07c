"""How the station is running."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan


class StationState(StrEnum):
    """What the whole station is doing.

    ``degraded``: it measures, but something is given up, too hot, too dark or not to be reached.
    ``storage_full``: it measures, but nothing can be recorded.
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
    """How long one stage takes: quantiles over the last frames, count and sum over all.

    Quantiles are NaN before the first frame. ``capture_to_pose``, ``capture_to_send`` and
    ``capture_to_paint`` run from the frame's arrival: to its last decision, to the end of its
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
    """How the station is running; the page's health corner, ``/healthz`` and the health log line.

    ``frame_age_s`` is host time since the last frame arrived. Latencies are NaN before the first
    frames; ``notice`` is one sentence for people, empty when all is well. ``late`` counts frames
    whose pose took longer than the budget; ``shed`` says in a word or two what is left out because
    the machine is too slow, empty when nothing is; ``provider`` is what runs the networks.
    ``temperature_c`` is NaN where the board does not tell it; ``board`` names what slows it down:
    ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``. ``video`` says that pictures of
    the runner are being kept.
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
    notice: str
    late: int = 0
    shed: str = ""
    provider: str = ""
    times: tuple[StageTime, ...] = ()
    temperature_c: float = nan
    board: tuple[str, ...] = ()
    video: bool = False
