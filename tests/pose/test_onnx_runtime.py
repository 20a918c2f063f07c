"""How the runtime is asked: threads, usage data, providers."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from made_models import SHAPE, FakeRuntime

from edge.pose.runtime.onnx_session import Network, Runtime


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> FakeRuntime:
    fake = FakeRuntime()
    monkeypatch.setitem(sys.modules, "onnxruntime", fake)
    return fake


@pytest.mark.parametrize(
    ("threads", "processors", "used"),
    [(1, 8, 1), (3, 2, 3), (0, 2, 2), (0, 4, 4), (0, 64, 4), (0, None, 1)],
)
def test_threads_are_as_asked_or_as_many_as_processors_up_to_four(
    runtime: FakeRuntime,
    monkeypatch: pytest.MonkeyPatch,
    threads: int,
    processors: int | None,
    used: int,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    Network(Path("any.onnx"), SHAPE, ("double",), threads)
    assert runtime.options.intra_op_num_threads == used


@pytest.mark.parametrize(
    ("version", "spinning"),
    [
        ("1.22.0", {"allow_spinning": "0"}),
        ("1.25.1", {"allow_spinning": "0"}),
        ("1.26.0", {"allow_spinning": "1", "spin_duration_us": "7"}),
        ("1.27.0.dev20260601", {"allow_spinning": "1", "spin_duration_us": "7"}),
    ],
)
def test_workers_spin_for_a_moment_or_not_at_all(
    runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch, version: str, spinning: dict[str, str]
) -> None:
    # A release that does not know the moment would spin for milliseconds.
    monkeypatch.setattr(runtime, "__version__", version, raising=False)
    Network(Path("any.onnx"), SHAPE, ("double",), 2, runtime=Runtime(spin_us=7))
    assert runtime.options.entries == {
        f"session.intra_op.{name}": value for name, value in spinning.items()
    }


@pytest.mark.parametrize(("chosen", "told"), [(None, "1"), ("1", "1"), ("0", "0")])
def test_usage_data_are_off_unless_someone_chose_otherwise(
    runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch, chosen: str | None, told: str
) -> None:
    # Set first, so that what the code does to the environment is undone in any case.
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "")
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY")
    if chosen is not None:
        monkeypatch.setenv("ORT_DISABLE_TELEMETRY", chosen)
    Network(Path("any.onnx"), SHAPE, ("double",), 1)
    assert runtime.telemetry == told


def test_the_runtime_is_imported_only_after_usage_data_are_off(tmp_path: Path) -> None:
    (tmp_path / "onnxruntime.py").write_text(
        "import os, sys\nsys.exit('told ' + os.environ.get('ORT_DISABLE_TELEMETRY', 'nothing'))\n"
    )
    script = (
        "import sys; from pathlib import Path; from edge.pose.runtime.onnx_session import Network\n"
        "import edge.pose.estimator\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "Network(Path('any.onnx'), (1,), (), 1)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "told 1"


def fake(monkeypatch: pytest.MonkeyPatch, *brings: str, **more: str) -> FakeRuntime:
    runtime = FakeRuntime(*brings, **more)
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)
    return runtime


def opened(provider: str, folder: Path) -> Network:
    runtime = Runtime(provider=provider, engines=folder / "engines")
    return Network(Path("any.onnx"), SHAPE, ("double",), 1, runtime=runtime)


TRT, CUDA = "TensorrtExecutionProvider", "CUDAExecutionProvider"


@pytest.mark.parametrize(
    ("brings", "wanted", "runs"),
    [
        ((), "auto", "cpu"),
        ((), "tensorrt", "cpu"),
        ((CUDA,), "auto", "cuda"),
        ((TRT, CUDA), "auto", "cuda"),
        ((TRT, CUDA), "tensorrt", "tensorrt"),
        ((TRT, CUDA), "cpu", "cpu"),
    ],
)
def test_what_is_there_runs_it(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    brings: tuple[str, ...],
    wanted: str,
    runs: str,
) -> None:
    fake(monkeypatch, *brings)
    assert opened(wanted, tmp_path).provider == runs


def test_engines_that_were_built_before_are_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake(monkeypatch, TRT, CUDA)
    opened("tensorrt", tmp_path)
    (tmp_path / "engines" / "graph_sm87.engine").touch()
    assert opened("auto", tmp_path).provider == "tensorrt"


def test_a_provider_whose_libraries_are_missing_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    runtime = fake(monkeypatch, TRT, CUDA, broken=TRT)
    assert opened("tensorrt", tmp_path).provider == "cuda"
    assert [names[0] for names in runtime.asked] == [TRT, CUDA]
    (line,) = [r.message for r in caplog.records]
    assert line == "tensorrt cannot run any.onnx: libcudnn.so.9: cannot open shared object file"
    fake(monkeypatch, CUDA, broken=CUDA)
    assert opened("auto", tmp_path).provider == "cpu"


def test_what_really_loaded_is_told_where_the_runtime_hands_over_quietly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake(monkeypatch, CUDA, quiet=CUDA)
    assert opened("cuda", tmp_path).provider == "cpu"
    fake(monkeypatch, TRT, CUDA, quiet=TRT)
    assert opened("tensorrt", tmp_path).provider == "cuda"


def test_each_inference_is_timed(runtime: FakeRuntime) -> None:
    took: list[float] = []
    network = Network(Path("any.onnx"), SHAPE, ("double",), 1, took=took.append)
    for _ in range(3):
        network.run(np.zeros(SHAPE, np.float32))
    assert len(took) == 3
    assert min(took) >= 0
