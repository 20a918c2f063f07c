"""A recording is looked at ahead; a frame is concluded while a network runs on the next."""

from collections.abc import Iterator
from contextlib import closing
from threading import Event

import numpy as np
import pytest
from fakes import PATIENCE_S, picture
from skeletons import BLAZEPOSE33

from edge.messages.errors import CaptureError
from edge.messages.frame import Frame
from edge.messages.pose import Pose
from edge.numerics.timing import Callback
from edge.offline.analyze import prefetch_poses
from edge.pipeline import Pipeline
from edge.settings.settings import Settings


class Slow:
    """A pose room whose network ends only when the frame before has been taken."""

    def __init__(self, callback: Callback, *, runs: bool = True) -> None:
        self.concluded = [Event() for _ in range(10)]
        self.waited_for: list[int] = []
        self._bell = callback
        self._runs = runs

    def update(self, frame: Frame) -> Pose:
        if self._runs:
            self._bell.ring()
        if self._runs and frame.index:
            assert self.concluded[frame.index - 1].wait(PATIENCE_S)
            self.waited_for.append(frame.index - 1)
        nothing = np.full(BLAZEPOSE33.count, np.nan)
        return Pose(
            frame_index=frame.index,
            time_s=frame.time_s,
            size_px=(64, 48),
            skeleton=BLAZEPOSE33,
            xy_px=np.full((BLAZEPOSE33.count, 2), np.nan),
            visibility=nothing,
            depth_px=nothing,
            presence=0.0,
        )

    def reset(self) -> None:
        """Nothing is kept."""


def frames(count: int, *, then: Exception | None = None) -> Iterator[Frame]:
    for index in range(count):
        yield Frame(index=index, time_s=index / 60, image=picture(index))
    if then is not None:
        raise then


def a_pipeline(*, runs: bool = True) -> tuple[Pipeline, Slow]:
    callback = Callback()
    slow = Slow(callback, runs=runs)
    return Pipeline(slow, Settings(), network_begins=callback), slow


def test_a_frame_is_handed_over_while_the_network_runs_on_the_next() -> None:
    pipeline, slow = a_pipeline()
    came = []
    for frame, pose, look_s in prefetch_poses(pipeline, frames(6)):
        came.append(frame.index)
        assert pose.frame_index == frame.index
        assert look_s >= 0
        slow.concluded[frame.index].set()
    assert came == [0, 1, 2, 3, 4, 5]
    assert slow.waited_for == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("count", [0, 1, 6])
def test_frames_without_a_network_come_all_the_same(count: int) -> None:
    pipeline, _ = a_pipeline(runs=False)
    assert [frame.index for frame, *_ in prefetch_poses(pipeline, frames(count))] == list(
        range(count)
    )


def test_what_was_seen_before_the_recording_broke_off_comes_first() -> None:
    pipeline, slow = a_pipeline()
    came = []

    def take() -> None:
        for frame, *_ in prefetch_poses(pipeline, frames(3, then=CaptureError("it broke off"))):
            came.append(frame.index)
            slow.concluded[frame.index].set()

    with pytest.raises(CaptureError, match="it broke off"):
        take()
    assert came == [0, 1, 2]


def test_whoever_stops_gets_the_pipeline_back_unheard() -> None:
    pipeline, slow = a_pipeline()
    with closing(prefetch_poses(pipeline, frames(9))) as looked:
        frame, *_ = next(looked)
        for event in slow.concluded:
            event.set()
    assert frame.index == 0
    # Nobody listens any more.
    pipeline.network_begins.ring()
