"""The plots of docs/accuracy.md, drawn from the evaluations' JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# The metrics behind the verdicts, as (metric, title, unit).
METRICS = (
    ("knee_toe_offset_pct", "knee-toe offset", "% of shank"),
    ("shank_angle_deg", "shank angle", "degrees"),
    ("hip_ankle_offset_pct", "hip-ankle offset", "% of leg"),
    ("knee_flexion_peak_deg", "knee flexion at peak", "degrees"),
    ("knee_flexion_push_off_deg", "knee flexion in push-off", "degrees"),
    ("thigh_extension_deg", "thigh extension at toe-off", "degrees"),
)
EVENTS = {
    "initial_contact": "initial contact",
    "peak_knee_flexion": "peak knee flexion",
    "toe_off": "toe-off",
}
# Okabe and Ito (2008): safe for colour-blind readers, with one marker shape each for print.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
_SHAPES = ("o", "s", "^", "D", "v")
_GREY, _DARK = "#999999", "#333333"
_LIMITS = 1.96

mpl.rcParams.update(
    {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 10,
        "legend.frameon": False,
        "figure.facecolor": "white",
        # The same results must give the same bytes.
        "svg.hashsalt": "toeline",
        "svg.fonttype": "path",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One trial in a plot: its group, its true and its measured mean."""

    group: str
    true: float
    measured: float


def points(trials: Mapping[str, Any], metric: str, group: str) -> list[Point]:
    """Return the trials with a mean of the metric.

    Parameters
    ----------
    trials
        ``by_trial`` or ``clips`` of a report.
    metric
        The metric's name.
    group
        The entry of each trial that gives its group.
    """
    found = []
    for trial in trials.values():
        means = trial["metrics"].get(metric)
        if means and means["true"] is not None and means["measured"] is not None:
            found.append(
                Point(group=str(trial[group]), true=means["true"], measured=means["measured"])
            )
    return found


def scatter(trials: Mapping[str, Any], group: str, legend: str, path: Path) -> None:
    """Draw measured against true trial means, with the identity line and the fitted line."""
    figure, axes = _grid()
    for ax, (metric, title, unit) in zip(axes, METRICS, strict=True):
        cloud = points(trials, metric, group)
        if not cloud:
            _say_nothing(ax, title)
            continue
        true = np.array([p.true for p in cloud])
        measured = np.array([p.measured for p in cloud])
        low, high = _span(np.concatenate([true, measured]))
        ax.plot([low, high], [low, high], color=_GREY, lw=1, zorder=1)
        _draw_groups(ax, cloud, lambda p: (p.true, p.measured))
        note = ""
        if true.size > 2 and np.ptp(true) > 0:
            slope, start = np.polyfit(true, measured, 1)
            ends = np.array([true.min(), true.max()])
            ax.plot(ends, start + slope * ends, color=_DARK, lw=1.2, ls="--", zorder=2)
            note = f"slope {slope:.2f}, r {np.corrcoef(true, measured)[0, 1]:.2f}"
        ax.set(xlim=(low, high), ylim=(low, high), aspect="equal", title=title)
        ax.set_xlabel(f"true, {unit}")
        ax.set_ylabel("measured")
        ax.text(0.04, 0.96, note, transform=ax.transAxes, va="top", color=_DARK)
    _finish(figure, axes, legend, path)


def bland_altman(trials: Mapping[str, Any], group: str, legend: str, path: Path) -> None:
    """Draw a Bland-Altman plot of trial means, with bias and limits of agreement."""
    figure, axes = _grid(shape=(2.55, 2.2))
    for ax, (metric, title, unit) in zip(axes, METRICS, strict=True):
        cloud = points(trials, metric, group)
        if not cloud:
            _say_nothing(ax, title)
            continue
        errors = np.array([p.measured - p.true for p in cloud])
        bias = float(errors.mean())
        reach = _LIMITS * float(errors.std(ddof=1)) if errors.size > 1 else 0.0
        ax.axhline(0.0, color=_GREY, lw=0.8)
        ax.axhline(bias, color=_DARK, lw=1.2)
        for limit in (bias - reach, bias + reach):
            ax.axhline(limit, color=_DARK, lw=1, ls=":")
        _draw_groups(ax, cloud, lambda p: ((p.true + p.measured) / 2, p.measured - p.true))
        furthest = 1.6 * max(float(np.abs(errors).max()), abs(bias) + reach, 0.1)
        ax.set(ylim=(-furthest, furthest), title=title)
        ax.set_xlabel(unit)
        ax.set_ylabel("measured - true")
        ax.text(
            0.03,
            0.97,
            f"{bias:+z.1f} ({bias - reach:+z.1f} to {bias + reach:+z.1f})",
            transform=ax.transAxes,
            va="top",
            color=_DARK,
        )
    figure.supxlabel("mean of true and measured", fontsize=9)
    _finish(figure, axes, legend, path)


