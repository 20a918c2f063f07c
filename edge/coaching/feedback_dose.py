"""Which feedback a runner may get at each instant of a guided visit."""

from dataclasses import replace
from math import isfinite, nan

from edge.coaching.cadence_target import CadenceGoal, cadence_target
from edge.coaching.feedback_windows import ramp_left_s, tempo_spm, window_on
from edge.messages.feedback import FeedbackGate, FeedbackPlan, GateReason
from edge.messages.metric import Metric
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import CueKind
from edge.settings.coaching_settings import CoachingSettings

_FREE = FeedbackGate(time_s=nan, on=True, reason=GateReason.FREE)


class FeedbackDose:
    """The feedback in force, by the plan of a visit; without a plan everything is allowed.

    Notes
    -----
    Source: docs/gait-metrics.md, "Feedback dose". Differs: none.
    """

    def __init__(self, settings: CoachingSettings) -> None:
        self._settings = settings
        self._goal = CadenceGoal(settings)
        self._plan: FeedbackPlan | None = None
        self._step: str | None = None
        self._told = _FREE
        self._again = False
        self.gate = _FREE

    def use(self, plan: FeedbackPlan | None) -> None:
        """Follow this plan from the next frame on, or none; callable from any thread."""
        self._plan = plan

    def send_again(self) -> None:
        """Report the feedback in force at the next frame, though it may not have changed."""
        self._again = True

    def update(self, time_s: float, learnt_spm: float) -> list[FeedbackGate]:
        """Decide what is allowed at a frame; return it if it has changed.

        Parameters
        ----------
        time_s
            Capture time.
        learnt_spm
            The baseline cadence that the coach has learnt; for a plan that has none.
        """
        plan = self._plan
        if plan is None:
            self._step, gate = None, replace(_FREE, time_s=time_s)
        else:
            if plan.step != self._step:
                self._step = plan.step
                self._goal.reset()
            gate = self._gate_of(plan, time_s, learnt_spm)
        self.gate = gate
        again, self._again = self._again and plan is not None, False
        if _gist(gate) == _gist(self._told) and not again:
            return []
        self._told = gate
        return [gate]

    def see(self, metrics: StrideMetrics, learnt_spm: float) -> None:
        """Take in a stride; with the metronome it may reach the goal."""
        plan = self._plan
        if plan is not None and plan.metronome and metrics.near and metrics.valid:
            cadence_spm = metrics.value(Metric.CADENCE)
            self._goal.update(metrics.decided_at_s, cadence_spm, _baseline(plan, learnt_spm))

    def baseline_spm(self, learnt_spm: float) -> float:
        """Return the baseline in force: the plan's, or the one learnt."""
        return learnt_spm if self._plan is None else _baseline(self._plan, learnt_spm)

    def _gate_of(self, plan: FeedbackPlan, time_s: float, learnt_spm: float) -> FeedbackGate:
        reason = self._reason(plan, time_s - plan.since_s)
        gate = FeedbackGate(
            time_s=time_s,
            on=reason is GateReason.ON,
            reason=reason,
            cue=plan.cue or "",
            step=plan.step,
            feedback_pct=plan.feedback_pct if plan.cue else nan,
            dose=plan.dose,
        )
        if gate.cue != CueKind.CADENCE:
            return gate
        return self._with_cadence(gate, plan, _baseline(plan, learnt_spm))

    def _reason(self, plan: FeedbackPlan, elapsed_s: float) -> GateReason:
        if not plan.cue:
            return GateReason.NO_CUE
        if not plan.metronome:
            period_s = self._settings.feedback_period_s
            on = window_on(elapsed_s, period_s, period_s * plan.feedback_pct / 100)
            return GateReason.ON if on else GateReason.FADED
        if self._goal.reached:
            return GateReason.REACHED
        beats_s = self._settings.metronome_on_s
        period_s = beats_s + self._settings.metronome_off_s
        if window_on(elapsed_s, period_s, beats_s * plan.feedback_pct / 100):
            return GateReason.ON
        return GateReason.FADED if window_on(elapsed_s, period_s, beats_s) else GateReason.PAUSE

    def _with_cadence(
        self, gate: FeedbackGate, plan: FeedbackPlan, baseline_spm: float
    ) -> FeedbackGate:
        """Add the target and, while it beats, the metronome."""
        target = cadence_target(baseline_spm, self._settings)
        gate = replace(gate, target_low_spm=target.low_spm, target_high_spm=target.high_spm)
        if not (gate.on and plan.metronome and isfinite(baseline_spm)):
            return gate
        ramp_spm = self._settings.metronome_ramp_spm
        tempo = tempo_spm(gate.time_s - plan.since_s, baseline_spm, target.aim_spm, ramp_spm)
        return replace(
            gate,
            metronome_spm=target.aim_spm,
            metronome_from_spm=tempo,
            metronome_ramp_s=ramp_left_s(tempo, target.aim_spm, ramp_spm),
        )


def _baseline(plan: FeedbackPlan, learnt_spm: float) -> float:
    return plan.baseline_spm if isfinite(plan.baseline_spm) else learnt_spm


def _gist(gate: FeedbackGate) -> str:
    """Return what makes a gate another one: all but the time and where the tempo is by now."""
    return repr(replace(gate, time_s=0.0, metronome_from_spm=0.0, metronome_ramp_s=0.0))
