"""The runner's own left and right."""

from enum import StrEnum


class Side(StrEnum):
    """The subject's own left or right."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT
