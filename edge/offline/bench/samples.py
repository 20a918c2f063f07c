"""Durations by name, collected over interleaved rounds, and their statistics."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


class Samples:
    """Durations in milliseconds by name and round."""

    def __init__(self) -> None:
        self._rounds: dict[str, list[list[float]]] = {}

    def begin_round(self) -> None:
        """Start a new round for every name."""
        for rounds in self._rounds.values():
            rounds.append([])

    def add(self, name: str, ms: float) -> None:
        """Add one duration."""
        self._rounds.setdefault(name, [[]])[-1].append(ms)

    def timed(self, name: str, call: Callable[..., T], *args: Any, **options: Any) -> T:
        """Return what ``call`` returns, and add its duration."""
        start_s = time.perf_counter()
        result = call(*args, **options)
        self.add(name, 1000 * (time.perf_counter() - start_s))
        return result

    def __contains__(self, name: str) -> bool:
        return name in self._rounds

    def figures(self, name: str) -> dict[str, float]:
        """Return median, 95th percentile and mean over all rounds."""
        every = np.concatenate([np.array(r) for r in self._rounds[name] if r])
        return {
            "median_ms": round(float(np.median(every)), 3),
            "p95_ms": round(float(np.percentile(every, 95)), 3),
            "mean_ms": round(float(np.mean(every)), 3),
        }

    def ratio(self, name: str, to: str) -> float:
        """Return ``name`` over ``to``: the median over the rounds of the ratio of their means.

        Other load on the machine slows both in a round equally. NaN if no round has both.
        """
        pairs = zip(reversed(self._rounds[name]), reversed(self._rounds[to]), strict=False)
        ratios = [float(np.mean(a) / np.mean(b)) for a, b in pairs if a and b]
        return round(float(np.median(ratios)), 3) if ratios else float("nan")
