"""The notices of a session, each with the time for which it held."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan
from typing import Any, Self

from edge.i18n.notices import english_notice
from edge.messages.notice import Notice, NoticeChange
from edge.record.numbers import number


@dataclass(slots=True)
class _Span:
    """A notice from its first time to its last; ``until_s`` is NaN while it holds."""

    notice: Notice
    from_s: float
    until_s: float = nan


class NoticeSpans:
    """Every notice that held at some time, one entry a code."""

    def __init__(self) -> None:
        self._spans: dict[str, _Span] = {}

    @property
    def all(self) -> tuple[Notice, ...]:
        """The notices, in the order in which they began, with their last parameters."""
        return tuple(span.notice for span in self._spans.values())

    @classmethod
    def of(cls, changes: Iterable[NoticeChange]) -> Self:
        """Return the notices of some changes, in their order."""
        spans = cls()
        for change in changes:
            spans.update(change)
        return spans

    def update(self, change: NoticeChange) -> None:
        """Add one change."""
        key = change.notice.code or change.notice.said
        span = self._spans.get(key)
        if span is None:
            if change.holds:
                self._spans[key] = _Span(change.notice, change.time_s)
        elif change.holds:
            span.notice, span.until_s = change.notice, nan
        else:
            span.until_s = change.time_s

    def as_json(self, origin_s: float) -> list[dict[str, Any]]:
        """Return the ``notices`` entry: code, English text, seconds since the start, parameters.

        ``until_s`` is None if it held to the end.
        """
        return [
            {
                "code": span.notice.code,
                "text": english_notice(span.notice),
                "from_s": number(span.from_s - origin_s),
                "until_s": number(span.until_s - origin_s),
                **dict(span.notice.params),
            }
            for span in self._spans.values()
        ]
