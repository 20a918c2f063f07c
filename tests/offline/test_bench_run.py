"""A whole run of the bench, as short as it can be: every figure is there and makes sense."""

import json
import sys
from pathlib import Path

import pytest

from edge.messages.errors import WeightsError
from edge.offline.bench.bench_run import Plan, run_bench
from edge.offline.bench.report import table
from edge.offline.bench.stages import STAGES


def test_a_short_run_measures_everything(models_dir: Path) -> None:
    said: list[str] = []
    report = run_bench(Plan(models=models_dir, rounds=1, frames=8, progress=said.append))
    assert said == ["round 1 of 1"]
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    model = report["models"]["full"]
    assert list(model["stages"]) == list(STAGES)
    for figures in model["stages"].values():
        assert 0 < figures["median_ms"] <= figures["p95_ms"]
    laps = [model["stages"][s]["median_ms"] for s in ("decode", "pose", "identity", "gait")]
    assert sum(laps) < 2 * model["stages"]["whole"]["median_ms"]
    assert 0 < model["overhead"] < 1
    assert 0 < model["overhead_analyze"] < 1
    assert report["clip"] == {
        "name": "demo.mp4",
        "width": 960,
        "height": 540,
        "fps": 60.0,
        "frames": 8,
    }
    networks = {run["network"] for run in report["networks"]["runs"]}
    assert networks >= {"detector", "full"}
    assert all(run["gflops"] > 0 for run in report["networks"]["runs"])
    assert set(report["sizes"]) == {"960x540", "1280x720", "1920x1080"}
    assert "ratio" not in model
    assert "make bench-peer" in report["mediapipe"]["missing"]
    assert "model full" in table(report)


def test_a_peer_that_does_not_work_is_told_and_left_out(models_dir: Path, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'raise SystemExit(1)'\n")
    python.chmod(0o755)
    report = run_bench(Plan(models=models_dir, rounds=1, frames=2, peer=python))
    assert "has ended" in report["mediapipe"]["missing"]


def test_a_missing_model_is_said_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is missing"):
        run_bench(Plan(models=tmp_path))
