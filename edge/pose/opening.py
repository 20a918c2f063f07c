"""Construction of the pose estimator from settings and a folder of models."""

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from edge.messages.arrays import Image
from edge.messages.errors import ModelError, WeightsError
from edge.messages.notice import Notice
from edge.messages.skeleton import Skeleton
from edge.numerics.timing import Callback, Stopwatch
from edge.pose.estimator import Detector, PoseEstimator
from edge.pose.model_sizes import LandmarkSizes
from edge.pose.models.blazepose.detector import DETECTOR_OUTPUTS, DETECTOR_SIZE, PersonDetector
from edge.pose.models.card import ModelCard, model_card
from edge.pose.models.port import ModelNetwork
from edge.pose.models.registry import model_of
from edge.pose.region import Region, letterbox_region
from edge.pose.runtime.graph_cache import FOLDER, GraphCache
from edge.pose.runtime.onnx_session import SPIN_SHARING_US, SPIN_US, Network, Runtime, device_key
from edge.pose.runtime.providers import AUTO, TENSORRT
from edge.pose.store import model_store
from edge.settings.pose_settings import PoseSettings

_SMALLER = {"heavy": "full", "full": "lite"}
# Widest picture that must fit the narrowest input of a model.
_WHOLE = 16 / 9


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPose:
    """The pose estimator with its networks and their timing.

    Attributes
    ----------
    estimator
        Turns frames into poses.
    sizes
        The opened networks, by name.
    skeleton
        Definition of the points in its poses.
    provider
        Execution provider actually in use.
    watch
        Collects the run time of every network; the caller starts it at each frame.
    begins
        Rung when a network starts to run.
    notices
        What is not as the settings ask.
    """

    estimator: PoseEstimator
    sizes: LandmarkSizes
    skeleton: Skeleton
    provider: str
    watch: Stopwatch
    begins: Callback
    notices: tuple[Notice, ...] = ()


def open_pose(
    settings: PoseSettings, models: Path, *, smaller: bool = False, live: bool = False
) -> OpenedPose:
    """Open the networks.

    Parameters
    ----------
    settings
        Model, threads and least scores.
    models
        The folder that ``toeline models pull`` fills.
    smaller
        Also open the next smaller landmark network, if present, for times of overload. Opening it
        later would delay frames.
    live
        Whether frames come in real time, so that the networks must leave processor time to capture
        and display.

    Raises
    ------
    WeightsError
        If a model is missing or altered; the sentence names the command that fixes it.
    ModelError
        If a file cannot be opened as the expected network.
    """
    opener = _Opener(settings, models, SPIN_SHARING_US if live else SPIN_US)
    card = model_card(settings.model, models)
    detector, notices = opener.detector_for(card)
    networks = {settings.model: opener.landmarks(card)}
    provider = opener.provider
    if smaller and settings.model in _SMALLER:
        name = _SMALLER[settings.model]
        # Optional: the station runs without it.
        with suppress(WeightsError, ModelError):
            networks[name] = opener.landmarks(model_card(name, models))
    sizes = LandmarkSizes(networks, settings.model)
    return OpenedPose(
        estimator=PoseEstimator(detector, sizes, card.skeleton, settings.min_presence),
        sizes=sizes,
        skeleton=card.skeleton,
        provider=provider,
        watch=opener.watch,
        begins=opener.begins,
        notices=(*_provider_notices(settings.provider, provider), *notices),
    )


def prewarm(settings: PoseSettings, models: Path) -> str:
    """Build this machine's cached networks, so that the station starts quickly.

    The cache holds the optimised graphs and, with TensorRT, its engines, which take minutes to
    build. Each network runs once, because part of the cache is built at the first run.

    Returns
    -------
    Execution provider in use: ``cpu``, ``cuda`` or ``tensorrt``; raises as ``open_pose`` does.
    """
    if settings.provider == AUTO:
        # ``auto`` picks TensorRT only once its engines exist, so ask for it by name.
        settings = replace(settings, provider=TENSORRT)
    opener = _Opener(settings, models)
    card = model_card(settings.model, models)
    picture = np.zeros((DETECTOR_SIZE, DETECTOR_SIZE, 3), np.uint8)
    opener.detector_for(card)[0].find(picture)
    opener.landmarks(card).look(picture, letterbox_region(DETECTOR_SIZE, DETECTOR_SIZE))
    return opener.provider


class WholePicture:
    """A detector substitute: the one person may be anywhere in the picture."""

    def find(self, image: Image) -> list[Region]:
        """Return one region that contains the whole picture for any model input."""
        height, width = image.shape[:2]
        region = letterbox_region(width, height)
        return [replace(region, side_px=max(float(height), _WHOLE * width))]


class _Opener:
    """Opener of networks from one folder; records the execution provider in use."""

    def __init__(self, settings: PoseSettings, models: Path, spin_us: int = SPIN_US) -> None:
        self._settings = settings
        self._models = models
        # Every opening checks the files against the manifest, so the cache need not hash them.
        manifest = model_store.bundled_manifest()
        digests = {model.file: model.onnx_sha256 for model in manifest.models.values()}
        self._runtime = Runtime(
            provider=settings.provider,
            graphs=GraphCache(models / FOLDER, device_key(), digests),
            engines=models / "engines",
            spin_us=spin_us,
        )
        self.watch = Stopwatch(time.perf_counter)
        self.provider = ""
        self.begins = Callback()

    def detector_for(self, card: ModelCard) -> tuple[Detector, tuple[Notice, ...]]:
        """Return the detector for a model, and notices for the user."""
        try:
            path = model_store.verify(self._models, model_store.DETECTOR)
        except WeightsError:
            if card.built_in:
                raise
            return WholePicture(), (Notice("detector_missing", model=card.name),)
        shape = (1, DETECTOR_SIZE, DETECTOR_SIZE, 3)
        network = self._open(path, shape, DETECTOR_OUTPUTS, "detector_net")
        return PersonDetector(network, self._settings.min_detection), ()

    def landmarks(self, card: ModelCard) -> ModelNetwork:
        model = model_of(card)
        spec = model.spec
        network = self._open(card.checked(), spec.input_shape, spec.outputs, "landmark_net")
        self.provider = network.provider
        return ModelNetwork(model, network)

    def _open(
        self, path: Path, shape: tuple[int, ...], outputs: tuple[str, ...], stage: str
    ) -> Network:
        return Network(
            path,
            shape,
            outputs,
            self._settings.threads,
            runtime=self._runtime,
            begins=self.begins.ring,
            took=partial(self.watch.took, stage),
        )


def _provider_notices(wanted: str, provider: str) -> tuple[Notice, ...]:
    if wanted in (AUTO, provider):
        return ()
    return (Notice("provider_missing", wanted=wanted, provider=provider),)
