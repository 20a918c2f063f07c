"""Condition of the board: temperature and throttling."""

from dataclasses import dataclass
from math import nan

from edge.messages.notice import Notice

UNDER_VOLTAGE = "under_voltage"
CAPPED = "capped"
THROTTLED = "throttled"
SOFT_LIMIT = "soft_limit"

HOT_C = 80.0
"""A Raspberry Pi starts to throttle here, and most other boards soon after."""

CONDITIONS = (UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Condition of the board at one moment.

    Attributes
    ----------
    temperature_c
        Highest sensor temperature; NaN without a sensor.
    conditions
        Causes of slowdown now: ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``.
    before
        Causes that occurred since the start and are over.
    """

    temperature_c: float = nan
    conditions: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    @property
    def hot(self) -> bool:
        """Whether heat slows the board down, or is about to."""
        slowed = {CAPPED, THROTTLED, SOFT_LIMIT} & set(self.conditions)
        return bool(slowed) or self.temperature_c >= HOT_C

    @property
    def notice(self) -> Notice:
        """What to tell people; empty if all is well.

        Examples
        --------
        >>> Board(temperature_c=84.4).notice.code
        'board_hot'
        >>> Board(conditions=("under_voltage",)).notice.code
        'board_under_voltage'
        """
        if UNDER_VOLTAGE in self.conditions:
            return Notice("board_under_voltage")
        if not self.hot:
            return Notice()
        if self.temperature_c >= HOT_C:
            return Notice("board_hot", temperature_c=self.temperature_c)
        return Notice("board_slowed")
