"""How far a foot has turned from where it was flat on the belt: the sign that its tip leaves.

A shoe rolls off over its tip, and the tip leaves the belt when the foot is steep. The turn is
relative to this runner's own flat foot, so that it does not depend on where along the shoe a model
or a laboratory puts heel and toe, on the camera's roll or on the incline. The height or speed of a
point of the foot does: 1 cm along the shoe moves the instant at which the ball rises by 4 ms.
"""

from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np

from edge.gait.foot_signals import LegSignals
from edge.messages.arrays import Floats
from edge.numerics.quantiles import median

# Turn at which the shoe's tip leaves the belt. On force plates (18 runners) 4.8 ms after the force
# falls below 50 N, SD within a runner 4 ms, between runners 12.
TURNED_DEG = 45.0
# When a foot is flat: from landing of the forefoot to the rise of the heel, at any speed.
_FLAT_FROM_S, _FLAT_TO_STRIDES = 0.06, 0.17
_STRIDES = 9
# Pitch of a flat foot before one was seen: the heel's point is higher than the toe's.
_FLAT_DEG = -5.0


class FootTurn:
    """The pitch of one runner's flat foot, by which its turn is measured."""

    def __init__(self) -> None:
        self._flat_deg: deque[float] = deque(maxlen=_STRIDES)

    def reset(self) -> None:
        """Forget the foot."""
        self._flat_deg.clear()

    def turned_deg(
        self, stance: Iterable[LegSignals], contact_s: float, stride_s: float
    ) -> tuple[Floats, Floats]:
        """Return times and turns of the foot, shape (n,) each, without absent ones.

        Parameters
        ----------
        stance
            The leg's signals since contact, in order of time.
        contact_s, stride_s
            Time of the contact, and the stride time.
        """
        seen = [s for s in stance if np.isfinite(s.foot_deg)]
        own = flat_deg(seen, contact_s, stride_s)
        known = [f for f in (*self._flat_deg, own) if np.isfinite(f)]
        flat = median(known) if known else _FLAT_DEG
        return (
            np.array([s.time_s for s in seen]),
            flat - np.array([s.foot_deg for s in seen]),
        )

    def close(self, stance: Iterable[LegSignals], contact_s: float, stride_s: float) -> None:
        """Remember the flat foot of a stance that is over."""
        self._flat_deg.append(flat_deg(list(stance), contact_s, stride_s))


def flat_deg(stance: Sequence[LegSignals], contact_s: float, stride_s: float) -> float:
    """Return the pitch of the flat foot in one stance; NaN if it was not seen then."""
    until_s = contact_s + _FLAT_TO_STRIDES * stride_s
    flat = [s.foot_deg for s in stance if contact_s + _FLAT_FROM_S <= s.time_s <= until_s]
    return median([f for f in flat if np.isfinite(f)])
