"""How much feedback a runner gets now: what a visit allows, and what is in force at an instant."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

from edge.messages.verdict import CueKind


class DoseSource(StrEnum):
    """Why the share of time with feedback is what it is.

    ``unscheduled``: given by the step; ``scheduled``: by the number of the visit; ``last``: that of
    the schedule's last visit, which is earlier; ``number_unknown``: 100 %, for want of a number.
    """

    UNSCHEDULED = "unscheduled"
    SCHEDULED = "scheduled"
    LAST = "last"
    NUMBER_UNKNOWN = "number_unknown"


class GateReason(StrEnum):
    """Why feedback is on or off.

    ``free``: nobody leads the runner, so the station gives any cue; ``no_cue``: the step is without
    feedback; ``on``: a window with feedback; ``faded``: one without; ``pause``: the metronome
    pauses; ``reached``: the cadence has been inside the target for long enough.
    """

    FREE = "free"
    NO_CUE = "no_cue"
    ON = "on"
    FADED = "faded"
    PAUSE = "pause"
    REACHED = "reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackPlan:
    """The feedback that one step of a visit allows.

    Attributes
    ----------
    cue
        The only one allowed; None for a step without any feedback.
    step
        Names the step: with another name, windows, praise and the cadence goal begin anew.
    since_s
        Capture time from which the windows are counted: the step's start, later by its pauses.
    feedback_pct, dose
        Share of the step's time with feedback, 0 to 100, and why.
    metronome
        Whether the cue, which is then that for cadence, comes with the metronome.
    baseline_spm
        Cadence of the baseline, steps per minute; NaN for the one that the coach has learnt.
    """

    cue: CueKind | None = None
    step: str = ""
    since_s: float = 0.0
    feedback_pct: float = 100.0
    dose: DoseSource = DoseSource.UNSCHEDULED
    metronome: bool = False
    baseline_spm: float = nan


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackGate:
    """The feedback in force from ``time_s`` until the next such message.

    While ``on`` is false, no cue, no target and no colour of a verdict may reach the runner, on the
    screen or as sound. A station without a visit sends none; everything is allowed then.

    Attributes
    ----------
    time_s
        Capture time.
    on, reason
        Whether feedback is given, and why or why not.
    cue, step, feedback_pct, dose
        As in the plan; ``cue`` is empty, and the share NaN, where nobody leads.
    metronome_spm, metronome_from_spm, metronome_ramp_s
        The metronome's target, and the tempo from which it gets there in ``metronome_ramp_s`` from
        ``time_s`` on; NaN, NaN and 0 while it is silent.
    target_low_spm, target_high_spm
        The cadence to be reached, steps per minute; NaN unless cadence is the cue.
    """

    time_s: float
    on: bool
    reason: GateReason
    cue: str = ""
    step: str = ""
    feedback_pct: float = nan
    dose: DoseSource = DoseSource.UNSCHEDULED
    metronome_spm: float = nan
    metronome_from_spm: float = nan
    metronome_ramp_s: float = 0.0
    target_low_spm: float = nan
    target_high_spm: float = nan
