"""Cues in words."""

from math import nan

from edge.i18n.word_catalogue import DEFAULT, Catalogue, load
from edge.messages.verdict import CueKind


def cue_words(kind: str, words: Catalogue, target_spm: tuple[float, float] = (nan, nan)) -> str:
    """Return a cue in a language.

    Parameters
    ----------
    kind
        A ``CueKind``. Recordings made before cues had kinds hold a sentence, returned as it is.
    words
        The language.
    target_spm
        Lower and upper end of the target cadence, steps per minute; NaN if unknown. Only the
        cadence cue names it.

    Examples
    --------
    >>> cue_words("cadence", load("en"), (171.0, 174.0))
    'Quicker, lighter steps: 171 to 174 a minute'
    >>> cue_words("cadence", load("en"))
    'Quicker, lighter steps'
    """
    low, high = target_spm
    if kind == CueKind.CADENCE and low <= high:
        return words.text("cue.cadence_to", low=low, high=high)
    key = f"cue.{kind}"
    return words.text(key) if key in words else kind


def english_cue(kind: str | None) -> str | None:
    """Return a verdict's cue in the words of files and messages; None without one."""
    return None if kind is None else cue_words(kind, load(DEFAULT))
