"""The notices about the pictures that hold, as the pages get them."""

from edge.messages.notice import Notice, NoticeChange
from edge.serve.wire.encode import notices_message
from edge.serve.wire.health_messages import Notices


class StandingNotices:
    """Collects changes of notices; the pages get the whole list each time."""

    def __init__(self) -> None:
        self._held: dict[str, Notice] = {}

    def update(self, change: NoticeChange) -> Notices:
        """Add one change; return the list that holds now."""
        key = change.notice.code or change.notice.said
        if change.holds:
            self._held[key] = change.notice
        else:
            self._held.pop(key, None)
        return notices_message(self._held.values())