def event_errors(trials: Mapping[str, Any], group: str, legend: str, path: Path) -> None:
    """Draw each trial's event bias with 1.96 SD of its events, in order of group and bias."""
    figure = Figure(figsize=(8.2, 6.0), layout="constrained")
    axes = figure.subplots(len(EVENTS), 1, sharey=True).ravel()
    groups = sorted({str(t[group]) for t in trials.values()})
    for ax, (event, title) in zip(axes, EVENTS.items(), strict=True):
        ax.axhline(0.0, color=_GREY, lw=0.8)
        start = 0
        for i, name in enumerate(groups):
            figures = [t["events"][event] for t in trials.values() if str(t[group]) == name]
            known = sorted(
                (f for f in figures if f["bias_ms"] is not None), key=lambda f: f["bias_ms"]
            )
            x = start + np.arange(len(known))
            bias = np.array([f["bias_ms"] for f in known])
            reach = _LIMITS * np.array([f["sd_ms"] or 0.0 for f in known])
            ax.errorbar(
                x, bias, reach, fmt=_SHAPES[i % 5], color=_COLOURS[i % 5], ms=4, lw=1, label=name
            )
            start += len(known) + 1
        ax.set(title=title, xticks=[], ylim=(-50, 50))
        ax.set_ylabel("found - true, ms")
    _add_legend(figure, axes[0], legend)
    _save(figure, path)


def latencies(rows: Sequence[tuple[str, Mapping[str, Any]]], path: Path) -> None:
    """Draw the delay from the true time to the decision of each event: median to 95th percentile.

    Parameters
    ----------
    rows
        Each report's label and ``events``.
    path
        The output file.
    """
    figure = Figure(figsize=(8.2, 0.9 + 0.68 * len(rows)), layout="constrained")
    ax = figure.subplots()
    for i, (event, title) in enumerate(EVENTS.items()):
        for j, (_, events) in enumerate(rows):
            late = events[event]["emission_ms"]
            if late["p50"] is None:
                continue
            y = j + 0.22 * (i - 1)
            label = title if j == 0 else None
            ax.plot([late["p50"], late["p95"]], [y, y], color=_COLOURS[i], lw=2, label=label)
            ax.plot(late["p50"], y, _SHAPES[i], color=_COLOURS[i], ms=5)
    ax.set(yticks=range(len(rows)), yticklabels=[name for name, _ in rows], xlim=(0, None))
    ax.invert_yaxis()
    ax.set_xlabel("after the true instant, ms (pose time not in it)")
    ax.grid(axis="x", color="#dddddd", lw=0.6)
    _add_legend(figure, ax, "")
    _save(figure, path)


def _grid(shape: tuple[float, float] = (2.55, 2.75)) -> tuple[Figure, Sequence[Axes]]:
    figure = Figure(figsize=(3 * shape[0], 2 * shape[1] + 0.4), layout="constrained")
    return figure, list(figure.subplots(2, 3).ravel())


def _draw_groups(ax: Axes, cloud: Sequence[Point], place: Any) -> None:
    for i, name in enumerate(sorted({p.group for p in cloud})):
        xy = np.array([place(p) for p in cloud if p.group == name])
        ax.plot(
            xy[:, 0],
            xy[:, 1],
            _SHAPES[i % 5],
            color=_COLOURS[i % 5],
            ms=4.5,
            alpha=0.8,
            mew=0,
            label=name,
            zorder=3,
        )


def _span(values: Any) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * max(high - low, 1.0)
    return low - margin, high + margin


def _say_nothing(ax: Axes, title: str) -> None:
    ax.set(title=title, xticks=[], yticks=[])
    ax.text(0.5, 0.5, "no values", ha="center", transform=ax.transAxes, color=_GREY)


def _finish(figure: Figure, axes: Sequence[Axes], legend: str, path: Path) -> None:
    _add_legend(
        figure, next((a for a in axes if a.get_legend_handles_labels()[1]), axes[0]), legend
    )
    _save(figure, path)


def _add_legend(figure: Figure, ax: Axes, title: str) -> None:
    handles, labels = ax.get_legend_handles_labels()
    if labels:
        figure.legend(
            handles, labels, loc="outside upper center", ncols=len(labels), title=title or None
        )


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
