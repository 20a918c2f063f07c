"""One network in ONNX Runtime: how it is opened and run."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]


class ModelError(Exception):
    """A model that cannot be opened or does not have the tensors it should have."""


class Network:
    """A loaded network with one input and named outputs.

    Parameters
    ----------
    path
        An ONNX file.
    input_shape
        The shape the file must declare.
    outputs
        Names of the outputs to compute, in this order.
    threads
        Threads of one inference; 0 means the processor count, at most 4.

    Raises
    ------
    ModelError
        If the file cannot be opened or its tensors are not the expected ones.
    """

    def __init__(
        self, path: Path, input_shape: tuple[int, ...], outputs: Sequence[str], threads: int
    ) -> None:
        # Releases from 1.29 send usage data unless told not to before the first import.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads or min(os.cpu_count() or 1, 4)
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Spinning workers make a busy small board slower than one thread.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session: Any = ort.InferenceSession(
                os.fspath(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            said = " ".join(str(error).split()) if path.is_file() else "there is no such file"
            raise ModelError(f"cannot open the model {path}: {said}") from error
        self._outputs = list(outputs)
        declared = self._session.get_inputs()
        shapes = [list(i.shape) for i in declared]
        names = {o.name for o in self._session.get_outputs()}
        if shapes != [list(input_shape)] or not names.issuperset(self._outputs):
            raise ModelError(
                f"{path} is not the expected model: input {', '.join(map(str, shapes)) or 'none'}, "
                f"outputs {sorted(names)}; expected {list(input_shape)} and {self._outputs}"
            )
        self._input = declared[0].name

    def run(self, tensor: Tensor) -> list[Tensor]:
        """Return the outputs for one input tensor of the declared shape."""
        outputs: list[Tensor] = self._session.run(self._outputs, {self._input: tensor})
        return outputs
