"""A guided visit: its steps, what each still needs, and the blocks of running that it gave."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite, nan
from typing import Final

from edge.messages.coded import Coded
from edge.messages.feedback import DoseSource
from edge.messages.side import Side


class StepKind(StrEnum):
    """What happens in a step."""

    PATIENT = "patient"
    SET_UP = "set_up"
    NEUTRAL = "neutral"
    WARM_UP = "warm_up"
    BASELINE = "baseline"
    CUE = "cue"
    RETENTION = "retention"
    PAIN = "pain"
    OTHER_SIDE = "other_side"
    CALF_RAISES = "calf_raises"
    RESULT = "result"


class StepState(StrEnum):
    """State of a step, or of a block.

    ``stopped`` is by pain, or with the visit; ``repeated`` means that a later one replaces it.
    """

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    REPEATED = "repeated"

    @property
    def over(self) -> bool:
        """Whether nothing more happens in it."""
        return self not in (StepState.WAITING, StepState.RUNNING)


class Screen(StrEnum):
    """What the runner sees."""

    WELCOME = "welcome"
    PICTURE = "picture"
    STAND_STILL = "stand_still"
    TIME_ONLY = "time_only"
    COACH = "coach"
    METRONOME = "metronome"
    RAISES = "raises"
    THANKS = "thanks"


class PainChange(StrEnum):
    """How pain is compared with before."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


RUN_KINDS: Final = (StepKind.WARM_UP, StepKind.BASELINE, StepKind.CUE, StepKind.RETENTION)
"""Steps in which the runner moves on the belt: their blocks hold strides."""
BLOCK_KINDS: Final = (*RUN_KINDS, StepKind.CALF_RAISES)
"""Steps that leave blocks in the record."""
ONE_SPEED: Final = (StepKind.BASELINE, StepKind.RETENTION)
"""Steps that count anew when the belt speed changes: strides at two speeds are no baseline."""
AUTO: Final = "auto"
"""The cue of a step that takes the one that the baseline asks for."""
RAISES: Final = "calf_raise"
"""The exercise of a step of calf raises."""

# Every code, with the names of its parameters; edge/i18n has the words.
MISSING_CODES: Final[dict[str, tuple[str, ...]]] = {
    "runner": (),
    "running": (),
    "moving": (),
    "strides": ("seen", "needed"),
    # ``last``: the code of the reason why the last stride did not count.
    "strides_last": ("seen", "needed", "last"),
    # ``side``: the leg that should be nearest the camera.
    "far_leg": ("side",),
    "turn_round": ("side",),
    "another_person": (),
    "after_pain": (),
    "camera_lost": (),
    "not_recorded": (),
    # ``cause``: what keeps the neutral stance from being found, in the words of ``stance``.
    "stance": ("cause",),
    "stance_failed": ("cause",),
    "set_up": (),
    # ``checks``: names of the lines to be put right, with a space between.
    "set_up_fix": ("checks",),
    "exercise_unknown": ("exercise",),
    "raises": (),
    "raises_failed": (),
    "raises_turned": (),
    "answer": (),
}
SPLIT_CODES: Final = (
    "runner_left",
    "belt_stopped",
    "walked",
    "other_leg",
    "another_person",
    "speed_changed",
    "camera_lost",
    "new_session",
    "power_cut",
)
"""Why a block ended before its step did."""
CHOICE_CODES: Final = (
    "hips_forward",
    "knees_only",
    "push_off",
    "no_fault",
    "not_judged",
)
"""Why a step with the cue ``auto`` has the cue it has."""


