"""What runs the networks: TensorRT, CUDA or the processor, and what each is told."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

CPU: Final = "cpu"
CUDA: Final = "cuda"
TENSORRT: Final = "tensorrt"
AUTO: Final = "auto"

# Best first; what one cannot run of a network is left to those after it.
_ORDER: Final = (TENSORRT, CUDA, CPU)
_RUNTIME_NAMES: Final = {
    TENSORRT: "TensorrtExecutionProvider",
    CUDA: "CUDAExecutionProvider",
    CPU: "CPUExecutionProvider",
}
_OWN_NAMES: Final = {theirs: ours for ours, theirs in _RUNTIME_NAMES.items()}

Entry = str | tuple[str, dict[str, str]]


def own_name(runtime_name: str) -> str:
    """Return our name of a provider of the runtime; of one we do not know, its own."""
    return _OWN_NAMES.get(runtime_name, runtime_name)


def candidates(wanted: str, available: Collection[str], *, engines_ready: bool) -> list[str]:
    """Return what to try, in this order; the processor is always the last.

    Parameters
    ----------
    wanted
        ``auto``, ``tensorrt``, ``cuda`` or ``cpu``.
    available
        The runtime's own names of what its build brings.
    engines_ready
        Whether TensorRT's engines have been built before. Building them takes minutes, so that
        ``auto`` takes TensorRT only where that is done; asked for by name it is taken in any case.

    Examples
    --------
    >>> candidates("auto", ["CPUExecutionProvider"], engines_ready=False)
    ['cpu']
    >>> jetson = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
    >>> candidates("auto", jetson, engines_ready=False)
    ['cuda', 'cpu']
    >>> candidates("auto", jetson, engines_ready=True)
    ['tensorrt', 'cuda', 'cpu']
    """
    first = TENSORRT if wanted == AUTO else wanted
    tried = [
        name
        for name in _ORDER[_ORDER.index(first) : -1]
        if _RUNTIME_NAMES[name] in available
        and not (name == TENSORRT and wanted == AUTO and not engines_ready)
    ]
    return [*tried, CPU]


def entries(first: str, available: Collection[str], engines: Path | None) -> Sequence[Entry]:
    """Return what the runtime is given: ``first``, then what takes over what it cannot run."""
    options = {TENSORRT: _tensorrt_options(engines), CUDA: _CUDA_OPTIONS}
    found: list[Entry] = []
    for name in _ORDER[_ORDER.index(first) :]:
        if name == CPU:
            found.append(_RUNTIME_NAMES[CPU])
        elif _RUNTIME_NAMES[name] in available:
            found.append((_RUNTIME_NAMES[name], dict(options[name])))
    return found


def engines_are_ready(engines: Path | None) -> bool:
    """Whether TensorRT has left an engine in its folder."""
    return engines is not None and any(engines.glob("*.engine"))


# TF32 drops thirteen bits of each factor, and searching the fastest algorithm takes seconds.
_CUDA_OPTIONS: Final[Mapping[str, str]] = {
    "use_tf32": "0",
    "cudnn_conv_algo_search": "HEURISTIC",
}


def _tensorrt_options(engines: Path | None) -> dict[str, str]:
    if engines is None:
        return {}
    return {
        "trt_engine_cache_enable": "1",
        "trt_engine_cache_path": str(engines),
        "trt_timing_cache_enable": "1",
        "trt_timing_cache_path": str(engines),
    }
