"""A station without its threads: commands carried out on poses that a test gives."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from fakes import end, hand, still_frame
from recordings import EXACT, poses_of
from skeletons import BLAZEPOSE33
from stored import HEAD, gait_rooms
from synthetic import Camera, standing_px

from edge.capture.source import open_source
from edge.messages.message import Message
from edge.messages.outcome import Outcome
from edge.messages.pose import Pose
from edge.messages.stride import KeyPose, StrideMetrics
from edge.pipeline import Pipeline
from edge.serve.control.controller import Controller
from edge.serve.live.hub import Hub
from edge.serve.wire import protocol
from edge.serve.wire.commands import Done
from edge.serve.wire.encode import hello_for
from edge.settings.capture_settings import CaptureSettings
from edge.settings.record_settings import RecordSettings
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings
from edge.sinks.recorder import Recorder

SETTINGS = Settings(gait=EXACT)


class Ears(Hub):
    """A hub that records the messages to the pages."""

    def __init__(self) -> None:
        super().__init__(ServeSettings(), hello_for(SETTINGS, "0.1.0", skeleton=BLAZEPOSE33))
        self.told: list[Any] = []

    def publish(self, message: Message | protocol.Text) -> None:
        self.told.append(message)

    def last(self, kind: type[Any]) -> Any:
        return next(m for m in reversed(self.told) if isinstance(m, kind))


class Bridge:
    """A station without its threads: a controller, and poses given to it."""

    def __init__(
        self,
        data: Path | None,
        pipeline: Pipeline | None = None,
        settings: Settings = SETTINGS,
    ) -> None:
        self.hub = Ears()
        self.pipeline = pipeline or gait_rooms(settings)
        self.recorder: Recorder | None = None
        if data is not None:
            keep = RecordSettings(keep_free_mb=0)
            self.recorder = Recorder(data, HEAD, self.pipeline, keep)
        self.controller = Controller(self.hub, self.pipeline, settings, self.recorder)
        self.controller.greet()
        self._ids = iter(range(1000))
        self.stills: list[KeyPose] = []

    def order(self, of: type[Any], **fields: Any) -> Done:
        return self.controller.take(of(id=next(self._ids), **fields)).result(20)

    def give(self, poses: list[Pose]) -> list[StrideMetrics]:
        strides = []
        for pose in poses:
            frame = replace(still_frame(pose.frame_index), time_s=pose.time_s)
            outcome = self.pipeline.follow(pose, frame=frame)
            hand(self.controller, frame, outcome, 9.0)
            if self.recorder is not None:
                hand(self.recorder, frame, outcome, 9.0)
            strides += [m for m in outcome.messages if isinstance(m, StrideMetrics)]
            self.stills += [m for m in outcome.messages if isinstance(m, KeyPose)]
        return strides

    def give_one(self, pose: Pose) -> Outcome:
        frame = replace(still_frame(pose.frame_index), time_s=pose.time_s)
        outcome = self.pipeline.follow(pose, frame=frame)
        hand(self.controller, frame, outcome, 9.0)
        return outcome

    def film(self, clip: Path) -> list[Outcome]:
        """Give the frames of a clip to a pipeline that has a pose model."""
        outcomes = []
        with open_source(str(clip), CaptureSettings(), own_pace=False) as source:
            for frame in source:
                outcome = self.pipeline.update(frame)
                hand(self.controller, frame, outcome, 9.0)
                outcomes.append(outcome)
        return outcomes

    def close(self) -> None:
        self.controller.shut_down()
        if self.recorder is not None:
            end(self.recorder, self.pipeline.finish())


def at(poses: list[Pose], start_s: float) -> list[Pose]:
    first = round(start_s * 60)
    return [
        replace(pose, time_s=pose.time_s + start_s, frame_index=pose.frame_index + first)
        for pose in poses
    ]


def standing(seconds: float = 5.0) -> list[Pose]:
    times_s = np.arange(0, seconds, 1 / 60)
    return list(poses_of(standing_px(Camera(), times_s), times_s))
