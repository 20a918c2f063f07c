"""What a visit still needs, in words."""

from edge.i18n.word_catalogue import DEFAULT, Catalogue, load
from edge.messages.visit import Missing


def missing_words(missing: Missing, words: Catalogue) -> str:
    """Return what a step needs, in a language.

    Examples
    --------
    >>> missing_words(Missing("strides_last", seen=3, needed=20, last="walking"), load("en"))
    '3 of 20 strides (last: walking)'
    >>> missing_words(Missing("set_up_fix", checks="light feet"), load("en"))
    'Put right: Light, Feet'
    """
    params = dict(missing.params)
    if "last" in params:
        params["last"] = words.text(f"reason.{params['last']}")
    if "cause" in params:
        params["cause"] = words.text(f"stance.{params['cause']}")
    if "side" in params:
        params["side"] = words.text(f"visit_leg.{params['side']}")
    if "checks" in params:
        names = str(params["checks"]).split()
        params["checks"] = ", ".join(words.text(f"check.{name}") for name in names)
    return words.text(f"visit_missing.{missing.code}", **params)


def english_missing(missing: Missing) -> str:
    """Return what a step needs in the words of messages beside its code."""
    return missing_words(missing, load(DEFAULT))
