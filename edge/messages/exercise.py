"""An exercise on the belt: its progress and its result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.i18n.word_catalogue import Catalogue
from edge.messages.raises import RaiseSet
from edge.messages.seen import Stance


class ExerciseState(StrEnum):
    """State of an exercise."""

    NONE = "none"
    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"


class Result(StrEnum):
    """Result of one check: good, to be changed, or not measurable."""

    PASS = "pass"
    FIX = "fix"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of a check; ``code`` names what was found, the value is NaN if not measured."""

    name: str
    result: Result
    code: str
    value: float
    unit: str

    def text(self, words: Catalogue) -> str:
        """Return what was found and what to change, as a sentence."""
        own = self.code if self.code == "no_runner" else f"{self.name}_{self.code}"
        return words.text(f"found.{own}", value=abs(self.value))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExerciseUpdate:
    """Progress of an exercise; the last update, ``done`` or ``failed``, is its result.

    Attributes
    ----------
    kind
        Name of the exercise in ``edge/exercises/registry.py``.
    state
        Its state.
    time_s
        Capture time of the deciding frame; NaN before the first.
    progress
        0 to 1; an exercise without an end stays at 0.
    code
        Obstacle, cause of failure or status; ``i18n`` has the words.
    values
        Results by name, units in the names; NaN where absent.
    findings
        The lines of a check.
    labels
        Results that are words, by name: a side, a kind of raise.
    stance
        A neutral stance to use as zero from the next frame on.
    raises
        A set of calf raises, at its end.
    """

    kind: str
    state: ExerciseState
    time_s: float
    progress: float = 0.0
    code: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    stance: Stance | None = None
    raises: RaiseSet | None = None

    @property
    def over(self) -> bool:
        """Whether the exercise has ended."""
        return self.state in (ExerciseState.DONE, ExerciseState.FAILED)
