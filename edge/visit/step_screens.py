"""What the runner sees in each step."""

from typing import Final

from edge.messages.visit import Screen, StepKind, VisitStep

# Warm-up, baseline and retention show nothing that could change how somebody runs.
_SCREENS: Final = {
    StepKind.PATIENT: Screen.WELCOME,
    StepKind.SET_UP: Screen.PICTURE,
    StepKind.NEUTRAL: Screen.STAND_STILL,
    StepKind.WARM_UP: Screen.TIME_ONLY,
    StepKind.BASELINE: Screen.TIME_ONLY,
    StepKind.CUE: Screen.COACH,
    StepKind.RETENTION: Screen.TIME_ONLY,
    StepKind.PAIN: Screen.TIME_ONLY,
    StepKind.OTHER_SIDE: Screen.PICTURE,
    StepKind.CALF_RAISES: Screen.RAISES,
    StepKind.RESULT: Screen.THANKS,
}


def screen_of(step: VisitStep | None) -> Screen:
    """Return the screen of a step; of a visit that is over, None, thanks."""
    if step is None:
        return Screen.THANKS
    return Screen.METRONOME if step.metronome else _SCREENS[step.kind]
