"""Notices in words."""

from edge.i18n.word_catalogue import DEFAULT, Catalogue, load
from edge.messages.notice import Notice


def notice_words(notice: Notice, words: Catalogue) -> str:
    """Return a notice in a language; empty if all is well.

    One without a code stays in its own words.

    Examples
    --------
    >>> notice_words(Notice("machine_slow", shed="pose_rate model_size", model="lite"), load("en"))
    'machine too slow: half the frames; model lite, no verdicts'
    """
    if not notice.code:
        return notice.said
    params = dict(notice.params)
    if "shed" in params:
        steps = str(params["shed"]).split()
        params["shed"] = "; ".join(words.text(f"shed.{step}", **params) for step in steps)
    if "flaw" in params:
        params["flaw"] = words.text(f"leg_flaw.{params['flaw']}")
    return words.text(f"notice.{notice.code}", **params)


def english_notice(notice: Notice) -> str:
    """Return a notice in the words of logs, and of messages beside its code."""
    return notice_words(notice, load(DEFAULT))
