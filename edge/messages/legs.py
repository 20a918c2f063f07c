"""Where the points of the legs come from, and how far they can be trusted."""

from dataclasses import dataclass
from enum import StrEnum
from math import isnan, nan
from typing import Final


class LegSource(StrEnum):
    """What tells the near leg from the far one, and gives their points."""

    READER = "reader"
    """The leg reader, in each single picture."""
    TRACKED = "tracked"
    """The pose model's own points beside a reader's, their identity tracked over time."""
    MODEL = "model"
    """Points that come without a reader, such as imported ones; also tracked."""


class LegFlaw(StrEnum):
    """What takes most from the score."""

    NONE = "none"
    RHYTHM = "rhythm"
    """A stride is unlike the one before."""
    SIDES = "sides"
    """The legs do not do the same half a stride apart."""
    LENGTHS = "lengths"
    """Thigh, shank or foot change their length."""
    MISSING = "missing"
    """Points of the near leg are missing."""
    STRIDES = "strides"
    """The legs run, but no stride is found."""


class LegClarity(StrEnum):
    """The score in words."""

    CLEAR = "clear"
    PARTLY_CLEAR = "partly_clear"
    NOT_CLEAR = "not_clear"
    UNKNOWN = "unknown"


# Median scores of clips: rendered 0.9 and more, real ones in which all strides are found 0.7 to
# 0.9. Below the lower limit the legs were exchanged, or merged, in part of the frames.
_CLEAR: Final = 0.7
_PARTLY_CLEAR: Final = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class LegQuality:
    """How far the points of the legs can be trusted, judged without knowing the truth.

    Attributes
    ----------
    source
        Whose points are followed.
    score
        0 to 1, over the last two strides; NaN while the legs do not move, 0 without strides.
    flaw
        What takes most from the score.
    """

    source: LegSource = LegSource.MODEL
    score: float = nan
    flaw: LegFlaw = LegFlaw.NONE

    @property
    def clarity(self) -> LegClarity:
        """The score in words."""
        if isnan(self.score):
            return LegClarity.UNKNOWN
        if self.score >= _CLEAR:
            return LegClarity.CLEAR
        return LegClarity.PARTLY_CLEAR if self.score >= _PARTLY_CLEAR else LegClarity.NOT_CLEAR


UNKNOWN_LEGS: Final = LegQuality()
"""Before anything is known."""
