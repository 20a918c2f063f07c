"""What one runner is told: bands, verdicts and cues."""

from math import inf
from typing import Final

from edge.coaching.cadence_target import cadence_target
from edge.coaching.coach import Coach
from edge.coaching.cues import CueTracker
from edge.coaching.feedback_dose import FeedbackDose
from edge.coaching.legs_watch import LegsWatch
from edge.coaching.standing_spell import StandingSpell
from edge.coaching.trust import frame_rate_low
from edge.messages.feedback import FeedbackGate, FeedbackPlan
from edge.messages.frame import LEAST_RATE_HZ
from edge.messages.gait import Activity, GaitState
from edge.messages.legs import LegFlaw
from edge.messages.notice import Notice
from edge.messages.reading import BeltInForce
from edge.messages.reason import Reason
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Bands, Cue, Verdict
from edge.settings.coaching_settings import CoachingSettings

# Longer than it takes to decide on walking or running.
_STOOD_S: Final = 2.5


class Coaching:
    """The verdicts of the coach, and the cues that follow from them.

    Parameters
    ----------
    settings
        Limits and counts of both.
    """

    def __init__(self, settings: CoachingSettings) -> None:
        self._settings = settings
        self._coach = Coach(settings)
        self._cues = CueTracker(settings)
        self._dose = FeedbackDose(settings)
        self._standing = StandingSpell()
        self._legs = LegsWatch()

    def reset(self) -> None:
        """Forget the runner, and how long they have stood."""
        self.begin_runner()
        self._dose.send_again()
        self._standing.reset()
        self._legs.reset()

    def begin_runner(self) -> None:
        """Restart for another runner in the same pictures."""
        self._coach.reset()
        self._cues.reset()

    def use_limits(self, settings: CoachingSettings) -> None:
        """Judge by these limits from the next stride on; callable from any thread."""
        self._coach.use_limits(settings)

    @property
    def cadence_spm(self) -> tuple[float, float, float]:
        """The baseline cadence before any cue, and the target range; NaN until known."""
        baseline_spm = self._dose.baseline_spm(self._cues.baseline_spm)
        target = cadence_target(baseline_spm, self._settings)
        return baseline_spm, target.low_spm, target.high_spm

    @property
    def gate(self) -> FeedbackGate:
        """The feedback in force at the last frame; readable from any thread."""
        return self._dose.gate

    def use_plan(self, plan: FeedbackPlan | None) -> None:
        """Allow only what a visit's step allows from the next frame on; callable from any thread.

        None allows everything, as without a visit.
        """
        self._dose.use(plan)

    def feedback(self, time_s: float) -> list[FeedbackGate]:
        """Return the feedback allowed from this frame on, if it has changed."""
        return self._dose.update(time_s, self._cues.baseline_spm)

    def bands(self, belt: BeltInForce, time_s: float) -> list[Bands]:
        """Return the limits in force that changed; see ``Coach.bands``."""
        return self._coach.bands(belt.speed_mps, belt.source, time_s)

    def update(
        self, metrics: StrideMetrics, belt: BeltInForce, trust: Reason
    ) -> list[Bands | Verdict | Cue]:
        """Judge one stride; return bands that changed, verdicts and cues.

        Parameters
        ----------
        metrics
            The stride.
        belt
            The belt in force at the stride.
        trust
            Why nothing may be judged now; no reason if it may.
        """
        verdicts = self._coach.update(metrics, belt.speed_mps, trust)
        self._dose.see(metrics, self._cues.baseline_spm)
        cues = self._cues.update(metrics, belt.speed_mps, verdicts, self._dose.gate)
        return [*self.bands(belt, metrics.decided_at_s), *verdicts, *cues]

    def pause(self, reason: Reason, time_s: float) -> list[Verdict]:
        """Withdraw the verdicts in force for this reason; see ``Coach.pause``."""
        return self._coach.pause(reason, time_s)

    def notice(self, state: GaitState) -> Notice:
        """Return the notice about the runner's legs that holds at a frame; empty if none."""
        return self._legs.update(state)

    def rest(self, state: GaitState, *, withheld: bool, rate_hz: float = inf) -> list[Verdict]:
        """Withdraw the verdicts once the runner has left, has stood, or has no strides for a while.

        Parameters
        ----------
        state
            The runner's state at each frame, in order of time.
        withheld
            Whether they are withdrawn already, for a reason that matters more than standing.
        rate_hz
            Frames a second. With too few, nobody is said to stand: steps may fall between frames.
        """
        # A short time without a known gait, as after a camera reconnects, does not end verdicts.
        stood = self._standing.update(state) > _STOOD_S
        if state.activity is Activity.ABSENT:
            self._cues.reset()
        elif withheld:
            return []
        elif state.legs.flaw is LegFlaw.STRIDES:
            return self._coach.pause(Reason("legs_not_clear"), state.time_s)
        elif not stood:
            return []
        elif rate_hz < LEAST_RATE_HZ:
            return self._coach.pause(frame_rate_low(rate_hz), state.time_s)
        # Whoever steps or jumps on the spot does not stand.
        seen = state.activity.value if state.shown else "no_strides"
        return self._coach.pause(Reason(seen), state.time_s)
