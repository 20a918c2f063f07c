"""Networks made for a test, and a runtime that notes how it was asked."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from edge.messages.errors import ModelError
from edge.pose.runtime.onnx_session import Network

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
