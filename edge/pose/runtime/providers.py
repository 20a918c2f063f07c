"""Execution providers of the networks: TensorRT, CUDA or CPU, and their options."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

CPU: Final = "cpu"
CUDA: Final = "cuda"
TENSORRT: Final = "tensorrt"
AUTO: Final = "auto"

# Best first; operators that one cannot run fall to those after it.
_ORDER: Final = (TENSORRT, CUDA, CPU)
_RUNTIME_NAMES: Final = {
    TENSORRT: "TensorrtExecutionProvider",
    CUDA: "CUDAExecutionProvider",
    CPU: "CPUExecutionProvider",
}
_OWN_NAMES: Final = {theirs: ours for ours, theirs in _RUNTIME_NAMES.items()}

Entry = str | tuple[str, dict[str, str]]


def own_name(runtime_name: str) -> str:
    """Return our name for a runtime provider, or the runtime's name if it is unknown."""
    return _OWN_NAMES.get(runtime_name, runtime_name)


def candidates(wanted: str, available: Collection[str], *, engines_ready: bool) -> list[str]:
    """Return the providers to try, in order; the CPU is always last.

    Parameters
    ----------
    wanted
        ``auto``, ``tensorrt``, ``cuda`` or ``cpu``.
    available
        Providers in the runtime's build, by its names.
    engines_ready
        Whether TensorRT's engines have been built. Building them takes minutes, so ``auto`` picks
        TensorRT only if they exist; TensorRT requested by name is always tried.

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
    """Return the providers to pass to the runtime: ``first``, then its fallbacks."""
    options = {TENSORRT: _tensorrt_options(engines), CUDA: _CUDA_OPTIONS}
    found: list[Entry] = []
    for name in _ORDER[_ORDER.index(first) :]:
        if name == CPU:
            found.append(_RUNTIME_NAMES[CPU])
        elif _RUNTIME_NAMES[name] in available:
            found.append((_RUNTIME_NAMES[name], dict(options[name])))
    return found


def engines_are_ready(engines: Path | None) -> bool:
    """Return whether the folder holds a TensorRT engine."""
    return engines is not None and any(engines.glob("*.engine"))


# TF32 drops 13 bits of each factor, and an exhaustive algorithm search takes seconds.
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
