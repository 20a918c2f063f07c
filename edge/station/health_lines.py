"""Log lines about a station's health."""

from math import isnan

from edge.i18n.notices import english_notice
from edge.messages.health import Health


def change_line(health: Health) -> str:
    """Return the log sentence about a new state."""
    said = english_notice(health.notice)
    return f"the station is {health.state}" + (f": {said}" if said else "")


def health_line(health: Health) -> str:
    """Return the health as one log line."""
    ends = [time for time in health.times if time.stage.startswith("capture_to_")]
    latencies = ", ".join(
        f"{time.stage.removeprefix('capture_to_')} {time.p50_ms:.0f}/{time.p95_ms:.0f}/"
        f"{time.p99_ms:.0f}"
        for time in ends
    )
    parts = [
        f"{health.state}: {health.frame_rate_hz:.1f} frames/s",
        f"ms from capture (p50/p95/p99) to {latencies}",
        f"{health.captured} captured, {health.dropped} dropped, {health.late} late",
        f"{health.model} on {health.provider}",
        "recording video" if health.video else "",
        health.shed,
        "" if isnan(health.temperature_c) else f"{health.temperature_c:.0f} C",
        *health.board,
    ]
    return "; ".join(filter(None, parts))
