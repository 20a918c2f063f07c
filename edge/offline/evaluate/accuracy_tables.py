"""Tables shared by both evaluations: events and metrics, overall and by stratum."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from edge.messages.gait import EventKind
from edge.offline.evaluate.agreement import EventScore, event_figures
from edge.offline.evaluate.metric_agreement import Readings, metric_tables, trial_table

Scores = Mapping[EventKind, EventScore]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegResult:
    """One leg of one trial compared with the truth.

    Attributes
    ----------
    events
        Confirmed events by kind.
    provisional
        Provisional events by kind; empty if there are none.
    readings
        The strides.
    """

    events: Scores
    provisional: Scores
    readings: Readings


def event_tables(legs: Sequence[LegResult]) -> dict[str, Any]:
    """Return the statistics of every kind of event, pooled over trials."""
    tables: dict[str, Any] = {}
    for kind in EventKind:
        tables[kind.value] = event_figures([leg.events[kind] for leg in legs])
        early = [leg.provisional[kind] for leg in legs if kind in leg.provisional]
        if early:
            tables[kind.value]["provisional"] = event_figures(early)
    return tables


def leg_tables(legs: Sequence[LegResult]) -> dict[str, Any]:
    """Return ``n_trials``, ``events`` and ``metrics`` over trials."""
    return {
        "n_trials": len(legs),
        "events": event_tables(legs),
        "metrics": metric_tables([leg.readings for leg in legs]),
    }


def one_trial(leg: LegResult) -> dict[str, Any]:
    """Return one trial's ``events``, ``strides`` (true, valid and paired) and ``metrics``."""
    readings = leg.readings
    any_metric = next(iter(readings.true))
    return {
        "events": event_tables([leg]),
        "strides": {
            "true": int(readings.true[any_metric].size),
            "valid": int(readings.measured[any_metric].size),
            "paired": int(readings.rows.size),
        },
        "metrics": trial_table(readings),
    }


Trial = TypeVar("Trial")


def strata(
    trials: Iterable[Trial], name: Callable[[Trial], str], leg: Callable[[Trial], LegResult]
) -> dict[str, Any]:
    """Return ``leg_tables`` for each name's trials, in order of name."""
    groups: dict[str, list[LegResult]] = {}
    for trial in trials:
        groups.setdefault(name(trial), []).append(leg(trial))
    return {key: leg_tables(groups[key]) for key in sorted(groups)}


def as_text(report: Mapping[str, Any]) -> str:
    """Return a report's events and metrics as lines of text."""
    lines = [
        f"near leg, {report['n_trials']} trials",
        f"{'event':20}{'F1 20 ms':>10}{'F1 50 ms':>10}{'bias ms':>9}{'RMSE ms':>9}"
        f"{'decided after, p50 / p95 ms':>30}",
    ]
    for kind, figures in report["events"].items():
        late = figures["emission_ms"]
        lines.append(
            f"{kind:20}{_cell(figures['f1_20ms'], 3):>10}{_cell(figures['f1_50ms'], 3):>10}"
            f"{_cell(figures['bias_ms'], 1):>9}{_cell(figures['rmse_ms'], 1):>9}"
            f"{_cell(late['p50'], 0) + ' / ' + _cell(late['p95'], 0):>30}"
        )
    columns = ("bias", "rmse", "ten_stride_sd", "slope")
    titles = ("bias", "RMSE", "SD of ten", "slope")
    lines += ["", f"{'metric':28}" + "".join(f"{title:>11}" for title in titles)]
    for metric, figures in report["metrics"].items():
        cells = (f"{_cell(figures[column], 2):>11}" for column in columns)
        lines.append(f"{metric:28}" + "".join(cells))
    return "\n".join(lines)


def _cell(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:z.{decimals}f}"
