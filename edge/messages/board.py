"""Condition of the board: temperature and throttling."""

from dataclasses import dataclass
from math import nan

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
    def notice(self) -> str:
        """One sentence for people; empty if all is well.

        Examples
        --------
        >>> Board(temperature_c=84.4).notice
        'the board is 84 degrees hot: it needs air'
        >>> Board(conditions=("under_voltage",)).notice
        'under-voltage: the board needs a stronger power supply'
        """
        if UNDER_VOLTAGE in self.conditions:
            return "under-voltage: the board needs a stronger power supply"
        if not self.hot:
            return ""
        if self.temperature_c >= HOT_C:
            return f"the board is {self.temperature_c:.0f} degrees hot: it needs air"
        return "the board slows itself down: it needs air"
