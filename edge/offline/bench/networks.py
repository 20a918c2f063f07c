"""Benchmark of the networks alone: each size and thread count, and the share of peak speed."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from edge.messages.errors import WeightsError
from edge.offline.bench.macs import Macs, count_macs
from edge.offline.bench.samples import Samples
from edge.pose.models.blazepose.detector import DETECTOR_OUTPUTS, DETECTOR_SIZE
from edge.pose.models.blazepose.landmarks import LANDMARK_OUTPUTS, LANDMARK_SIZE
from edge.pose.runtime.onnx_session import Network
from edge.pose.store import model_store

# Peak speed: a product of matrices that fit the cache, in this runtime on these threads.
_PEAK_SIDE = 1024
_PEAK_RUNS = 4


class NetworkBench:
    """A benchmark of every installed network at every thread count, and of the machine's peak.

    Parameters
    ----------
    models
        The models folder.
    names
        Networks; those that are not installed are skipped.
    threads
        Thread counts.
    runs
        Inferences per round.
    """

    def __init__(
        self, models: Path, names: Iterable[str], threads: Sequence[int], runs: int = 20
    ) -> None:
        self._runs = runs
        self._threads = tuple(threads)
        self._networks: dict[tuple[str, int], tuple[Network, Any]] = {}
        self._macs: dict[str, Macs] = {}
        for name in names:
            try:
                path = model_store.verify(models, name)
            except WeightsError:
                continue
            self._macs[name] = count_macs(path)
            for count in self._threads:
                self._networks[name, count] = _opened(path, name, count)
        self._peaks = {count: _matrix_product(count) for count in self._threads}

    def round(self, samples: Samples) -> None:
        """Run each network in turn."""
        for (name, count), (network, tensor) in self._networks.items():
            for _ in range(self._runs):
                samples.timed(f"{name} x{count}", network.run, tensor)
        for count, (network, tensor) in self._peaks.items():
            for _ in range(_PEAK_RUNS):
                samples.timed(f"peak x{count}", network.run, tensor)

    def report(self, samples: Samples) -> dict[str, Any]:
        """Return each network's time, speed and share of peak, and the peaks in GFLOP/s."""
        peaks = {
            count: 2 * _PEAK_SIDE**3 / samples.figures(f"peak x{count}")["median_ms"] / 1e6
            for count in self._threads
        }
        runs = []
        for name, count in self._networks:
            figures = samples.figures(f"{name} x{count}")
            macs = self._macs[name]
            speed = 2 * macs.total / figures["median_ms"] / 1e6
            runs.append(
                {
                    "network": name,
                    "threads": count,
                    "median_ms": figures["median_ms"],
                    "p95_ms": figures["p95_ms"],
                    "mega_macs": round(macs.total / 1e6, 1),
                    "depthwise_share": round(macs.depthwise / macs.total, 3),
                    "gflops": round(speed, 1),
                    "of_peak": round(speed / peaks[count], 3),
                }
            )
        rounded = {str(count): round(peak, 1) for count, peak in peaks.items()}
        return {"runs": runs, "peak_gflops": rounded}


def _opened(path: Path, name: str, threads: int) -> tuple[Network, Any]:
    detector = name == model_store.DETECTOR
    size = DETECTOR_SIZE if detector else LANDMARK_SIZE
    shape = (1, size, size, 3)
    outputs = DETECTOR_OUTPUTS if detector else LANDMARK_OUTPUTS
    # Not zeros: processors may be faster with them or, with denormals, slower.
    tensor = np.random.default_rng(0).random(shape, np.float32)
    return Network(path, shape, outputs, threads), tensor


def _matrix_product(threads: int) -> tuple[Network, Any]:
    side = _PEAK_SIDE
    factor = np.random.default_rng(0).random((side, side), np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["input", "factor"], ["product"])],
        "peak",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, (side, side))],
        [helper.make_tensor_value_info("product", TensorProto.FLOAT, (side, side))],
        initializer=[onnx.numpy_helper.from_array(factor, "factor")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "peak.onnx"
        onnx.save(model, path)
        return Network(path, (side, side), ("product",), threads), factor
