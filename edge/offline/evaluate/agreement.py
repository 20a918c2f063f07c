"""Agreement of detected events with true ones: matching, and the usual statistics.

Conventions: docs/gait-metrics.md, "Validation". Times are in seconds, statistics in milliseconds;
a value that cannot be computed is NaN here and null in the report.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats
from edge.record.numbers import number

# An event further than this from every true one is a false detection.
TOLERANCE_S = 0.05
_F1_AT_MS = (20, 33, 50)
_SD_OF_LIMITS = 1.96
# Rounding must not put times that differ by exactly the tolerance outside it.
_ROUNDING_S = 1e-9

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventScore:
    """The comparison of one leg's events of one kind in one trial.

    Attributes
    ----------
    errors_s
        Shape (m,), found minus true time of the matched pairs with their true event inside the
        window.
    emissions_s
        Shape (m,), time of the deciding frame minus true time, of the same pairs.
    true, found
        Numbers of true events inside the window, and of found events counted for it.
    """

    errors_s: Floats
    emissions_s: Floats
    true: int
    found: int


def matched(true_s: Floats, found_s: Floats, tolerance_s: float) -> tuple[Indices, Indices]:
    """Pair times one to one, nearest pairs first.

    Parameters
    ----------
    true_s, found_s
        Shapes (n,) and (m,), in any order; NaN is never paired.
    tolerance_s
        Pairs further apart stay unpaired.

    Returns
    -------
    Two arrays of equal length: indices into ``true_s`` and ``found_s``, in order of ``true_s``.

    Notes
    -----
    Since the nearest pairs are taken first, those within a smaller tolerance are the same as if
    that tolerance had been used.

    Examples
    --------
    >>> true, found = matched(np.array([1.0, 2.0]), np.array([2.01, 0.97, 1.99]), 0.05)
    >>> true.tolist(), found.tolist()
    ([0, 1], [1, 0])
    """
    gaps = np.abs(found_s[None, :] - true_s[:, None])
    near = np.argwhere(gaps <= tolerance_s + _ROUNDING_S)
    # A stable sort takes the earlier row of two equally near ones, on every machine.
    order = np.argsort(gaps[near[:, 0], near[:, 1]], kind="stable")
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for i, j in near[order].tolist():
        if i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    pairs = sorted(partner.items())
    return (
        np.array([i for i, _ in pairs], np.intp),
        np.array([j for _, j in pairs], np.intp),
    )


def score_events(
    true_s: Floats, found_s: Floats, decided_s: Floats, window_s: tuple[float, float]
) -> EventScore:
    """Compare one leg's events of one kind.

    Parameters
    ----------
    true_s
        Shape (n,), all true times, including those outside the window.
    found_s, decided_s
        Shape (m,), all found times, and the times of the frames that decided them.
    window_s
        The evaluated part, ``[start, end)``.

    Notes
    -----
    Events are matched first and then counted by their true time, so that an event near the edge of
    the window is not a miss or a false detection because its pair is outside.
    """
    rows, columns = matched(true_s, found_s, TOLERANCE_S)
    judged = _inside(true_s[rows], window_s)
    alone = np.ones(found_s.size, bool)
    alone[columns] = False
    rows, columns = rows[judged], columns[judged]
    return EventScore(
        errors_s=found_s[columns] - true_s[rows],
        emissions_s=decided_s[columns] - true_s[rows],
        true=int(_inside(true_s, window_s).sum()),
        found=rows.size + int(_inside(found_s[alone], window_s).sum()),
    )


def event_figures(scores: Sequence[EventScore]) -> dict[str, Any]:
    """Return the statistics of one kind of event over trials, ready for JSON.

    Parameters
    ----------
    scores
        One per trial.

    Returns
    -------
    ``n_true``, ``n_found``, ``f1_20ms``, ``f1_33ms``, ``f1_50ms``; for pairs within 50 ms
    ``bias_ms`` (positive is late), ``rmse_ms``, ``sd_ms``, ``p95_abs_ms``, ``loa_ms`` (bias minus
    and plus 1.96 SD); ``trial_bias_sd_ms`` and ``lowest_f1_50ms``, the spread over trials;
    ``emission_ms`` (``p50``, ``p95``), the delay from the true time to the deciding frame.
    None where there are too few data.
    """
    errors_ms = 1000 * _joined([s.errors_s for s in scores])
    emissions_ms = 1000 * _joined([s.emissions_s for s in scores])
    true, found = sum(s.true for s in scores), sum(s.found for s in scores)
    bias, sd = _mean(errors_ms), _sd(errors_ms)
    trial_biases = np.array([1000 * _mean(s.errors_s) for s in scores])
    # Without true events of this kind there is no lowest trial.
    judged = [_f1(1000 * s.errors_s, 50, s.true, s.found) for s in scores if s.true + s.found]
    return {
        "n_true": true,
        "n_found": found,
        **{f"f1_{ms}ms": number(_f1(errors_ms, ms, true, found)) for ms in _F1_AT_MS},
        "bias_ms": number(bias),
        "rmse_ms": number(rms(errors_ms)),
        "sd_ms": number(sd),
        "p95_abs_ms": number(_percentile(np.abs(errors_ms), 95)),
        "loa_ms": [number(bias - _SD_OF_LIMITS * sd), number(bias + _SD_OF_LIMITS * sd)],
        "trial_bias_sd_ms": number(_sd(trial_biases[np.isfinite(trial_biases)])),
        "lowest_f1_50ms": number(min(judged, default=np.nan)),
        "emission_ms": {
            "p50": number(_percentile(emissions_ms, 50)),
            "p95": number(_percentile(emissions_ms, 95)),
        },
    }


def rms(values: Floats) -> float:
    """Return the root mean square; NaN if there are no values."""
    return float(np.sqrt(np.mean(values**2))) if values.size else float("nan")


def _f1(errors_ms: Floats, within_ms: float, true: int, found: int) -> float:
    hits = int((np.abs(errors_ms) <= within_ms + 1000 * _ROUNDING_S).sum())
    return 2 * hits / (true + found) if true + found else float("nan")


def _inside(times_s: Floats, window_s: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((times_s >= window_s[0]) & (times_s < window_s[1]))


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else float("nan")


def _sd(values: Floats) -> float:
    return float(values.std(ddof=1)) if values.size > 1 else float("nan")


def _percentile(values: Floats, percent: float) -> float:
    return float(np.percentile(values, percent)) if values.size else float("nan")
