"""The sentences for the runner: short, kind, and about the effect rather than the joint."""

from enum import StrEnum
from typing import Final


class CueKind(StrEnum):
    """The kinds of cue."""

    SIT_BACK = "sit_back"
    CADENCE = "cadence"
    LONG_PUSH = "long_push"
    PRAISE = "praise"


WORDING: Final[dict[CueKind, str]] = {
    CueKind.SIT_BACK: "Sit back a touch, as onto a high barstool",
    CueKind.CADENCE: "Quicker, lighter steps",
    CueKind.LONG_PUSH: "Finish the push: long leg behind you",
    CueKind.PRAISE: "That's it: keep running like this",
}
KIND_OF: Final[dict[str, CueKind]] = {text: kind for kind, text in WORDING.items()}


def cadence_wording(low_spm: float, high_spm: float) -> str:
    """Return the cadence cue with its target, steps per minute; without a target if NaN.

    Examples
    --------
    >>> cadence_wording(171.0, 174.0)
    'Quicker, lighter steps: 171 to 174 a minute'
    """
    plain = WORDING[CueKind.CADENCE]
    if not low_spm <= high_spm:
        return plain
    return f"{plain}: {low_spm:.0f} to {high_spm:.0f} a minute"
