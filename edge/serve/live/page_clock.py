"""Offset between a client's clock and the station's, from frames and acknowledgements."""

from collections import deque
from math import isfinite, nan
from typing import NamedTuple

KEPT = 64
# A page in the background may answer late; longer than this is discarded.
_LONGEST_S = 60.0


class _Exchange(NamedTuple):
    delay_s: float
    ahead_s: float


class PageClock:
    """Conversion of a client's times to the station's clock.

    Notes
    -----
    Source: D. Mills (1991), Internet time synchronization, IEEE Trans. Commun. 39(10), as in NTP:
    of the recent exchanges, the one with the shortest round trip is used, and both directions are
    assumed to take equally long. Differs: the outgoing packet is a picture and the reply is small,
    so the true instant may be later than the one returned by up to half the round trip.
    """

    def __init__(self) -> None:
        self._exchanges: deque[_Exchange] = deque(maxlen=KEPT)

    def painted_s(
        self, sent_s: float, received_s: float, painted_s: float, acked_s: float
    ) -> float:
        """Return when a frame was painted, by the station's clock; NaN if times are inconsistent.

        Parameters
        ----------
        sent_s, acked_s
            When it was sent and when the acknowledgement arrived, by the station's clock.
        received_s, painted_s
            When the client received and painted it, by its clock, which may have any origin.
        """
        at_client_s = painted_s - received_s
        delay_s = acked_s - sent_s - at_client_s
        if not isfinite(delay_s) or at_client_s < 0 or delay_s < 0 or acked_s - sent_s > _LONGEST_S:
            return nan
        ahead_s = (received_s - sent_s + painted_s - acked_s) / 2
        self._exchanges.append(_Exchange(delay_s, ahead_s))
        believed = min(self._exchanges)
        # Whatever the clocks say, it was painted between sending and acknowledgement.
        return min(max(painted_s - believed.ahead_s, sent_s), acked_s)