class Missing(Coded):
    """What a step still needs.

    Examples
    --------
    >>> Missing("strides", seen=3, needed=20).code
    'strides'
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitStep:
    """One step of a visit.

    Attributes
    ----------
    id
        Unique in the visit, such as ``baseline`` or ``baseline.2``.
    of
        ``id`` of the template's step; that of another one if this is its repetition.
    kind, state
        What it is, and how far it is.
    side
        The leg that is to be nearest the camera; None if any.
    cue
        A ``CueKind``, or ``auto`` until the baseline has been run; empty without one.
    why
        Of ``CHOICE_CODES``: why ``auto`` became this cue; empty for a cue of the template.
    metronome
        Whether the cue comes with the metronome.
    feedback_pct, dose
        Share of the step's time with feedback, and why; NaN for a step without.
    started_s, ended_s
        Capture time, of the session it happened in; NaN before.
    elapsed_s
        Time run in it, without pauses.
    planned_s
        How long it should last; NaN without a timer.
    strides, strides_needed
        Valid strides of the near leg so far, and how many it takes.
    missing
        What it still needs, the most important first; of a step that is over, what it lacked.
    split
        Of ``SPLIT_CODES``: why its last block ended early; empty if none did.
    """

    id: str
    of: str
    kind: StepKind
    state: StepState = StepState.WAITING
    side: Side | None = None
    cue: str = ""
    why: str = ""
    metronome: bool = False
    feedback_pct: float = nan
    dose: DoseSource = DoseSource.UNSCHEDULED
    started_s: float = nan
    ended_s: float = nan
    elapsed_s: float = 0.0
    planned_s: float = nan
    strides: int = 0
    strides_needed: int = 0
    missing: tuple[Missing, ...] = ()
    split: str = ""

    @property
    def complete(self) -> bool:
        """Whether a step of running has its time and its strides; False if it asks for neither."""
        if not (isfinite(self.planned_s) or self.strides_needed):
            return False
        return not self.elapsed_s < self.planned_s and self.strides >= self.strides_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitStatus:
    """A visit as it stands.

    Attributes
    ----------
    id
        Name of the visit: that of its first session.
    runner
        A pseudonym.
    template
        Name of the template.
    number
        Which visit of this patient it is, from 1; None if unknown.
    steps
        All steps in order.
    current
        ``id`` of the current step; empty if the visit is over.
    screen
        What the runner sees now.
    side
        The leg that the current step looks at; None if any.
    over
        Whether the visit has ended.
    """

    id: str
    runner: str
    template: str
    number: int | None
    steps: tuple[VisitStep, ...]
    current: str = ""
    screen: Screen = Screen.WELCOME
    side: Side | None = None
    over: bool = False

    @property
    def step(self) -> VisitStep | None:
        """The current step."""
        return next((step for step in self.steps if step.id == self.current), None)

    @property
    def gist(self) -> "VisitStatus":
        """The status without its counts: what is worth telling at once."""
        return replace(self, steps=tuple(_uncounted(step) for step in self.steps))


def _uncounted(step: VisitStep) -> VisitStep:
    codes = tuple(Missing(each.code) for each in step.missing)
    return replace(step, elapsed_s=0.0, strides=0, missing=codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is asked at the start of a visit; texts are empty where nothing was said.

    ``pain_level`` is 0 to 10, NaN if not asked.
    """

    complaint: str = ""
    pain_side: Side | None = None
    pain_place: str = ""
    pain_level: float = nan
    shoes: str = ""
    video_consent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pain:
    """Pain as the patient told it.

    Attributes
    ----------
    time_s
        Capture time of the session; NaN before its first frame.
    level
        0 to 10.
    side, place
        Where; None and empty if not said.
    change
        Compared with before; None if not said.
    step
        ``id`` of the step in which it was told; empty without a visit.
    """

    time_s: float
    level: float
    side: Side | None = None
    place: str = ""
    change: PainChange | None = None
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of one step without a break: one runner, one speed, one leg.

    Attributes
    ----------
    number
        From 0, in the visit or, without one, in the session.
    session
        Name of the session that holds it.
    step, kind
        ``id`` of the step, and its kind.
    side
        The leg nearest the camera; None if unknown.
    cue, feedback_pct
        As in the step; empty and NaN without one.
    speed_mps
        Belt speed; NaN if unknown.
    start_s, end_s
        Capture time of the session; ``end_s`` is NaN while it goes on.
    state
        ``running``, then the state in which its step left it.
    split
        Of ``SPLIT_CODES``: why it ended before its step did; empty if it did not.
    """

    number: int
    session: str
    step: str
    kind: StepKind
    side: Side | None = None
    cue: str = ""
    feedback_pct: float = nan
    speed_mps: float = nan
    start_s: float
    end_s: float = nan
    state: StepState = StepState.RUNNING
    split: str = ""
