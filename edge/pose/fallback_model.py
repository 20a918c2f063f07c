"""Intervals in which a fallback pose model was used instead of the measuring one."""

from collections import deque
from dataclasses import dataclass

from edge.messages.reason import Reason

# Longer than any stride including its margins.
_KEPT_S = 10.0


@dataclass(slots=True, kw_only=True)
class _Spell:
    from_s: float
    to_s: float
    reason: Reason


class FallbackSpells:
    """Record of the intervals in which a fallback model was used, and why.

    Nothing may be measured from these intervals.

    Examples
    --------
    >>> stand_ins = FallbackSpells()
    >>> smaller = Reason("smaller_model", model="lite")
    >>> for time_s, reason in ((0.0, Reason()), (0.1, smaller), (0.2, Reason())):
    ...     stand_ins.use(reason)
    ...     stand_ins.see(time_s)
    >>> stand_ins.reason(0.0, 0.15) == smaller, bool(stand_ins.reason(0.15, 0.3))
    (True, False)
    """

    def __init__(self) -> None:
        self._reason = Reason()
        self._spells: deque[_Spell] = deque()
        self._open: _Spell | None = None

    @property
    def in_use(self) -> Reason:
        """Why frames are not for measuring from now on; no reason if they are."""
        return self._reason

    def use(self, reason: Reason) -> None:
        """Set why frames are not for measuring from now on; no reason if they are."""
        if reason != self._reason:
            self._reason = reason
            self._open = None

    def see(self, time_s: float) -> None:
        """Add one frame."""
        while self._spells and time_s - self._spells[0].to_s > _KEPT_S:
            self._spells.popleft()
        if not self._reason:
            return
        if self._open is None:
            self._open = _Spell(from_s=time_s, to_s=time_s, reason=self._reason)
            self._spells.append(self._open)
        self._open.to_s = time_s

    def reason(self, from_s: float, to_s: float) -> Reason:
        """Return why nothing may be measured from this interval; no reason if it may."""
        for spell in self._spells:
            if spell.from_s <= to_s and from_s <= spell.to_s:
                return spell.reason
        return Reason()

    def forget(self) -> None:
        """Forget all intervals; the model in use stays in use."""
        self._spells.clear()
        self._open = None
