"""What is being done on the belt, how it goes, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.i18n.catalogue import Catalogue
from edge.messages.seen import Stance


class ExerciseState(StrEnum):
    """Where an exercise stands."""

    NONE = "none"
    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"


class Result(StrEnum):
    """What one check says: well, to be changed, or it could not be measured."""

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
    """How an exercise goes; the last one, ``done`` or ``failed``, is its result.

    Attributes
    ----------
    kind
        Which exercise, by its name in ``edge/exercises/registry.py``.
    state
        Where it stands.
    time_s
        Capture time of the deciding frame; NaN before the first.
    progress
        0 to 1; an exercise without an end stays at 0.
    code
        What holds it up, why it failed, or how it goes; words for it are in ``i18n``.
    values
        Results by name, units in the names; NaN where absent.
    findings
        The lines of a check.
    stance
        A neutral stance to measure by from the next frame on.
    """

    kind: str
    state: ExerciseState
    time_s: float
    progress: float = 0.0
    code: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    stance: Stance | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more comes of this exercise."""
        return self.state in (ExerciseState.DONE, ExerciseState.FAILED)
