"""The kinds of pose model, by name."""

from collections.abc import Callable, Mapping
from typing import Final

from edge.messages.errors import ModelError
from edge.pose.models.blazepose.landmarks import BlazePose
from edge.pose.models.card import BLAZEPOSE_KIND, ModelCard
from edge.pose.models.port import PoseModel
from edge.pose.models.rtmpose.simcc import SimccPose


def _blazepose(card: ModelCard) -> PoseModel:
    return BlazePose(card.name, card.licence)


def _rtmpose(card: ModelCard) -> PoseModel:
    rows, columns = card.input_rows or 256, card.input_columns or 192
    return SimccPose(card.name, card.skeleton, rows, columns, card.licence)


KINDS: Final[Mapping[str, Callable[[ModelCard], PoseModel]]] = {
    BLAZEPOSE_KIND: _blazepose,
    "rtmpose": _rtmpose,
}


def model_of(card: ModelCard) -> PoseModel:
    """Return the model that a card describes.

    Raises
    ------
    ModelError
        If the kind is unknown, or its points do not match the card's skeleton.
    """
    if card.kind not in KINDS:
        raise ModelError(
            f"model {card.name} is of kind {card.kind!r}; there are {', '.join(KINDS)}"
        )
    model = KINDS[card.kind](card)
    if model.spec.skeleton is not card.skeleton:
        raise ModelError(f"models of kind {card.kind} have skeleton {model.spec.skeleton.name}")
    return model
