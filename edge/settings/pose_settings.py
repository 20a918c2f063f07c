"""Settings of the pose model."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from edge.settings.setting import CHOICE, DIMENSIONLESS, number, text, word

SIZES: Final = ("lite", "full", "heavy")
CARD_SUFFIX: Final = ".toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseSettings:
    """The pose model and its execution provider."""

    model: str = text(
        "full",
        "lite, full, heavy or a model card (.toml)",
        CHOICE,
        "Size of the built-in pose model, or the card of another model.",
    )
    threads: int = number(
        0, "threads", (0, 64), CHOICE, "Threads of the networks; 0: by the number of cores."
    )
    provider: str = word(
        "auto",
        ("auto", "cpu", "cuda", "tensorrt"),
        CHOICE,
        "Execution provider of the networks; auto: the fastest that is installed and ready.",
    )
    min_detection: float = number(
        0.5,
        DIMENSIONLESS,
        (0.05, 1),
        'docs/pose-model.md, "Detector"',
        "Least score at which a person is detected.",
    )
    min_presence: float = number(
        0.5,
        DIMENSIONLESS,
        (0.05, 1),
        'docs/pose-model.md, "Region"',
        "Least presence at which the person in the last picture is still tracked.",
    )

    @property
    def model_name(self) -> str:
        """Name of the model in recorded sessions."""
        return PurePath(self.model).stem
