"""How a client's clock stands to ours, from the frames that went there and what came back."""

from collections import deque
from math import isfinite, nan
from typing import NamedTuple

KEPT = 64
# A page that nobody looks at may take long, but not for ever.
_LONGEST_S = 60.0


class _Exchange(NamedTuple):
    delay_s: float
    ahead_s: float


class PageClock:
    """Turn a client's times into ours.

    Notes
    -----
    Source: D. Mills (1991), Internet time synchronization, IEEE Trans. Commun. 39(10), as in NTP:
    of the exchanges of the last moment the one with the shortest way is believed, and there and
    back are taken to be equally long. Differs: what goes there is a picture and what comes back is
    small, so that the true instant may be up to half of that way later than the one returned.
    """

    def __init__(self) -> None:
        self._exchanges: deque[_Exchange] = deque(maxlen=KEPT)

    def painted_s(
        self, sent_s: float, received_s: float, painted_s: float, acked_s: float
    ) -> float:
        """Return when a frame was painted, by our clock; NaN where the times contradict each other.

        Parameters
        ----------
        sent_s, acked_s
            When it was sent, and when the client's word came back; by our clock.
        received_s, painted_s
            When the client received and painted it; by its clock, which may begin anywhere.
        """
        at_client_s = painted_s - received_s
        delay_s = acked_s - sent_s - at_client_s
        if not isfinite(delay_s) or at_client_s < 0 or delay_s < 0 or acked_s - sent_s > _LONGEST_S:
            return nan
        ahead_s = (received_s - sent_s + painted_s - acked_s) / 2
        self._exchanges.append(_Exchange(delay_s, ahead_s))
        believed = min(self._exchanges)
        # Whatever the clocks say, it was painted after it was sent and before we knew.
        return min(max(painted_s - believed.ahead_s, sent_s), acked_s)
