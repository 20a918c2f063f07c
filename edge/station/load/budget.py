"""What the frames of a station take, stage by stage, and how many of them are late."""

import time
from collections.abc import Callable

from edge.messages.health import StageTime
from edge.numerics.timing import Durations, StageTimes, Stopwatch

_CAPTURE_TO_POSE = "capture_to_pose"


class Budget:
    """Takes in every processed frame, on the worker's thread; any thread may ask.

    Parameters
    ----------
    late_ms
        A frame that is decided later than this after its arrival is late.
    watch
        Timed by the pipeline's stages.
    elsewhere
        Gives what is timed outside the worker, such as encoding and sending.
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
        """Say that work on a frame begins, so long after its arrival."""
        self._stages.add("wait", waited_ms)
        self._watch.start()

    def decided(self, latency_ms: float) -> bool:
        """Say that all is decided, so long after the arrival; return whether that was late."""
        self._capture_to_pose.add(latency_ms)
        late = latency_ms > self._late_ms
        self.late += late
        return late

    def end(self) -> None:
        """Say that the results are handed on."""
        self._watch.lap("hand_on")
        for stage, ms in self._watch.laps_ms.items():
            self._stages.add(stage, ms)

    def capture_to_pose(self) -> StageTime:
        """Return the time from a frame's arrival to its last decision."""
        return self._capture_to_pose.summary(_CAPTURE_TO_POSE)

    def times(self) -> tuple[StageTime, ...]:
        """Return all that is timed: from end to end first, then stage by stage."""
        return (self.capture_to_pose(), *self._elsewhere(), *self._stages.summaries())
