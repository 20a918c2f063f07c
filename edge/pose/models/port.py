"""The interface of a pose model: its input, its decoding and the region it tracks next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.messages.arrays import Floats, Image
from edge.messages.skeleton import Skeleton
from edge.pose.region import Region
from edge.pose.runtime.onnx_session import Network, Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """Specification of a model, known before any file is opened.

    Attributes
    ----------
    name
        Name in settings and recorded sessions.
    skeleton
        Definition of its points.
    input_shape, outputs
        Input shape that its network must declare, and the outputs to read.
    licence
        Licence of its weights.
    """

    name: str
    skeleton: Skeleton
    input_shape: tuple[int, ...]
    outputs: tuple[str, ...]
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landmarks:
    """A model's result for one region.

    Attributes
    ----------
    xy_px
        Shape (k, 2), image pixels.
    depth_px
        Shape (k,), image pixels, smaller is nearer; NaN if the model gives none.
    visibility
        Shape (k,), 0 to 1.
    presence
        Score of a person in the region, 0 to 1.
    next_region
        Region for the next frame; not usable if nobody was seen.
    legs_px, legs_error_px
        Shapes (2, 7, 2) and (2, 7), image pixels: near and far leg, as in ``Pose``; None if the
        model has no leg reader.
    """

    xy_px: Floats
    depth_px: Floats
    visibility: Floats
    presence: float
    next_region: Region
    legs_px: Floats | None = None
    legs_error_px: Floats | None = None


class PoseModel(Protocol):
    """A kind of pose model; it holds no network, so one instance can serve several."""

    @property
    def spec(self) -> ModelSpec:
        """Specification of the model."""

    def prepare(self, image: Image, region: Region) -> Tensor:
        """Return the network's input for the person in ``region`` of a BGR picture."""

    def decode(self, outputs: Sequence[Tensor], region: Region) -> Landmarks:
        """Return the landmarks in ``region``, from outputs in the order of ``spec``."""


class ModelNetwork:
    """A pose model with its network.

    Parameters
    ----------
    model
        Prepares the input and decodes the outputs.
    network
        Opened according to ``model.spec``.
    """

    def __init__(self, model: PoseModel, network: Network) -> None:
        self._model = model
        self._network = network

    def look(self, image: Image, region: Region) -> Landmarks:
        """Return the keypoints of the person in ``region`` of a BGR picture."""
        tensor = self._model.prepare(image, region)
        return self._model.decode(self._network.run(tensor), region)
