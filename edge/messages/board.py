"""How the board is: temperature, and what slows it down."""

from dataclasses import dataclass
from math import nan

UNDER_VOLTAGE = "under_voltage"
CAPPED = "capped"
THROTTLED = "throttled"
SOFT_LIMIT = "soft_limit"

HOT_C = 80.0
"""A Raspberry Pi begins to throttle here, and most other boards soon after."""

CONDITIONS = (UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """How the board is at one moment.

    Attributes
    ----------
    temperature_c
        The hottest place that is measured; NaN if none is.
    conditions
        What slows the board down now: ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``.
    before
        The same, of those that have been since the start and are no longer.
    """

    temperature_c: float = nan
    conditions: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    @property
    def hot(self) -> bool:
        """Whether it is slowed down by heat, or about to be."""
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
