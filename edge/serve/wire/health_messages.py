"""Messages about the station: its health, and what is wrong with the pictures."""

import msgspec

from edge.messages.health import StationState
from edge.serve.wire.wire_types import Number, Params, ToClient


class StageTime(msgspec.Struct, frozen=True, kw_only=True):
    """Latency of one stage: quantiles over recent frames, count and sum over all frames."""

    stage: str
    p50_ms: Number
    p95_ms: Number
    p99_ms: Number
    count: int
    total_ms: Number


class Health(ToClient, frozen=True, kw_only=True, tag="health"):
    """The health of the station.

    ``late`` counts frames whose pose took longer than the budget; ``shed`` names what was
    switched off because the machine is too slow, empty if nothing; ``model`` is the pose model in
    use. ``temperature_c`` is the board's highest temperature; ``board`` lists what slows the board
    down: ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``. ``video`` is true while
    pictures of the runner are being recorded. ``notice`` is English, empty if all is well;
    ``notice_code`` and ``notice_params`` give the same without words, see
    ``edge/messages/notice.py``, and are empty for a notice that has only words.
    """

    state: StationState
    source: str
    model: str
    frame_rate_hz: Number
    captured: int
    processed: int
    dropped: int
    frame_age_s: Number
    capture_to_pose_p50_ms: Number
    capture_to_pose_p95_ms: Number
    notice: str
    notice_code: str
    notice_params: Params
    late: int
    shed: str
    provider: str
    times: tuple[StageTime, ...]
    temperature_c: Number = None
    board: tuple[str, ...] = ()
    video: bool = False


class NoticeEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One notice, with the fields that a notice has in ``health``."""

    notice: str
    notice_code: str
    notice_params: Params


class Notices(ToClient, frozen=True, kw_only=True, tag="notices"):
    """All notices about the pictures that hold, such as slow motion, in place of the last list.

    Sent to every new client, and on every change.
    """

    notices: tuple[NoticeEntry, ...]
