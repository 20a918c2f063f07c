"""Choice and spacing of the cues for the runner."""

from collections import deque
from collections.abc import Iterable
from math import inf, nan

import numpy as np

from edge.coaching.belt_change import BeltWatch
from edge.coaching.cadence_target import cadence_target
from edge.i18n.cue_words import cue_words
from edge.i18n.word_catalogue import DEFAULT, load
from edge.messages.feedback import FeedbackGate, GateReason
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

    In a visit only the cue of the step is given, and only while feedback is on: once at the start
    of the step, so that the runner knows what to do, and then for a fault that it is about.
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
        self._start_counting()
        self._praised = False
        self._last_kind: CueKind | None = None
        self._last_s = -inf
        self._step = ""

    def _start_counting(self) -> None:
        self._lasted = dict.fromkeys(Fault, 0)
        self._green = 0

    @property
    def baseline_spm(self) -> float:
        """Baseline cadence at this belt speed, steps per minute; NaN until learnt."""
        return self._baseline_spm

    @property
    def target_spm(self) -> tuple[float, float]:
        """Target range of cadence in whole steps per minute; both NaN without a baseline."""
        target = cadence_target(self._baseline_spm, self._settings)
        return target.low_spm, target.high_spm

    def update(
        self,
        metrics: StrideMetrics,
        speed_mps: float,
        verdicts: Iterable[Verdict],
        gate: FeedbackGate | None = None,
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
        gate
            The feedback in force; by default every cue is allowed.
        """
        if not metrics.near:
            return []
        by_fault = {verdict.fault: verdict for verdict in verdicts}
        if metrics.valid:
            self._learn_cadence(metrics.value(Metric.CADENCE), speed_mps)
        self._count(by_fault, counts=metrics.valid)
        due = metrics.decided_at_s - self._last_s >= self._settings.cue_gap_s
        if gate is not None and gate.reason is not GateReason.FREE:
            kind = self._led(gate, by_fault, due=due, valid=metrics.valid)
            target_spm = gate.target_low_spm, gate.target_high_spm
        else:
            self._step = ""
            kind = self._wanted(by_fault) if metrics.valid and due else None
            target_spm = self.target_spm
        return [] if kind is None else [self._give(kind, metrics.decided_at_s, target_spm)]

    def _led(
        self, gate: FeedbackGate, by_fault: dict[Fault, Verdict], *, due: bool, valid: bool
    ) -> CueKind | None:
        """Return the cue of a visit's step if it is due now; None if not."""
        if not (gate.on and due):
            return None
        if gate.step != self._step:
            self._step = gate.step
            self._start_counting()
            return CueKind(gate.cue)
        kind = self._wanted(by_fault, gate) if valid else None
        return kind if kind in (gate.cue, CueKind.PRAISE) else None

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

    def _wanted(
        self, by_fault: dict[Fault, Verdict], gate: FeedbackGate | None = None
    ) -> CueKind | None:
        """Return the cue that the faults ask for; with a gate, its cue if they ask for that."""
        lasting = [f for f in Fault if self._lasted[f] >= self._settings.cue_after_strides]
        if not lasting:
            earned = self._green >= self._settings.praise_strides and not self._praised
            return CueKind.PRAISE if earned else None
        if gate is not None:
            return self._helps(CueKind(gate.cue), lasting, gate.target_low_spm)
        if len(lasting) == len(Fault):
            turned = self._last_kind is CueKind.SIT_BACK
            kind = CueKind.CADENCE if turned else CueKind.SIT_BACK
        else:
            kind = CueKind(str(by_fault[lasting[0]].cue))
        if kind is CueKind.CADENCE and self._quick_enough(self.target_spm[0]):
            bent = Fault.BENT_PUSH_OFF in lasting
            return CueKind.LONG_PUSH if bent else CueKind.SIT_BACK
        return kind

    def _helps(self, kind: CueKind, lasting: list[Fault], target_spm: float) -> CueKind | None:
        """Return a cue that is about one of these faults, unless the runner has followed it."""
        if kind is CueKind.SIT_BACK:
            return kind if Fault.KNEES_FORWARD in lasting else None
        if kind is CueKind.LONG_PUSH:
            return kind if Fault.BENT_PUSH_OFF in lasting else None
        return None if self._quick_enough(target_spm) else kind

    def _quick_enough(self, target_spm: float) -> bool:
        if not self._cadences:
            return False
        return bool(np.median(self._cadences) >= target_spm)

    def _give(self, kind: CueKind, time_s: float, target_spm: tuple[float, float]) -> Cue:
        self._last_s = time_s
        self._last_kind = kind
        self._praised = kind is CueKind.PRAISE
        wording = cue_words(kind, load(DEFAULT), target_spm)
        return Cue(kind=kind.value, wording=wording, issued_at_s=time_s)
