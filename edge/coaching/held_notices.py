"""The notices about the pictures that hold, told as changes."""

from collections.abc import Iterable

from edge.messages.notice import Notice, NoticeChange


class HeldNotices:
    """The notices that hold, one for each code.

    Examples
    --------
    >>> held = HeldNotices()
    >>> [change.notice.code for change in held.update([Notice("cut_short")], 0.0)]
    ['cut_short']
    >>> held.update([Notice("cut_short")], 0.1)
    []
    >>> [(change.notice.code, change.holds) for change in held.update([], 0.2)]
    [('cut_short', False)]
    """

    def __init__(self) -> None:
        self._held: dict[str, Notice] = {}

    def reset(self) -> None:
        """Forget them; each that holds is told again."""
        self._held.clear()

    @property
    def now(self) -> tuple[Notice, ...]:
        """The notices that hold, in the order in which they began."""
        return tuple(self._held.values())

    def update(
        self, notices: Iterable[Notice], time_s: float, *, again: bool = False
    ) -> list[NoticeChange]:
        """Set all notices that hold now; return the changes.

        Parameters
        ----------
        notices
            Empty ones are skipped.
        time_s
            Capture time.
        again
            Return those that still hold, too.
        """
        now = {notice.code or notice.said: notice for notice in notices if notice}
        before, self._held = self._held, now
        over = [notice for code, notice in before.items() if code not in now]
        begun = [notice for code, notice in now.items() if again or before.get(code) != notice]
        return [
            *(NoticeChange(notice=notice, time_s=time_s, holds=False) for notice in over),
            *(NoticeChange(notice=notice, time_s=time_s) for notice in begun),
        ]
