"""The choice between leg reader and tracked pose model."""

from math import isnan, nan
from typing import Final

from edge.messages.legs import LegSource

# The reader's points have the smaller bias: where both are about as good, it is followed.
_READER_BONUS: Final = 0.1
# How much better the other source must be before it is followed: twice in a row, or at once.
_BETTER: Final = 0.1
_CLEARLY_BETTER: Final = 0.3
_LOOKS: Final = 2
# A source with less than this is not worth a change.
_WORTH: Final = 0.4
# Above this all scores are as good: on real clips the reader has 0.8 to 0.9 where it is right.
_GOOD: Final = 0.85
# From this score on no other one is better by enough, and the other source is not followed.
_ALONE: Final = 0.72
# Below this score, or before there is one, the other source may be chosen soon.
_SURE: Final = 0.6
# Looks without a score after which somebody stands, and is not about to be scored for the first
# time.
_STANDS_LOOKS: Final = 8


class SourceJudge:
    """Chooser of the better source by the scores of both, with hysteresis.

    Attributes
    ----------
    source
        The source in force; the reader at first.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start anew, with the reader."""
        self.source = LegSource.READER
        self._scores = {LegSource.READER: nan, LegSource.TRACKED: nan}
        self._looks = self._unscored = 0

    def look(self, reader: float, tracked: float) -> LegSource:
        """Take both scores, 0 to 1 or NaN while unknown; return the source in force."""
        self._scores = {LegSource.READER: reader, LegSource.TRACKED: tracked}
        self._unscored += isnan(self._scores[self.source])
        lead = self._lead()
        if max(reader, tracked) < _WORTH:
            lead = nan
        self._looks = self._looks + 1 if lead >= _BETTER else 0
        if self._looks >= _LOOKS or lead >= _CLEARLY_BETTER:
            reading = self.source is LegSource.READER
            self.source = LegSource.TRACKED if reading else LegSource.READER
            self._looks = 0
        return self.source

    @property
    def compares(self) -> bool:
        """Whether the other source can be better by enough."""
        return not self._scores[self.source] >= _ALONE

    @property
    def doubts(self) -> bool:
        """Whether the other source may be chosen soon."""
        score = self._scores[self.source]
        if isnan(score):
            return self._unscored < _STANDS_LOOKS
        return score < _SURE or self._lead() > 0

    def _lead(self) -> float:
        """Return by how much the source that is not in force is better; NaN while unknown."""
        reader, tracked = (min(score, _GOOD) for score in self._scores.values())
        lead = tracked - reader - _READER_BONUS
        return lead if self.source is LegSource.READER else -lead
