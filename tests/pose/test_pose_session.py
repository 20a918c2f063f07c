"""A network opens or fails with one sentence; order, threads and privacy are kept."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from pose_samples import real_networks

from edge.messages.errors import ModelError
from edge.pose.runtime.graph_cache import GraphCache, _sealed
from edge.pose.runtime.onnx_session import Network, Runtime, device_key

SHAPE = (1, 2, 2, 3)


def a_model(
    folder: Path,
    *,
    shapes: tuple[tuple[int | str, ...], ...] = (SHAPE,),
    kind: int = TensorProto.FLOAT,
) -> Path:
    """Write a network whose ``double`` and ``negative`` come from its first input."""
    inputs = [
        helper.make_tensor_value_info(f"input{i}", kind, shape) for i, shape in enumerate(shapes)
    ]
    source = "input0" if shapes else "constant"
    nodes = [
        helper.make_node("Add", [source, source], ["double"]),
        helper.make_node("Neg", [source], ["negative"]),
    ]
    constant = helper.make_tensor("constant", kind, SHAPE, np.zeros(12))
    outputs = [helper.make_tensor_value_info(name, kind, None) for name in ("double", "negative")]
    graph = helper.make_graph(
        nodes, "tiny", inputs, outputs, initializer=[] if shapes else [constant]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = folder / "tiny.onnx"
    onnx.save(model, path)
    return path


def refusal(path: Path, outputs: tuple[str, ...] = ("double",)) -> str:
    with pytest.raises(ModelError) as caught:
        Network(path, SHAPE, outputs, threads=1)
    return str(caught.value)


def test_outputs_come_in_the_order_asked_for(tmp_path: Path) -> None:
    path = a_model(tmp_path)
    tensor = np.arange(12, dtype=np.float32).reshape(SHAPE)
    for names, factors in (
        (("double", "negative"), (2, -1)),
        (("negative", "double"), (-1, 2)),
        (("negative",), (-1,)),
    ):
        found = Network(path, SHAPE, names, threads=1).run(tensor)
        assert len(found) == len(factors)
        for output, factor in zip(found, factors, strict=True):
            np.testing.assert_array_equal(output, tensor * factor)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing.onnx"
    assert refusal(path) == f"cannot open the model {path}: there is no such file"


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"cannot open the model {tmp_path}: there is no such file"


@pytest.mark.parametrize(
    "content", [b"", b"this is no model", b"\x00" * 4096], ids=["empty", "text", "zeros"]
)
def test_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.onnx"
    path.write_bytes(content)
    said = refusal(path)
    assert said.startswith(f"cannot open the model {path}: ")
    assert "\n" not in said


def test_half_a_model_is_refused(tmp_path: Path) -> None:
    path = a_model(tmp_path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refusal(path).startswith(f"cannot open the model {path}: ")


def test_the_cause_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        Network(tmp_path / "missing.onnx", SHAPE, ("double",), threads=1)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    "shapes",
    [((1, 4, 4, 3),), ((1, 3, 2, 2),), ((2, 2, 3),), (("batch", 4, 4, 3),), (), (SHAPE, SHAPE)],
    ids=["larger", "channels first", "no batch", "larger, any batch", "no input", "two inputs"],
)
def test_another_input_is_refused_with_both_shapes(
    tmp_path: Path, shapes: tuple[tuple[int | str, ...], ...]
) -> None:
    path = a_model(tmp_path, shapes=shapes)
    said = refusal(path)
    assert said.startswith(f"{path} is not the expected model: input ")
    assert "expected [1, 2, 2, 3] and ['double']" in said
    for shape in shapes:
        assert str(list(shape)) in said


def test_a_batch_left_open_is_taken(tmp_path: Path) -> None:
    path = a_model(tmp_path, shapes=(("batch", 2, 2, 3),))
    network = Network(path, SHAPE, ("double",), threads=1)
    assert network.run(np.ones(SHAPE, np.float32))[0].max() == 2


def test_a_missing_output_is_refused_with_those_there_are(tmp_path: Path) -> None:
    said = refusal(a_model(tmp_path), ("double", "presence"))
    assert "outputs ['double', 'negative']" in said
    assert "['double', 'presence']" in said


def test_the_detector_is_not_taken_for_the_landmark_network(models_dir: Path) -> None:
    with pytest.raises(ModelError, match=r"is not the expected model: input .*224.*256"):
        Network(models_dir / "pose_detection.onnx", (1, 256, 256, 3), ("landmarks",), threads=1)


def test_the_networks_of_the_manifest_are_the_expected_ones(models_dir: Path) -> None:
    real_networks(models_dir)


def test_floating_point_stays_as_it_was_for_everyone_else(tmp_path: Path) -> None:
    # Setting `session.set_denormal_as_zero` changes the calling thread permanently.
    Network(a_model(tmp_path), SHAPE, ("double",), threads=1).run(np.zeros(SHAPE, np.float32))
    smallest = np.full(3, np.finfo(float).smallest_subnormal)
    assert (smallest * 1.0 > 0).all()


class FakeRuntime:
    """A stand-in for ONNX Runtime that keeps the options and what the environment said.

    ``brings`` are the providers of this build; of those in ``broken`` the libraries are missing,
    and those in ``quiet`` hand over to the next one without a word.
    """

    __version__ = "1.0"
    GraphOptimizationLevel = SimpleNamespace(ORT_DISABLE_ALL="none")

    def __init__(self, *brings: str, broken: str = "", quiet: str = "") -> None:
        self.options = SimpleNamespace(entries={})
        self.telemetry: str | None = None
        self.brings = [*brings, "CPUExecutionProvider"]
        self.broken = broken
        self.quiet = quiet
        self.asked: list[list[str]] = []

    def get_available_providers(self) -> list[str]:
        return self.brings

    def SessionOptions(self) -> Any:  # noqa: N802
        self.options.add_session_config_entry = self.options.entries.__setitem__
        return self.options

    def InferenceSession(  # noqa: N802
        self, path: str, options: Any, providers: list[Any], enable_fallback: int
    ) -> Any:
        self.telemetry = os.environ.get("ORT_DISABLE_TELEMETRY")
        # Its own fallback would write to standard output.
        assert enable_fallback == 0
        names = [entry if isinstance(entry, str) else entry[0] for entry in providers]
        self.asked.append(names)
        if names[0] == self.broken:
            raise RuntimeError("libcudnn.so.9: cannot open\nshared object file")
        loaded = [name for name in names if name != self.quiet]
        return SimpleNamespace(
            get_inputs=lambda: [SimpleNamespace(name="input", shape=list(SHAPE))],
            get_outputs=lambda: [SimpleNamespace(name="double")],
            get_providers=lambda: loaded,
            run=lambda names, _feed: [np.zeros(1, np.float32) for _ in names],
        )


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


# What is kept between openings.


def kept_in(folder: Path) -> Runtime:
    return Runtime(graphs=GraphCache(folder / "optimised", device_key()))


def graphs(folder: Path) -> list[Path]:
    return sorted((folder / "optimised").iterdir())


def test_the_optimised_graph_is_kept_and_gives_the_same(tmp_path: Path) -> None:
    path = a_model(tmp_path)
    tensor = np.arange(12, dtype=np.float32).reshape(SHAPE)
    plain = Network(path, SHAPE, ("double",), threads=1).run(tensor)
    for _ in range(2):
        (output,) = Network(path, SHAPE, ("double",), threads=1, runtime=kept_in(tmp_path)).run(
            tensor
        )
        np.testing.assert_array_equal(output, plain[0])
        assert len(graphs(tmp_path)) == 1


@pytest.mark.parametrize("seal", ["its own", "CRC"])
def test_the_second_opening_takes_what_was_kept_if_it_is_sealed(tmp_path: Path, seal: str) -> None:
    path, runtime = a_model(tmp_path), kept_in(tmp_path)
    Network(path, SHAPE, ("double",), threads=1, runtime=runtime)
    (kept,) = graphs(tmp_path)
    # What lies there now is a network that negates: only who reads it can tell.
    model = onnx.load(path)
    model.graph.node[0].CopyFrom(helper.make_node("Neg", ["input0"], ["double"]))
    content = model.SerializeToString()
    kept.unlink()
    prefix = f"{kept.stem.rpartition('-')[0]}-"
    name = _sealed(prefix, content) if seal == "its own" else f"{prefix}{crc32(content):08x}.onnx"
    kept.with_name(name).write_bytes(content)
    (output,) = Network(path, SHAPE, ("double",), threads=1, runtime=runtime).run(
        np.ones(SHAPE, np.float32)
    )
    assert (output == (-1 if seal == "its own" else 2)).all()


@pytest.mark.parametrize("content", [b"", b"damaged", None], ids=["empty", "damaged", "refused"])
def test_a_graph_that_cannot_be_used_is_made_again(tmp_path: Path, content: bytes | None) -> None:
    path, runtime = a_model(tmp_path), kept_in(tmp_path)
    Network(path, SHAPE, ("double",), threads=1, runtime=runtime)
    (kept,) = graphs(tmp_path)
    before = kept.read_bytes()
    if content is None:
        # Whole, and yet no network: as when a runtime changed without its version.
        content = b"whole, but no network"
        kept.unlink()
        kept = kept.with_name(_sealed(f"{kept.stem.rpartition('-')[0]}-", content))
    kept.write_bytes(content)
    (output,) = Network(path, SHAPE, ("double",), threads=1, runtime=runtime).run(
        np.ones(SHAPE, np.float32)
    )
    assert (output == 2).all()
    (again,) = graphs(tmp_path)
    assert again.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    path = a_model(tmp_path)
    (tmp_path / "optimised").write_text("a file is in the way")
    (output,) = Network(path, SHAPE, ("double",), threads=1, runtime=kept_in(tmp_path)).run(
        np.ones(SHAPE, np.float32)
    )
    assert (output == 2).all()


def test_the_networks_of_the_manifest_are_the_same_optimised(
    models_dir: Path, tmp_path: Path
) -> None:
    tensor = np.random.default_rng(0).random((1, 256, 256, 3), np.float32)
    outputs = ("landmarks", "presence", "heatmap")
    path = models_dir / "pose_landmark_full.onnx"
    plain = Network(path, tensor.shape, outputs, threads=1).run(tensor)
    Network(path, tensor.shape, outputs, threads=1, runtime=kept_in(tmp_path))
    kept = Network(path, tensor.shape, outputs, threads=1, runtime=kept_in(tmp_path)).run(tensor)
    for one, other in zip(plain, kept, strict=True):
        np.testing.assert_array_equal(one, other)


# What runs it.


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
