"""Put the rooms together: from settings and a folder of models to a pipeline that runs."""

from pathlib import Path

from edge.pipeline import Pipeline
from edge.pose.detector import DETECTOR_OUTPUTS, DETECTOR_SIZE, PersonDetector
from edge.pose.estimator import PoseEstimator
from edge.pose.landmarks import LANDMARK_OUTPUTS, LANDMARK_SIZE, LandmarkNetwork
from edge.pose.session import Network
from edge.settings import PoseSettings, Settings
from edge.weights import store


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
    edge.weights.errors.WeightsError
        If a model is missing or altered; the sentence names the command that mends it.
    edge.pose.session.ModelError
        If a file cannot be opened as the network it should be.
    """
    detector = Network(
        store.verify(models, store.DETECTOR),
        (1, DETECTOR_SIZE, DETECTOR_SIZE, 3),
        DETECTOR_OUTPUTS,
        settings.threads,
    )
    landmarks = Network(
        store.verify(models, settings.model),
        (1, LANDMARK_SIZE, LANDMARK_SIZE, 3),
        LANDMARK_OUTPUTS,
        settings.threads,
    )
    return PoseEstimator(
        PersonDetector(detector, settings.min_detection),
        LandmarkNetwork(landmarks),
        settings.min_presence,
    )


def build_pipeline(settings: Settings, models: Path) -> Pipeline:
    """Return a pipeline with the real pose model; raises as ``build_estimator`` does."""
    return Pipeline(build_estimator(settings.pose, models), settings)
