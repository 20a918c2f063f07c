"""Reasons of tests that need no code."""

from edge.messages.reason import Reason


def said(words: str) -> Reason:
    """Return a reason as a record of before there were codes holds it."""
    return Reason.recorded("", {}, words)
