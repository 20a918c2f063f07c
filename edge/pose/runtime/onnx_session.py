"""A network in ONNX Runtime: opening and running it."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.messages.errors import ModelError
from edge.pose.runtime.graph_cache import GraphCache
from edge.pose.runtime.processor import processor_key
from edge.pose.runtime.providers import (
    CPU,
    TENSORRT,
    candidates,
    engines_are_ready,
    entries,
    own_name,
)

Tensor = NDArray[np.float32]

# First release with a configurable spin time; earlier ones spin far too long.
_SPINS_BRIEFLY = (1, 26)
SPIN_US = 20
"""How long a network's threads spin for the next layer when little else runs."""

SPIN_SHARING_US = 5
"""The same while a camera is captured and pictures are shown."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Options for running networks.

    Attributes
    ----------
    provider
        ``auto``, ``cpu``, ``cuda`` or ``tensorrt``; unavailable ones are skipped.
    graphs
        Cache of optimised networks; None optimises at each opening.
    engines
        Folder of TensorRT engines; None builds them at each opening.
    spin_us
        Microseconds that threads spin for the next layer before they sleep.
    """

    provider: str = CPU
    graphs: GraphCache | None = None
    engines: Path | None = None
    spin_us: int = SPIN_US


PLAIN = Runtime()


def device_key() -> str:
    """Return a key of everything but the model that an optimised graph depends on."""
    return f"{_runtime_module().__version__} {processor_key()}"


class Network:
    """A loaded network with one input and named outputs.

    Parameters
    ----------
    path
        An ONNX file.
    input_shape
        Shape that the file must declare or leave open.
    outputs
        Names of the outputs to compute, in this order.
    threads
        Threads of one inference; 0 means the processor count, at most 4.
    runtime
        Execution provider and caches.
    begins, took
        Called before an inference, and after it with its duration in seconds.

    Attributes
    ----------
    provider
        Execution provider in use: ``cpu``, ``cuda`` or ``tensorrt``.

    Raises
    ------
    ModelError
        If the file cannot be opened or its tensors are not as expected.
    """

    def __init__(
        self,
        path: Path,
        input_shape: tuple[int, ...],
        outputs: Sequence[str],
        threads: int,
        *,
        runtime: Runtime = PLAIN,
        begins: Callable[[], None] = lambda: None,
        took: Callable[[float], None] | None = None,
    ) -> None:
        try:
            self._session: Any = _open(_runtime_module(), path, threads, runtime)
        except Exception as error:
            said = " ".join(str(error).split()) if path.is_file() else "there is no such file"
            raise ModelError(f"cannot open the model {path}: {said}") from error
        self._outputs = list(outputs)
        self._begins = begins
        self._took = took
        declared = self._session.get_inputs()
        shapes = [list(i.shape) for i in declared]
        names = {o.name for o in self._session.get_outputs()}
        if not (len(shapes) == 1 and _takes(shapes[0], input_shape)) or not names.issuperset(
            self._outputs
        ):
            raise ModelError(
                f"{path} is not the expected model: input {', '.join(map(str, shapes)) or 'none'}, "
                f"outputs {sorted(names)}; expected {list(input_shape)} and {self._outputs}"
            )
        self._input = declared[0].name
        self.provider = own_name(self._session.get_providers()[0])

    def run(self, tensor: Tensor) -> list[Tensor]:
        """Return the outputs for one input tensor of the declared shape."""
        self._begins()
        began_s = time.perf_counter()
        outputs: list[Tensor] = self._session.run(self._outputs, {self._input: tensor})
        if self._took is not None:
            self._took(time.perf_counter() - began_s)
        return outputs


def _takes(declared: Sequence[int | str | None], shape: Sequence[int]) -> bool:
    """Return whether a declared shape, open where not an int, accepts tensors of ``shape``."""
    return len(declared) == len(shape) and all(
        have == want or not isinstance(have, int)
        for have, want in zip(declared, shape, strict=True)
    )


def _runtime_module() -> Any:
    # Releases from 1.29 send usage data unless this is set before the first import.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def _open(ort: Any, path: Path, threads: int, runtime: Runtime) -> Any:
    """Open with the best available provider."""
    if runtime.provider == CPU:
        return _open_on_processor(ort, path, threads, runtime)
    available = ort.get_available_providers()
    ready = engines_are_ready(runtime.engines)
    for name in candidates(runtime.provider, available, engines_ready=ready):
        if name == CPU:
            break
        wanted = entries(name, available, runtime.engines)
        if name == TENSORRT and runtime.engines is not None:
            with suppress(OSError):
                runtime.engines.mkdir(parents=True, exist_ok=True)
        try:
            session = _session(ort, path, _options(ort, threads, runtime.spin_us), wanted)
        except Exception as error:
            # The build may include a provider whose libraries or device are missing.
            _log.info("%s cannot run %s: %s", name, path.name, " ".join(str(error).split()))
            continue
        loaded = own_name(session.get_providers()[0])
        if loaded == name:
            return session
        _log.info("%s was requested, but %s runs %s", name, loaded, path.name)
        if loaded != CPU:
            return session
    return _open_on_processor(ort, path, threads, runtime)


def _open_on_processor(ort: Any, path: Path, threads: int, runtime: Runtime) -> Any:
    graphs = runtime.graphs

    def plain(write_to: Path | None) -> Any:
        options = _options(ort, threads, runtime.spin_us)
        if write_to is not None:
            options.optimized_model_filepath = os.fspath(write_to)
        return _session(ort, path, options, entries(CPU, (), None))

    if graphs is None:
        return plain(None)
    kept = graphs.find(path)
    if kept is not None:
        options = _options(ort, threads, runtime.spin_us)
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        try:
            return _session(ort, kept, options, entries(CPU, (), None))
        except Exception as error:
            graphs.discard(kept, " ".join(str(error).split()))
    return graphs.fill(path, plain)


def _session(ort: Any, path: Path, options: Any, providers: Sequence[object]) -> Any:
    # The runtime's own fallback writes to standard output, where the strides go.
    return ort.InferenceSession(
        os.fspath(path), options, providers=list(providers), enable_fallback=0
    )


def _options(ort: Any, threads: int, spin_us: int) -> Any:
    """Return session options, each chosen by measurement on a processor with other load.

    Notes
    -----
    Measured on two busy cores with the full model. Workers that spin for the runtime's default time
    take half as long again as workers that sleep; workers that spin briefly take a tenth less,
    because the next layer is ready before they would be asleep. With only video decoding running,
    20 us save another 5 % over 5 us; in a live station they cost frames, because capture and
    display have to wait. Binding the input and preallocating outputs save 1 %; memory arena and
    pattern save 5 %. Hence a short spin where the runtime supports it, no binding, and defaults
    for the rest. ``toeline bench`` repeats the measurement.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or min(os.cpu_count() or 1, 4)
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    brief = _version(ort) >= _SPINS_BRIEFLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if brief else "0")
    if brief:
        options.add_session_config_entry("session.intra_op.spin_duration_us", str(spin_us))
    return options


def _version(ort: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in ort.__version__.split(".")[:2])
