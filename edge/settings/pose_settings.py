"""Settings of the pose model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseSettings:
    """The pose model. ``threads`` 0 lets the runtime choose from the processor count.

    ``provider`` is what runs the networks; ``auto`` takes the fastest that is there and ready.
    """

    model: str = "full"
    threads: int = 0
    provider: str = "auto"
    min_detection: float = 0.5
    min_presence: float = 0.5
