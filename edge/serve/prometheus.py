"""The station's health in the Prometheus text format."""

from collections.abc import Iterator
from math import isfinite
from typing import Any, Final

from edge.messages.board import CONDITIONS as BOARD_CONDITIONS
from edge.messages.health import Health, StationState

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_COUNTERS: Final = {
    "captured": "Frames that the source gave.",
    "processed": "Frames that were taken through all rooms.",
    "dropped": "Frames that the worker was not ready for, or that were left out.",
    "late": "Processed frames that were decided later than the budget allows.",
}


def metrics_text(health: Health, clients: int) -> bytes:
    """Return the text of ``/metrics``.

    Latencies and stages are summaries in seconds: quantiles over recent frames, sum and count
    over all frames.
    """
    # Imported on first use: most stations are not monitored.
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(health, clients))
    return bytes(generate_latest(registry))


class _Collector:
    """Collector of one health report, as ``prometheus_client`` expects it."""

    def __init__(self, health: Health, clients: int) -> None:
        self._health = health
        self._clients = clients

    def collect(self) -> Iterator[Any]:
        from prometheus_client import metrics_core

        health = self._health
        info = {"source": health.source, "model": health.model, "provider": health.provider}
        station = metrics_core.InfoMetricFamily("toeline_station", "What runs.")
        station.add_metric([], info)
        yield station
        state = metrics_core.GaugeMetricFamily("toeline_state", "1 at its state.", labels=["state"])
        for each in StationState:
            state.add_metric([each.value], float(each is health.state))
        yield state
        for name, words in _COUNTERS.items():
            yield metrics_core.CounterMetricFamily(
                f"toeline_frames_{name}", words, value=getattr(health, name)
            )
        gauges = {
            "frame_rate_hertz": (
                "Processed frames a second of capture time.",
                health.frame_rate_hz,
            ),
            "frame_age_seconds": ("Time since the last frame arrived.", health.frame_age_s),
            "clients": ("Pages connected.", float(self._clients)),
            "shedding": ("1 while something is given up for speed.", float(bool(health.shed))),
            "recording_video": ("1 while pictures of the runner are kept.", float(health.video)),
        }
        if isfinite(health.temperature_c):
            gauges["temperature_celsius"] = ("The board's hottest place.", health.temperature_c)
        for name, (words, value) in gauges.items():
            yield metrics_core.GaugeMetricFamily(f"toeline_{name}", words, value=value)
        board = metrics_core.GaugeMetricFamily(
            "toeline_board", "1 at what slows the board down.", labels=["condition"]
        )
        for condition in BOARD_CONDITIONS:
            board.add_metric([condition], float(condition in health.board))
        yield board
        yield self._stages(metrics_core)

    def _stages(self, metrics_core: Any) -> Any:
        family = metrics_core.Metric(
            "toeline_stage_seconds", "How long each stage of a frame takes.", "summary"
        )
        for time in self._health.times:
            of_stage = {"stage": time.stage}
            quantiles = {"0.5": time.p50_ms, "0.95": time.p95_ms, "0.99": time.p99_ms}
            for quantile, ms in quantiles.items():
                if isfinite(ms):
                    labels = of_stage | {"quantile": quantile}
                    family.add_sample("toeline_stage_seconds", labels, ms / 1000)
            family.add_sample("toeline_stage_seconds_sum", of_stage, time.total_ms / 1000)
            family.add_sample("toeline_stage_seconds_count", of_stage, float(time.count))
        return family
