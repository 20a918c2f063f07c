"""The verdict on one fault of one leg, stride by stride."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite, nan

import numpy as np

from edge.coaching.faults import RULES, Finding
from edge.coaching.hysteresis import MetricLight, StateDwell
from edge.coaching.limits import Band, Grade
from edge.messages.arrays import Floats
from edge.messages.metric import Metric
from edge.messages.reason import Reason
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Fault, Verdict, VerdictState
from edge.numerics.statistics import trimmed_ci95, trimmed_mean, widened
from edge.settings.coaching_settings import CoachingSettings

Recent = Sequence[StrideMetrics | None]

_STATES = {
    Grade.GREEN: VerdictState.GREEN,
    Grade.AMBER: VerdictState.AMBER,
    Grade.RED: VerdictState.RED,
}
_CUED = (VerdictState.AMBER, VerdictState.RED)


class FaultTracker:
    """The verdict on one fault of one leg.

    Notes
    -----
    Source: docs/gait-metrics.md, "Verdict states"; limits are screening defaults, not injury
    cut-offs. Interpretation:

    - The limit that the interval may straddle is the one between no fault and a fault. If the
      interval straddles only the red limit, the fault is certain, and a runner who gets worse must
      not lose the cue on the way.
    - The interval of the deciding metric, which is the one shown, holds the scatter of strides and
      the model's error. The other metrics are witnesses, and theirs hold scatter alone: that all
      errors are at their worst at once is far less likely than one in twenty. A fault that stands
      on them alone has only their word, and then their intervals hold the model's errors, too.
    - A mean beyond that limit with less than the required share of strides is borderline, not
      green.
    - The dwell applies to the state as shown, including borderline; only unknown starts and ends at
      once. If a held red or amber has become borderline underneath, its cue is withheld.
    """

    def __init__(self, fault: Fault, settings: CoachingSettings) -> None:
        self._fault = fault
        self._rule = RULES[fault]
        self._settings = settings
        self._dwell = StateDwell(settings.dwell_strides)
        self._lights = {
            metric: MetricLight(settings) for metric in (self._rule.deciding, *self._rule.others)
        }
        self.reset()

    def reset(self) -> None:
        """Forget the verdict in force."""
        self._last: Verdict | None = None
        self._dwell.reset()
        for light in self._lights.values():
            light.reset()

    def unknown(self, metrics: StrideMetrics, reason: Reason, strides: int = 0) -> Verdict:
        """Withdraw the verdict in force; return an unknown verdict with the reason."""
        self.reset()
        return Verdict(
            side=metrics.side,
            fault=self._fault,
            state=VerdictState.UNKNOWN,
            reason=reason,
            cue=None,
            decided_at_s=metrics.decided_at_s,
            strides=strides,
        )

    def update(
        self, metrics: StrideMetrics, recent: Recent, bands: Mapping[Metric, Band]
    ) -> Verdict:
        """Judge after the newest stride, which is the last of ``recent``.

        Parameters
        ----------
        metrics
            The newest stride, for its side and time.
        recent
            Newest last; None for a stride that may not be judged.
        bands
            The limits at the current belt speed.
        """
        measured = [m for m in recent if m is not None and np.isfinite(self._deciding(m))]
        least = self._settings.min_valid_strides
        if len(measured) < least:
            return self.unknown(metrics, _too_few(len(measured), least, metrics), len(measured))
        newest = recent[-1]
        if self._last is not None and (newest is None or newest is not measured[-1]):
            return replace(self._last, decided_at_s=metrics.decided_at_s)
        window = measured[-self._settings.window_strides :]
        errors = {metric: _largest_error95(window, metric) for metric in self._lights}
        self._last = self._judge(metrics, self._values(window), errors, bands)
        return self._last

    def _deciding(self, metrics: StrideMetrics) -> float:
        return metrics.value(self._rule.deciding)

    def _values(self, window: Sequence[StrideMetrics]) -> dict[Metric, Floats]:
        """Return the finite values of each metric with enough of them to vote."""
        values = {}
        for metric, light in self._lights.items():
            every = np.array([m.value(metric) for m in window], dtype=np.float64)
            finite = every[np.isfinite(every)]
            if finite.size >= self._settings.min_valid_strides:
                values[metric] = finite
            else:
                light.reset()
        return values

    def _judge(
        self,
        metrics: StrideMetrics,
        values: Mapping[Metric, Floats],
        errors: Mapping[Metric, float],
        bands: Mapping[Metric, Band],
    ) -> Verdict:
        deciding = self._rule.deciding
        grades = {m: self._lights[m].update(v, bands[m]) for m, v in values.items()}
        intervals = {m: trimmed_ci95(v) for m, v in values.items()}
        alone = grades[deciding] is Grade.GREEN and self._rule.find(grades).grade > Grade.GREEN
        for metric in intervals if alone else (deciding,):
            intervals[metric] = widened(intervals[metric], errors[metric])
        finding = self._rule.find(grades)
        wanted = _STATES[finding.grade]
        if self._in_doubt(finding, intervals, bands):
            wanted = VerdictState.BORDERLINE
            finding = Finding(grade=finding.grade, reason=self._doubt(grades, intervals, bands))
        state = self._dwell.update(wanted)
        reason = finding.reason
        if state is not wanted and self._last is not None:
            held = state is VerdictState.BORDERLINE
            reason = Reason("was_near_limit") if held else self._last.reason
        cue = finding.cue if state in _CUED else None
        return Verdict(
            side=metrics.side,
            fault=self._fault,
            state=state,
            reason=reason,
            cue=cue,
            decided_at_s=metrics.decided_at_s,
            mean=trimmed_mean(values[deciding]),
            ci95=intervals[deciding],
            error95=errors[deciding],
            strides=int(values[deciding].size),
        )

    def _in_doubt(
        self,
        finding: Finding,
        intervals: Mapping[Metric, tuple[float, float]],
        bands: Mapping[Metric, Band],
    ) -> bool:
        """Return whether the intervals allow both a fault and no fault."""
        kindest, harshest = {}, {}
        for metric, (low, high) in intervals.items():
            band = bands[metric]
            if not np.isfinite(low):
                kindest[metric], harshest[metric] = Grade.GREEN, Grade.RED
                continue
            ends = (band.grade(low), band.grade(high))
            kindest[metric], harshest[metric] = min(ends), max(ends)
        if self._rule.find(harshest).grade is Grade.GREEN:
            return False
        return Grade.GREEN in (self._rule.find(kindest).grade, finding.grade)

    def _doubt(
        self,
        grades: Mapping[Metric, Grade],
        intervals: Mapping[Metric, tuple[float, float]],
        bands: Mapping[Metric, Band],
    ) -> Reason:
        """Return which metric is too close to its limit: the one shown, or another that votes."""
        deciding = self._rule.deciding
        ends = {bands[deciding].grade(end) > Grade.GREEN for end in intervals[deciding]}
        sure = len(ends) == 1 and (grades[deciding] > Grade.GREEN) in ends
        return self._rule.other_doubt if sure else Reason("near_limit")


def _largest_error95(window: Sequence[StrideMetrics], metric: Metric) -> float:
    """Return the largest of the model's errors in these strides; NaN if none is known."""
    errors = (m.error95.get(metric, nan) for m in window)
    return max((error for error in errors if isfinite(error)), default=nan)


def _too_few(seen: int, needed: int, newest: StrideMetrics) -> Reason:
    last = newest.reason.code
    if not last or newest.reason.params:
        return Reason("strides_too_few", seen=seen, needed=needed)
    return Reason("strides_too_few_last", seen=seen, needed=needed, last=last)
