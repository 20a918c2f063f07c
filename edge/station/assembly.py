"""Put the rooms together: from settings and a folder of models to a pipeline that runs."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from edge.messages.errors import ModelError, WeightsError
from edge.messages.skeleton import Skeleton
from edge.numerics.timing import Bell, Stopwatch
from edge.pipeline import Pipeline
from edge.pose.models.blazepose.detector import DETECTOR_OUTPUTS, DETECTOR_SIZE, PersonDetector
from edge.pose.models.blazepose.estimator import PoseEstimator
from edge.pose.models.blazepose.landmarks import LANDMARK_OUTPUTS, LANDMARK_SIZE, LandmarkNetwork
from edge.pose.models.blazepose.region import letterbox_region
from edge.pose.models.blazepose.sizes import LandmarkSizes
from edge.pose.runtime.graph_cache import GraphCache
from edge.pose.runtime.onnx_session import SPIN_SHARING_US, SPIN_US, Network, Runtime, device_key
from edge.pose.runtime.providers import AUTO, TENSORRT
from edge.pose.skeletons.loader import BLAZEPOSE, skeleton
from edge.pose.store import model_store
from edge.sensors.sensor_set import SensorSet, new_sensors
from edge.settings.pose_settings import PoseSettings
from edge.settings.settings import Settings

_SMALLER = {"heavy": "full", "full": "lite"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """A pipeline with its networks, and what watches and steers it.

    Attributes
    ----------
    pipeline
        Ready to run.
    skeleton
        What the points of its poses are.
    watch
        Timed by every stage; whoever runs the pipeline starts it at each frame.
    sizes
        The landmark networks that were opened; None where there are none.
    provider
        What really runs them.
    notices
        Sentences that a user should see.
    sensors
        Started, and polled by the pipeline; to be closed at the end.
    """

    pipeline: Pipeline
    skeleton: Skeleton
    watch: Stopwatch = field(default_factory=lambda: Stopwatch(time.perf_counter))
    sizes: LandmarkSizes | None = None
    provider: str = ""
    notices: tuple[str, ...] = ()
    sensors: SensorSet = field(default_factory=SensorSet)

    @property
    def smaller_model(self) -> Callable[[bool], str] | None:
        """Takes a smaller model or goes back, and names the one in use; None without one."""
        if self.sizes is None or len(self.sizes.names) < 2:
            return None
        chosen, smaller, *_ = self.sizes.names
        return partial(self._take_model, chosen, smaller)

    def _take_model(self, chosen: str, smaller: str, take_smaller: bool) -> str:
        assert self.sizes is not None
        name = smaller if take_smaller else chosen
        self.sizes.choose(name)
        self.pipeline.use_stand_in(f"smaller model {smaller} in use" if take_smaller else "")
        return name


def build_estimator(settings: PoseSettings, models: Path) -> PoseEstimator:
    """Open the two networks.

    Parameters
    ----------
    settings
        Which model, how many threads, which least scores.
    models
        The folder that ``toeline models pull`` fills.

    Raises
    ------
    WeightsError
        If a model is missing or altered; the sentence names the command that mends it.
    ModelError
        If a file cannot be opened as the network it should be.
    """
    opener = _Opener(settings, models, Stopwatch(time.perf_counter))
    return _estimator(settings, opener.detector(), opener.landmarks(settings.model))


def build_pipeline(settings: Settings, models: Path) -> Pipeline:
    """Return a pipeline with the real pose model; raises as ``build_estimator`` does."""
    return build_rig(settings, models, smaller=False).pipeline


def build_rig(settings: Settings, models: Path, *, smaller: bool, live: bool = False) -> Rig:
    """Open everything that a running station needs.

    Raises as ``build_estimator`` does, and ``SensorError`` if a sensor can never answer.

    Parameters
    ----------
    settings
        All rooms' settings.
    models
        The folder of models.
    smaller
        Also open the next smaller landmark network, if it is there, for times of overload.
        Opening one later would hold up the frames.
    live
        Whether frames come when they come, and the networks must leave the processor to those who
        capture and show.
    """
    sensors = new_sensors(settings.sensors)
    sensors.start()
    watch = Stopwatch(time.perf_counter)
    opener = _Opener(settings.pose, models, watch, SPIN_SHARING_US if live else SPIN_US)
    detector = opener.detector()
    chosen = settings.pose.model
    networks = {chosen: opener.landmarks(chosen)}
    if smaller and chosen in _SMALLER:
        # It is a reserve: a station runs without it.
        with suppress(WeightsError, ModelError):
            networks[_SMALLER[chosen]] = opener.landmarks(_SMALLER[chosen])
    sizes = LandmarkSizes(networks, chosen)
    estimator = _estimator(settings.pose, detector, sizes)
    return Rig(
        pipeline=Pipeline(
            estimator,
            settings,
            lap=watch.lap,
            network_begins=opener.begins,
            sensors=sensors.poll,
        ),
        skeleton=skeleton(BLAZEPOSE),
        watch=watch,
        sizes=sizes,
        provider=opener.provider,
        notices=_notices(settings.pose.provider, opener.provider),
        sensors=sensors,
    )


def prewarm(settings: PoseSettings, models: Path) -> str:
    """Make what this machine keeps of the networks, so that the station starts quickly.

    That is the optimised graphs; and where TensorRT is there, its engines, which take minutes. The
    networks run once, since some of it is made only then.

    Returns
    -------
    What runs them: ``cpu``, ``cuda`` or ``tensorrt``; raises as ``build_estimator`` does.
    """
    if settings.provider == AUTO:
        # By itself TensorRT is taken only once its engines are there.
        settings = replace(settings, provider=TENSORRT)
    opener = _Opener(settings, models, Stopwatch(time.perf_counter))
    picture = np.zeros((LANDMARK_SIZE, LANDMARK_SIZE, 3), np.uint8)
    opener.detector().find(picture)
    opener.landmarks(settings.model).look(picture, letterbox_region(LANDMARK_SIZE, LANDMARK_SIZE))
    return opener.provider


class _Opener:
    """Opens networks from one folder in one way, and remembers what really runs them."""

    def __init__(
        self, settings: PoseSettings, models: Path, watch: Stopwatch, spin_us: int = SPIN_US
    ) -> None:
        self._settings = settings
        self._models = models
        self._watch = watch
        # Checked against the manifest at each opening, so that they need not be hashed again.
        manifest = model_store.bundled_manifest()
        digests = {model.file: model.onnx_sha256 for model in manifest.models.values()}
        self._runtime = Runtime(
            provider=settings.provider,
            graphs=GraphCache(models / "optimised", device_key(), digests),
            engines=models / "engines",
            spin_us=spin_us,
        )
        self.provider = ""
        self.begins = Bell()

    def detector(self) -> PersonDetector:
        network = self._open(model_store.DETECTOR, DETECTOR_SIZE, DETECTOR_OUTPUTS, "detector_net")
        return PersonDetector(network, self._settings.min_detection)

    def landmarks(self, model: str) -> LandmarkNetwork:
        network = self._open(model, LANDMARK_SIZE, LANDMARK_OUTPUTS, "landmark_net")
        self.provider = network.provider
        return LandmarkNetwork(network)

    def _open(self, model: str, size: int, outputs: tuple[str, ...], stage: str) -> Network:
        return Network(
            model_store.verify(self._models, model),
            (1, size, size, 3),
            outputs,
            self._settings.threads,
            runtime=self._runtime,
            begins=self.begins.ring,
            took=partial(self._watch.took, stage),
        )


def _estimator(
    settings: PoseSettings, detector: PersonDetector, landmarks: LandmarkNetwork | LandmarkSizes
) -> PoseEstimator:
    return PoseEstimator(detector, landmarks, skeleton(BLAZEPOSE), settings.min_presence)


def _notices(wanted: str, provider: str) -> tuple[str, ...]:
    if wanted in (AUTO, provider):
        return ()
    return (f"{wanted} was asked for, but the pose model runs on {provider}",)
