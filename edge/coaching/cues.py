"""Choice and spacing of the cues for the runner."""

from collections import deque
from collections.abc import Iterable
from math import inf, nan

import numpy as np

from edge.coaching.belt_change import BeltWatch
from edge.i18n.cue_words import cue_words
from edge.i18n.word_catalogue import DEFAULT, load
from edge.messages.metric import Metric
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Cue, CueKind, Fault, Verdict, VerdictState
from edge.settings.coaching_settings import CoachingSettings


class CueTracker:
    """Selector of at most one cue at a time from the verdicts in force.

    Notes
    -----
    Bandwidth feedback: silent until a fault has lasted some strides, a gap between any two cues,
    one praise for a run of strides with both faults green. Knees forward with the hips forward: sit
    back; either fault otherwise: cadence; both: sit back first, then cadence. Source:
    docs/gait-metrics.md, "Cues"; runners learn better from infrequent feedback ("Feedback dose").
    Differs: a runner who has reached the cadence target gets the cue to finish the push instead, or
    to sit back if only the knees are forward; praise may come again after another cue. The gap, the
    counts and the 5 to 8 steps/min are defaults, to be adjusted by each clinic.
    """

    def __init__(self, settings: CoachingSettings) -> None:
        self._settings = settings
        self._belt = BeltWatch(settings)
        self._cadences: deque[float] = deque(maxlen=settings.min_valid_strides)
        self.reset()

    def reset(self) -> None:
        """Restart for a new runner."""
        self._belt.reset()
        self._cadences.clear()
        self._baseline_spm = nan
        self._lasted = dict.fromkeys(Fault, 0)
        self._green = 0
        self._praised = False
        self._last_kind: CueKind | None = None
        self._last_s = -inf

    @property
    def baseline_spm(self) -> float:
        """Baseline cadence at this belt speed, steps per minute; NaN until learnt."""
        return self._baseline_spm

    @property
    def target_spm(self) -> tuple[float, float]:
        """Target range of cadence in whole steps per minute; both NaN without a baseline."""
        s, base = self._settings, self._baseline_spm
        cap = base * (1 + s.cadence_cap_pct / 100)
        low, high = min(base + s.cadence_low_spm, cap), min(base + s.cadence_high_spm, cap)
        # Round inwards, so that the upper end never exceeds the cap.
        return (float(np.ceil(low)), float(np.floor(high)))

    def update(
        self, metrics: StrideMetrics, speed_mps: float, verdicts: Iterable[Verdict]
    ) -> list[Cue]:
        """Process one stride and its verdicts; return at most one cue.

        Parameters
        ----------
        metrics
            The stride; strides of the far leg are ignored.
        speed_mps
            Belt speed, positive; NaN or zero if unknown. A change discards the baseline.
        verdicts
            Verdicts for this stride's leg. Borderline and unknown ones lead to no cue.
        """
        if not metrics.near:
            return []
        by_fault = {verdict.fault: verdict for verdict in verdicts}
        if metrics.valid:
            self._learn_cadence(metrics.value(Metric.CADENCE), speed_mps)
        self._count(by_fault, counts=metrics.valid)
        due = metrics.decided_at_s - self._last_s >= self._settings.cue_gap_s
        if not (metrics.valid and due):
            return []
        kind = self._wanted(by_fault)
        return [] if kind is None else [self._give(kind, metrics.decided_at_s)]

    def _learn_cadence(self, cadence_spm: float, speed_mps: float) -> None:
        if self._belt.update(speed_mps):
            self._cadences.clear()
            self._baseline_spm = nan
        if not np.isfinite(cadence_spm) or self._belt.warm_up:
            return
        self._cadences.append(cadence_spm)
        full = len(self._cadences) == self._cadences.maxlen
        if full and not np.isfinite(self._baseline_spm):
            self._baseline_spm = float(np.median(self._cadences))

    def _count(self, by_fault: dict[Fault, Verdict], *, counts: bool) -> None:
        """Count consecutive strides; one that cannot be judged neither counts nor interrupts."""
        for fault in Fault:
            verdict = by_fault.get(fault)
            if verdict is None or verdict.cue is None:
                self._lasted[fault] = 0
            elif counts:
                self._lasted[fault] += 1
        states = [by_fault[fault].state if fault in by_fault else None for fault in Fault]
        if any(state is not VerdictState.GREEN for state in states):
            self._green = 0
        elif counts:
            self._green += 1

    def _wanted(self, by_fault: dict[Fault, Verdict]) -> CueKind | None:
        lasting = [f for f in Fault if self._lasted[f] >= self._settings.cue_after_strides]
        if not lasting:
            earned = self._green >= self._settings.praise_strides and not self._praised
            return CueKind.PRAISE if earned else None
        if len(lasting) == len(Fault):
            turned = self._last_kind is CueKind.SIT_BACK
            kind = CueKind.CADENCE if turned else CueKind.SIT_BACK
        else:
            kind = CueKind(str(by_fault[lasting[0]].cue))
        if kind is CueKind.CADENCE and self._quick_enough():
            bent = Fault.BENT_PUSH_OFF in lasting
            return CueKind.LONG_PUSH if bent else CueKind.SIT_BACK
        return kind

    def _quick_enough(self) -> bool:
        if not self._cadences:
            return False
        return bool(np.median(self._cadences) >= self.target_spm[0])

    def _give(self, kind: CueKind, time_s: float) -> Cue:
        self._last_s = time_s
        self._last_kind = kind
        self._praised = kind is CueKind.PRAISE
        wording = cue_words(kind, load(DEFAULT), self.target_spm)
        return Cue(kind=kind.value, wording=wording, issued_at_s=time_s)
