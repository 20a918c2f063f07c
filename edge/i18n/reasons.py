"""Reasons in words."""

from edge.i18n.word_catalogue import DEFAULT, Catalogue, load
from edge.messages.reason import Reason


def reason_words(reason: Reason, words: Catalogue) -> str:
    """Return a reason in a language; empty of none.

    One that was recorded in words alone stays in those words.

    Examples
    --------
    >>> reason_words(Reason("strides_too_few_last", seen=3, needed=8, last="walking"), load("en"))
    '3 of 8 strides seen (last: walking)'
    """
    if not reason.code:
        return reason.said
    params = dict(reason.params)
    if "last" in params:
        params["last"] = words.text(f"reason.{params['last']}")
    return words.text(f"reason.{reason.code}", **params)


def english(reason: Reason) -> str:
    """Return a reason in the words that files and messages hold beside its code."""
    return reason_words(reason, load(DEFAULT))
