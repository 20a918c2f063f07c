"""What Prometheus reads, parsed by its own library."""

from dataclasses import replace
from math import nan

from feed import healthy
from prometheus_client.parser import text_string_to_metric_families

from edge.messages.health import Health, StageTime, StationState
from edge.serve.prometheus import metrics_text

TIMES = (
    StageTime(
        stage="capture_to_pose", p50_ms=9.0, p95_ms=14.0, p99_ms=20.0, count=600, total_ms=6000.0
    ),
    StageTime(stage="gait", p50_ms=nan, p95_ms=nan, p99_ms=nan, count=0, total_ms=0.0),
)


def samples(
    health: Health, clients: int = 3
) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(metrics_text(health, clients).decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(health: Health, name: str, **labels: str) -> float:
    return samples(health)[f"toeline_{name}", frozenset(labels.items())]


def test_frames_are_counters() -> None:
    health = replace(healthy(), late=7)
    counts = [
        value(health, f"frames_{n}_total") for n in ("captured", "processed", "dropped", "late")
    ]
    assert counts == [600, 598, 2, 7]
    assert b"# TYPE toeline_frames_late_total counter" in metrics_text(health, 0)


def test_one_state_is_set() -> None:
    health = healthy(StationState.NO_CAMERA)
    assert {s: value(health, "state", state=s.value) for s in StationState} == {
        s: float(s is StationState.NO_CAMERA) for s in StationState
    }


def test_stages_are_summaries_in_seconds() -> None:
    health = replace(healthy(), times=TIMES)
    stage = {"stage": "capture_to_pose"}
    found = {
        q: value(health, "stage_seconds", quantile=q, **stage) for q in ("0.5", "0.95", "0.99")
    }
    assert found == {"0.5": 0.009, "0.95": 0.014, "0.99": 0.02}
    assert value(health, "stage_seconds_sum", **stage) == 6
    assert value(health, "stage_seconds_count", **stage) == 600
    assert b"# TYPE toeline_stage_seconds summary" in metrics_text(health, 0)


def test_what_is_not_known_is_left_out() -> None:
    health = replace(healthy(), times=TIMES)
    names = samples(health)
    gait = [(name, labels) for name, labels in names if ("stage", "gait") in labels]
    assert {name for name, _ in gait} == {
        "toeline_stage_seconds_sum",
        "toeline_stage_seconds_count",
    }


def test_what_runs_is_told_whatever_its_name() -> None:
    health = replace(healthy(), source='a "camera"\\ of\nmine', model="full", provider="cuda")
    assert (
        value(health, "station_info", source='a "camera"\\ of\nmine', model="full", provider="cuda")
        == 1
    )


def test_clients_and_shedding_are_gauges() -> None:
    assert value(healthy(), "clients") == 3
    assert value(healthy(), "shedding") == 0
    assert value(replace(healthy(), shed="preview_rate"), "shedding") == 1
    assert value(healthy(), "frame_rate_hertz") == 59.9


def test_the_board_is_told_as_far_as_it_is_known() -> None:
    health = replace(healthy(), temperature_c=71.5, board=("under_voltage",))
    assert value(health, "temperature_celsius") == 71.5
    assert value(health, "board", condition="under_voltage") == 1
    assert value(health, "board", condition="throttled") == 0
    assert "toeline_temperature_celsius" not in {name for name, _ in samples(healthy())}


def test_recording_video_is_a_gauge() -> None:
    assert value(healthy(), "recording_video") == 0
    assert value(replace(healthy(), video=True), "recording_video") == 1
