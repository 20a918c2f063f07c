"""A network opens, or says in one sentence why not; it keeps order, threads and privacy."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from pose_samples import real_networks

from edge.pose.session import ModelError, Network

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
    [((1, 4, 4, 3),), ((1, 3, 2, 2),), ((2, 2, 3),), (("batch", 2, 2, 3),), (), (SHAPE, SHAPE)],
    ids=["larger", "channels first", "no batch", "any batch", "no input", "two inputs"],
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
    # Setting `session.set_denormal_as_zero` changes the calling thread for good.
    Network(a_model(tmp_path), SHAPE, ("double",), threads=1).run(np.zeros(SHAPE, np.float32))
    smallest = np.full(3, np.finfo(float).smallest_subnormal)
    assert (smallest * 1.0 > 0).all()


class FakeRuntime:
    """A stand-in for ONNX Runtime that keeps the options and what the environment said."""

    def __init__(self) -> None:
        self.options = SimpleNamespace(entries={})
        self.telemetry: str | None = None

    def SessionOptions(self) -> Any:  # noqa: N802
        self.options.add_session_config_entry = self.options.entries.__setitem__
        return self.options

    def InferenceSession(self, path: str, options: Any, providers: list[str]) -> Any:  # noqa: N802
        self.telemetry = os.environ.get("ORT_DISABLE_TELEMETRY")
        assert providers == ["CPUExecutionProvider"]
        return SimpleNamespace(
            get_inputs=lambda: [SimpleNamespace(name="input", shape=list(SHAPE))],
            get_outputs=lambda: [SimpleNamespace(name="double")],
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


def test_workers_do_not_spin(runtime: FakeRuntime) -> None:
    Network(Path("any.onnx"), SHAPE, ("double",), 2)
    assert runtime.options.entries["session.intra_op.allow_spinning"] == "0"


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
        "import sys; from pathlib import Path; from edge.pose.session import Network\n"
        "import edge.pose.estimator\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "Network(Path('any.onnx'), (1,), (), 1)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "told 1"
