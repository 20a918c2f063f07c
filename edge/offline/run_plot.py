"""Plot of a run: the deciding metrics of both faults over time."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from edge.messages.errors import ExportError
from edge.messages.metric import Metric
from edge.messages.verdict import Bands
from edge.offline.column_table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DRAWN: Final = (
    (Metric.KNEE_TOE, "knee-toe offset (% shank)"),
    (Metric.PUSH_OFF, "knee flexion in push-off (degrees)"),
)


def plot_strides(strides: Table, bands: Sequence[Bands]) -> "Figure":
    """Return a Matplotlib figure of the valid near-leg strides and the limits in force."""
    figure: Figure = figure_class()(figsize=(8, 5), layout="constrained")
    near = strides.where(strides["near"] & strides["valid"])
    limits = {band.metric: band for band in bands if band.side in near["side"]}
    axes = figure.subplots(len(_DRAWN), sharex=True)
    for ax, (metric, label) in zip(axes, _DRAWN, strict=True):
        ax.plot(near["start_s"], near[metric.value], "o", color="0.2", markersize=4)
        if band := limits.get(metric.value):
            ax.axhline(band.amber, color="tab:orange", label="amber")
            ax.axhline(band.red, color="tab:red", label="red")
        ax.set_ylabel(label)
    axes[0].legend(loc="upper right")
    axes[-1].set_xlabel("time (s)")
    return figure


def figure_class() -> Any:
    """Return Matplotlib's figure; raise ``ExportError`` if it is not installed."""
    # pyplot would keep every figure in memory and might open a window.
    try:
        return import_module("matplotlib.figure").Figure
    except ImportError as error:
        raise ExportError("a plot needs Matplotlib (pip install matplotlib)") from error
