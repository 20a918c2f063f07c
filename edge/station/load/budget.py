"""Latency budget: time per stage, and the count of late frames."""

import time
from collections.abc import Callable

from edge.messages.health import StageTime
from edge.numerics.timing import Durations, StageTimes, Stopwatch

_CAPTURE_TO_POSE = "capture_to_pose"


class Budget:
    """Latency statistics; written on the worker's thread, readable from any.

    Parameters
    ----------
    late_ms
        A frame that takes longer than this from arrival to decision is late.
    watch
        Times the pipeline's stages.
    elsewhere
        Returns stages timed outside the worker, such as encoding and sending.
    """

    def __init__(
        self,
        late_ms: float,
        watch: Stopwatch | None = None,
        elsewhere: Callable[[], tuple[StageTime, ...]] = tuple,
    ) -> None:
        self._late_ms = late_ms
        self._watch = watch or Stopwatch(time.perf_counter)
        self._elsewhere = elsewhere
        self._stages = StageTimes()
        self._capture_to_pose = Durations()
        self.late = 0

    def begin(self, waited_ms: float) -> None:
        """Start a frame, ``waited_ms`` after its arrival."""
        self._stages.add("wait", waited_ms)
        self._watch.start()

    def decided(self, latency_ms: float) -> bool:
        """Record that the frame is decided; return whether it was late."""
        self._capture_to_pose.add(latency_ms)
        late = latency_ms > self._late_ms
        self.late += late
        return late

    def end(self) -> None:
        """End the frame: its results have been passed on."""
        self._watch.lap("hand_on")
        for stage, ms in self._watch.laps_ms.items():
            self._stages.add(stage, ms)

    def capture_to_pose(self) -> StageTime:
        """Return the time from a frame's arrival to its last decision."""
        return self._capture_to_pose.summary(_CAPTURE_TO_POSE)

    def times(self) -> tuple[StageTime, ...]:
        """Return all timings: end to end first, then by stage."""
        return (self.capture_to_pose(), *self._elsewhere(), *self._stages.summaries())
