"""Agreement of measured strides with true ones, metric by metric."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.stride import StrideMetrics
from edge.metrics.catalogue import METRIC_NAMES
from edge.offline.evaluate.agreement import TOLERANCE_S, Indices, matched, rms
from edge.record.numbers import number

# The number of strides that a verdict is based on.
_BLOCK_STRIDES = 10
_LEAST_TRIALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueStride:
    """One true stride; ``metrics`` has the names, units and signs of the result folder."""

    start_s: float
    end_s: float
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Readings:
    """One leg of one trial: its true and its measured strides.

    Attributes
    ----------
    trial
        The trial's name.
    true, measured
        By metric, shapes (n,) and (m,): every true stride inside the window, and every valid
        measured one; NaN where a stride has no such value.
    rows, columns
        Shape (k,), indices of paired true and measured strides.
    """

    trial: str
    true: Mapping[str, Floats]
    measured: Mapping[str, Floats]
    rows: Indices
    columns: Indices

    def errors(self, metric: str) -> Floats:
        """Return measured minus true of the paired strides in order of time, without NaN."""
        errors = self.measured[metric][self.columns] - self.true[metric][self.rows]
        return np.asarray(errors[np.isfinite(errors)])

    def means(self, metric: str) -> tuple[float, float]:
        """Return the trial's true and measured mean, each over all its strides; NaN if none."""
        return _mean(self.true[metric]), _mean(self.measured[metric])


def read_strides(
    trial: str,
    true: Sequence[TrueStride],
    strides: Sequence[StrideMetrics],
    window_s: tuple[float, float],
) -> Readings:
    """Pair one leg's measured strides with its true ones.

    Parameters
    ----------
    trial
        The trial's name.
    true, strides
        True and measured strides in order of time; only valid measured ones count.
    window_s
        Only strides entirely inside it count.

    Notes
    -----
    A pair agrees within 50 ms in both its contacts.
    """
    start, end = window_s
    known = [s for s in true if start <= s.start_s and s.end_s <= end]
    # Widened by the tolerance, so that a stride at the edge detected slightly early still counts.
    valid = [
        s
        for s in strides
        if s.valid and start - TOLERANCE_S <= s.start_s and s.end_s <= end + TOLERANCE_S
    ]
    rows, columns = matched(
        np.array([s.start_s for s in known]), np.array([s.start_s for s in valid]), TOLERANCE_S
    )
    whole = [
        k
        for k, (i, j) in enumerate(zip(rows, columns, strict=True))
        if abs(known[i].end_s - valid[j].end_s) <= TOLERANCE_S
    ]
    return Readings(
        trial=trial,
        true={m: np.array([s.metrics.get(m, np.nan) for s in known]) for m in METRIC_NAMES},
        measured={m: np.array([s.value(m) for s in valid], float) for m in METRIC_NAMES},
        rows=rows[whole],
        columns=columns[whole],
    )


def metric_tables(readings: Sequence[Readings]) -> dict[str, Any]:
    """Return the statistics of every metric that has a true value, over trials, for JSON."""
    return {
        metric: metric_figures(readings, metric)
        for metric in METRIC_NAMES
        if any(np.isfinite(r.true[metric]).any() for r in readings)
    }


def metric_figures(readings: Sequence[Readings], metric: str) -> dict[str, Any]:
    """Return the statistics of one metric over trials, in the metric's unit.

    Returns
    -------
    ``n`` strides paired, of ``n_true``; over strides ``bias``, ``sd``, ``rmse``;
    ``ten_stride_sd``, the SD of the errors of means of ten consecutive strides, and
    ``ten_stride_sd_within``, the same about each trial's own mean error, which is the
    repeatability; over trial means ``slope`` and ``r`` of measured on true, and ``trial_means``
    with their ``bias``, ``sd``, ``worst`` error and ``worst_trial``. None if data are too few.
    """
    per_trial = [r.errors(metric) for r in readings]
    errors = np.concatenate(per_trial) if per_trial else np.empty(0)
    true, measured = _trial_means(readings, metric)
    slope, r = _line(true, measured)
    blocks = [_block_means(e) for e in per_trial]
    about_own = [b - b.mean() for b in blocks if b.size > 1]
    return {
        "n": int(errors.size),
        "n_true": int(sum(np.isfinite(r.true[metric]).sum() for r in readings)),
        "bias": number(_mean(errors)),
        "rmse": number(rms(errors)),
        "sd": number(_sd(errors)),
        "ten_stride_sd": number(_sd(np.concatenate(blocks)) if blocks else np.nan),
        "ten_stride_sd_within": number(_pooled_sd(about_own)),
        "slope": number(slope),
        "r": number(r),
        "trial_means": _spread(readings, true, measured),
    }


def trial_table(readings: Readings) -> dict[str, Any]:
    """Return one trial's means by metric: ``true``, ``measured``, ``error``, ``n``; for JSON."""
    table = {}
    for metric in METRIC_NAMES:
        true, measured = readings.means(metric)
        if np.isfinite(true) or np.isfinite(measured):
            table[metric] = {
                "true": number(true),
                "measured": number(measured),
                "error": number(measured - true),
                "n": int(np.isfinite(readings.measured[metric]).sum()),
            }
    return table


def _trial_means(readings: Sequence[Readings], metric: str) -> tuple[Floats, Floats]:
    means = np.array([r.means(metric) for r in readings]).reshape(-1, 2)
    return means[:, 0], means[:, 1]


def _spread(readings: Sequence[Readings], true: Floats, measured: Floats) -> dict[str, Any]:
    errors = measured - true
    known = np.flatnonzero(np.isfinite(errors))
    worst = int(known[np.argmax(np.abs(errors[known]))]) if known.size else None
    return {
        "bias": number(_mean(errors)),
        "sd": number(_sd(errors[known])),
        "worst": None if worst is None else number(errors[worst]),
        "worst_trial": None if worst is None else readings[worst].trial,
    }


def _block_means(errors: Floats) -> Floats:
    whole = errors.size // _BLOCK_STRIDES
    blocks = errors[: whole * _BLOCK_STRIDES].reshape(whole, _BLOCK_STRIDES)
    return np.asarray(blocks.mean(axis=1))


def _pooled_sd(about_own: Sequence[Floats]) -> float:
    """Return the pooled SD of groups whose own means were removed; NaN if there are none."""
    freedom = sum(part.size - 1 for part in about_own)
    if not freedom:
        return float("nan")
    return float(np.sqrt(sum(float((part**2).sum()) for part in about_own) / freedom))


def _line(true: Floats, measured: Floats) -> tuple[float, float]:
    """Return slope and correlation over trials; NaN with fewer than three or without spread."""
    known = np.isfinite(true) & np.isfinite(measured)
    x, y = true[known], measured[known]
    if x.size < _LEAST_TRIALS or np.ptp(x) == 0:
        return float("nan"), float("nan")
    slope = float(np.polyfit(x, y, 1)[0])
    return slope, float(np.corrcoef(x, y)[0, 1]) if np.ptp(y) else float("nan")


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _sd(values: Floats) -> float:
    return float(values.std(ddof=1)) if values.size > 1 else float("nan")
