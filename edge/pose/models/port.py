"""What every pose model is: how it is fed, how it is read, and where it looks next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.messages.arrays import Floats, Image
from edge.messages.skeleton import Skeleton
from edge.pose.region import Region
from edge.pose.runtime.onnx_session import Network, Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """What a model is before any file is opened.

    Attributes
    ----------
    name
        As settings and recorded sessions name it.
    skeleton
        What its points are.
    input_shape, outputs
        What its network must declare, and what is read of it.
    licence
        Of its weights.
    """

    name: str
    skeleton: Skeleton
    input_shape: tuple[int, ...]
    outputs: tuple[str, ...]
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landmarks:
    """What a model saw in one region.

    Attributes
    ----------
    xy_px
        Shape (k, 2), image pixels.
    depth_px
        Shape (k,), image pixels, smaller is nearer; NaN of a model that makes none.
    visibility
        Shape (k,), 0 to 1.
    presence
        Score of a person in the region, 0 to 1.
    next_region
        Where to look in the next frame; not usable where nobody was seen.
    legs_px, legs_error_px
        Shapes (2, 7, 2) and (2, 7), image pixels: near and far leg, as in ``Pose``; None of a model
        without a leg reader.
    """

    xy_px: Floats
    depth_px: Floats
    visibility: Floats
    presence: float
    next_region: Region
    legs_px: Floats | None = None
    legs_error_px: Floats | None = None


class PoseModel(Protocol):
    """A kind of pose model: pure, so that one instance may serve any network of its kind."""

    @property
    def spec(self) -> ModelSpec:
        """What it is."""

    def prepare(self, image: Image, region: Region) -> Tensor:
        """Return the network's input for the person in ``region`` of a BGR picture."""

    def decode(self, outputs: Sequence[Tensor], region: Region) -> Landmarks:
        """Return what the network's outputs, in the order of ``spec``, say of ``region``."""


class ModelNetwork:
    """A pose model with its network.

    Parameters
    ----------
    model
        How the network is fed and read.
    network
        Opened as ``model.spec`` says.
    """

    def __init__(self, model: PoseModel, network: Network) -> None:
        self._model = model
        self._network = network

    def look(self, image: Image, region: Region) -> Landmarks:
        """Return the keypoints of the person in ``region`` of a BGR picture."""
        tensor = self._model.prepare(image, region)
        return self._model.decode(self._network.run(tensor), region)
