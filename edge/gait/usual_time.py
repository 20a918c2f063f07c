"""The usual time of an event after contact, by which the next one is believed or awaited."""

from collections import deque

from edge.numerics.quantiles import median

# An event this close to where previous strides had it needs no further evidence.
_EXPECTED_WITHIN_S = 0.02
_EXPECTED_STRIDES, _LEAST_STRIDES = 9, 3
# An event this much earlier than usual waits until the usual instant is over.
_SOON_S = 0.04


class UsualTime:
    """The times after contact at which previous strides had an event."""

    def __init__(self) -> None:
        self._after_s: deque[float] = deque(maxlen=_EXPECTED_STRIDES)

    def reset(self) -> None:
        """Forget all strides."""
        self._after_s.clear()

    def add(self, after_s: float) -> None:
        """Add a stride's event."""
        self._after_s.append(after_s)

    def expected(self, after_s: float) -> bool:
        """Return whether previous strides had the event at about this time."""
        known = len(self._after_s) >= _LEAST_STRIDES
        return known and bool(abs(after_s - median(self._after_s)) <= _EXPECTED_WITHIN_S)

    def too_soon(self, after_s: float, now_s: float) -> bool:
        """Return whether previous strides had the event much later, at an instant still to come.

        If the model places both legs' points on one leg as they pass, the signal turns as at the
        event. Once the usual instant is over, the largest turn is known. ``now_s`` is the time of
        the newest sample after contact.
        """
        if len(self._after_s) < _LEAST_STRIDES:
            return False
        usual_s = median(self._after_s)
        return now_s < usual_s + _EXPECTED_WITHIN_S and after_s < usual_s - _SOON_S
