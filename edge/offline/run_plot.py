"""Plot of a run: the deciding metrics of both faults over time."""

from importlib import import_module
from math import nan
from typing import TYPE_CHECKING, Any, Final

from edge.coaching.limits import limits_at
from edge.messages.errors import ExportError
from edge.messages.metric import Metric

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from edge.offline.run_result import Run

_DRAWN: Final = (
    (Metric.KNEE_TOE, "knee-toe offset (% shank)"),
    (Metric.PUSH_OFF, "knee flexion in push-off (degrees)"),
)


def plot_run(run: "Run") -> "Figure":
    """Return a Matplotlib figure of a run's valid near-leg strides and the limits."""
    figure: Figure = _figure_class()(figsize=(8, 5), layout="constrained")
    strides = run.strides.where(run.strides["near"] & run.strides["valid"])
    axes = figure.subplots(len(_DRAWN), sharex=True)
    limits = limits_at(run.settings.coaching, _speed_mps(run))
    for ax, (metric, label) in zip(axes, _DRAWN, strict=True):
        ax.plot(strides["start_s"], strides[metric.value], "o", color="0.2", markersize=4)
        ax.axhline(limits[metric].amber, color="tab:orange", label="amber")
        ax.axhline(limits[metric].red, color="tab:red", label="red")
        ax.set_ylabel(label)
    axes[0].legend(loc="upper right")
    axes[-1].set_xlabel("time (s)")
    return figure


def _speed_mps(run: "Run") -> float:
    known = run.settings.gait.belt_speed_mps or run.summary.get("belt_speed_mps")
    return float(known) if known else nan


def _figure_class() -> Any:
    # pyplot would keep every figure in memory and might open a window.
    try:
        return import_module("matplotlib.figure").Figure
    except ImportError as error:
        raise ExportError("a plot needs Matplotlib (pip install matplotlib)") from error
