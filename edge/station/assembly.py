"""Assembly of the pose room and the pipeline, with switching to a smaller model."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from edge.messages.notice import Notice
from edge.messages.reason import Reason
from edge.messages.skeleton import Skeleton
from edge.numerics.timing import Stopwatch
from edge.pipeline import Pipeline
from edge.pose.model_sizes import LandmarkSizes
from edge.pose.opening import open_pose
from edge.sensors.sensor_set import SensorSet, new_sensors
from edge.settings.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """A pipeline with its networks, stopwatch and sensors.

    Attributes
    ----------
    pipeline
        Ready to run.
    skeleton
        The skeleton of its poses.
    watch
        Times every stage; the caller starts it at each frame.
    sizes
        The opened landmark networks; None if there are none.
    provider
        The execution provider that actually runs them.
    notices
        What is known at the start to be wrong.
    sensors
        Started, and polled by the pipeline; close them at the end.
    """

    pipeline: Pipeline
    skeleton: Skeleton
    watch: Stopwatch = field(default_factory=lambda: Stopwatch(time.perf_counter))
    sizes: LandmarkSizes | None = None
    provider: str = ""
    notices: tuple[Notice, ...] = ()
    sensors: SensorSet = field(default_factory=SensorSet)

    @property
    def smaller_model(self) -> Callable[[bool], str] | None:
        """A switch to the smaller model or back, returning the name in use; None without one."""
        if self.sizes is None or len(self.sizes.names) < 2:
            return None
        chosen, smaller, *_ = self.sizes.names
        return partial(self._take_model, chosen, smaller)

    def _take_model(self, chosen: str, smaller: str, take_smaller: bool) -> str:
        assert self.sizes is not None
        name = smaller if take_smaller else chosen
        self.sizes.choose(name)
        stand_in = Reason("smaller_model", model=smaller) if take_smaller else Reason()
        self.pipeline.fallback.use(stand_in)
        return name


def build_rig(settings: Settings, models: Path, *, smaller: bool, live: bool = False) -> Rig:
    """Open everything that a running station needs.

    Raises what ``open_pose`` raises, and ``SensorError`` if a sensor cannot work at all.

    Parameters
    ----------
    settings
        All rooms' settings.
    models, smaller, live
        See ``open_pose``.
    """
    sensors = new_sensors(settings.sensors)
    sensors.start()
    pose = open_pose(settings.pose, models, smaller=smaller, live=live)
    pipeline = Pipeline(
        pose.estimator,
        settings,
        lap=pose.watch.lap,
        network_begins=pose.begins,
        sensors=sensors.poll,
    )
    return Rig(
        pipeline=pipeline,
        skeleton=pose.skeleton,
        watch=pose.watch,
        sizes=pose.sizes,
        provider=pose.provider,
        notices=(*pose.notices, *pipeline.notices),
        sensors=sensors,
    )
