"""The results of one recording, in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, Any

from edge.i18n.cue_words import english_cue
from edge.i18n.reasons import english
from edge.messages.gait import GaitEvent
from edge.messages.message import Message
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Bands, Fault, Verdict
from edge.metrics.catalogue import METRIC_NAMES
from edge.offline.column_table import Table
from edge.record.tables import (
    EVENT_COLUMNS,
    STRIDE_COLUMNS,
    STRIDE_HEAD,
    VERDICT_COLUMNS,
)
from edge.settings.settings import Settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """The results of one recording or one array of keypoints.

    Attributes
    ----------
    strides
        One row per stride, with the columns of ``strides.csv``.
    events
        One row per confirmed event, with the columns of ``events.csv``.
    verdicts
        The last verdict for each fault and side; ``mean``, ``ci95_low`` and ``ci95_high`` are of
        the deciding metric, in its unit.
    summary
        The content of ``session.json``; empty for keypoints.
    notices
        Sentences that a user should see.
    failure
        Why the recording could not be read to its end; empty if it could.
    settings
        The settings used.
    bands
        The last limits of each fault and side, as coaching judged by them.
    """

    strides: Table
    events: Table
    verdicts: Table
    summary: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    failure: str = ""
    settings: Settings
    bands: tuple[Bands, ...] = ()

    def plot(self) -> "Figure":
        """Draw the deciding metrics of both faults over time, and their limits.

        Raises
        ------
        ExportError
            If Matplotlib is not installed.
        """
        from edge.offline.run_plot import plot_strides

        return plot_strides(self.strides, self.bands)


class Gathered:
    """The messages that a run needs, collected in memory instead of a result folder."""

    def __init__(self) -> None:
        self._strides: list[StrideMetrics] = []
        self._events: list[GaitEvent] = []
        self._verdicts: dict[tuple[Fault, Side], Verdict] = {}
        self._bands: dict[tuple[Fault, Side], Bands] = {}

    def write(self, message: Message) -> None:
        """Add one message; call in the pipeline's order."""
        match message:
            case StrideMetrics():
                self._strides.append(message)
            case GaitEvent(confirmed=True):
                self._events.append(message)
            case Verdict():
                self._verdicts[message.fault, message.side] = message
            case Bands():
                self._bands[message.fault, message.side] = message

    def close(self, summary: Mapping[str, Any] | None = None) -> None:
        """Do nothing: there is nothing to close."""

    def take(self, messages: Iterable[Message]) -> None:
        """Add several messages."""
        for message in messages:
            self.write(message)

    def run(
        self,
        settings: Settings,
        *,
        summary: Mapping[str, Any] | None = None,
        notices: tuple[str, ...] = (),
        failure: str = "",
    ) -> Run:
        """Return the collected messages as tables."""
        return Run(
            strides=Table.of(map(_stride_row, self._strides), STRIDE_COLUMNS),
            events=Table.of(map(_event_row, self._events), EVENT_COLUMNS),
            verdicts=Table.of(map(_verdict_row, self._verdicts.values()), VERDICT_COLUMNS),
            summary=summary or {},
            notices=notices,
            failure=failure,
            settings=settings,
            bands=tuple(self._bands.values()),
        )


def _stride_row(stride: StrideMetrics) -> dict[str, Any]:
    head = {name: getattr(stride, name) for name in STRIDE_HEAD} | _words(stride.reason)
    legs = {
        "legs_source": "" if stride.legs is None else stride.legs.source.value,
        "legs_score": nan if stride.legs is None else stride.legs.score,
    }
    return head | {name: stride.value(name) for name in METRIC_NAMES} | legs


def _event_row(event: GaitEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in EVENT_COLUMNS}


def _verdict_row(verdict: Verdict) -> dict[str, Any]:
    low, high = verdict.ci95
    own = (name for name in VERDICT_COLUMNS if not name.startswith(("ci95", "reason")))
    row = {name: getattr(verdict, name) for name in own} | _words(verdict.reason)
    return row | {"cue": english_cue(verdict.cue), "ci95_low": low, "ci95_high": high}


def _words(reason: Reason) -> dict[str, str]:
    return {"reason": english(reason), "reason_code": reason.code}
