"""The notices about the pictures in the log, each once."""

import logging

from edge.i18n.notices import english_notice
from edge.messages.notice import NoticeChange
from edge.sinks.base import Processed, Sink, SinkMessage

_log = logging.getLogger(__name__)


class NoticeLog(Sink):
    """A sink that writes one line when a notice begins to hold.

    Nothing is written when it is told again to a new session.
    """

    def __init__(self) -> None:
        self._held: set[str] = set()

    def write(self, message: SinkMessage) -> None:
        """Write the notices that this frame brought."""
        if not isinstance(message, Processed):
            return
        for change in message.outcome.messages:
            if isinstance(change, NoticeChange):
                self._take(change)

    def _take(self, change: NoticeChange) -> None:
        code = change.notice.code or change.notice.said
        if not change.holds:
            self._held.discard(code)
        elif code not in self._held:
            self._held.add(code)
            _log.warning("%s", english_notice(change.notice))
