"""Follow a film of a real runner with every source of leg points, side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from edge.capture.source import open_source
from edge.i18n.notices import english_notice
from edge.messages.arrays import Floats
from edge.messages.errors import EvaluationError
from edge.messages.frame import Frame
from edge.messages.gait import GaitState
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_LEG, RIGHT_LEG, SIDE_LEG
from edge.messages.stride import StrideMetrics
from edge.offline.evaluate.following import Heard
from edge.offline.evaluate.real.film_ways import AS_FILMED, WAYS, Way
from edge.offline.evaluate.real.labels import LABELS, LabelledClip
from edge.pipeline import Pipeline
from edge.pose.estimator_port import Estimator
from edge.pose.opening import open_pose
from edge.record.summary import SessionFacts, SessionSummary
from edge.settings.settings import Settings, settings_sha256

STATION: Final = "station"
READER: Final = "reader"
TRACKED: Final = "tracked"
_BOTH_LEGS: Final = {Side.LEFT: (LEFT_LEG, RIGHT_LEG), Side.RIGHT: (RIGHT_LEG, LEFT_LEG)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RealRun:
    """The parameters of an evaluation.

    Attributes
    ----------
    settings
        The pipeline's settings.
    models
        The models folder.
    way
        How the films are shown, a name of ``WAYS``.
    names
        Only these films; empty for all.
    """

    settings: Settings
    models: Path
    way: str = AS_FILMED
    names: tuple[str, ...] = ()

    @property
    def shown(self) -> Way:
        """How the films are shown."""
        return WAYS[self.way]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Followed:
    """What one source of leg points made of a film.

    Attributes
    ----------
    strides
        The near leg's, in order; empty for a source that is not followed through the rooms.
    legs_px
        By frame shown, shape (2, 5, 2), near and far leg.
    scores
        By frame shown, the quality score of the legs; NaN while it is unknown.
    """

    strides: tuple[StrideMetrics, ...] = ()
    legs_px: Mapping[int, Floats]
    scores: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenFilm:
    """A film as the station saw it.

    Attributes
    ----------
    times_s
        Shape (n,), time of every frame of the film, shown or not.
    width_px
        Width of its pictures.
    sources
        What each source made of it; ``STATION`` is what a user gets.
    session
        The content of ``session.json``.
    notices
        Sentences that a user sees.
    """

    times_s: Floats
    width_px: int
    sources: Mapping[str, Followed]
    session: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        """The film's duration, its last frame included."""
        return float(self.times_s[-1] + np.median(np.diff(self.times_s)))


def see_film(run: RealRun, clip: LabelledClip) -> SeenFilm:
    """Open a film and the pose model, and watch the film.

    Raises
    ------
    EvaluationError
        If a label names a frame that the film does not have.
    CaptureError
        If the film cannot be opened.
    """
    estimator = open_pose(run.settings.pose, run.models).estimator
    with open_source(str(clip.video), run.settings.capture, own_pace=False) as source:
        return watch(source, estimator, run, clip)


def watch(
    frames: Iterable[Frame], estimator: Estimator, run: RealRun, clip: LabelledClip
) -> SeenFilm:
    """Run the station on the frames of a film, and beside it the tracked pose model alone."""
    near = run.shown.side(clip.near)
    station, tracked = (_Follower(Pipeline(estimator, run.settings), near) for _ in range(2))
    read: dict[int, Floats] = {}
    summary = SessionSummary(_facts(run, clip))
    times_s: list[float] = []
    width_px = 0
    for film_frame in frames:
        times_s.append(film_frame.time_s)
        width_px = film_frame.image.shape[1]
        frame = run.shown.frame(film_frame)
        if frame is None:
            continue
        pose = station.pipeline.look(frame)
        for message in station.take(station.pipeline.conclude(frame, pose).messages):
            summary.update(message)
        tracked.take(tracked.pipeline.conclude(frame, without_reader(pose)).messages)
        if pose.legs_px is not None:
            read[frame.index] = pose.legs_px[:, list(SIDE_LEG)]
    for message in station.take(station.pipeline.finish()):
        summary.update(message)
    tracked.take(tracked.pipeline.finish())
    _check_length(clip, len(times_s))
    sources = {STATION: station.followed()}
    # Without a reader there is only one source.
    if read:
        sources |= {READER: Followed(legs_px=read), TRACKED: tracked.followed()}
    return SeenFilm(
        times_s=np.array(times_s),
        width_px=width_px,
        sources=sources,
        session=summary.result(),
        notices=tuple(map(english_notice, dict.fromkeys(summary.notices))),
    )


def _check_length(clip: LabelledClip, frames: int) -> None:
    if frames <= clip.last_frame:
        raise EvaluationError(
            f"{clip.video.with_name(LABELS)}: {clip.name} has a label at frame "
            f"{clip.last_frame}, but the film has {frames} frames"
        )


def without_reader(pose: Pose) -> Pose:
    """Return a raw pose as a model without a leg reader gives it."""
    return replace(pose, legs_px=None, legs_error_px=None)


class _Follower:
    """One pipeline, and what it says of the leg that the labels call near."""

    def __init__(self, pipeline: Pipeline, near: Side) -> None:
        self.pipeline = pipeline
        self._near = near
        self._heard = Heard()
        self._legs: dict[int, Floats] = {}
        self._scores: dict[int, float] = {}

    def take(self, messages: Iterable[Message]) -> list[Message]:
        """Keep the messages that are compared; return all of them."""
        taken = list(messages)
        self._heard.take(taken)
        for message in taken:
            if isinstance(message, Pose):
                body = message.body_px
                self._legs[message.frame_index] = body[np.array(_BOTH_LEGS[self._near])]
            elif isinstance(message, GaitState):
                self._scores[message.frame_index] = message.legs.score
        return taken

    def followed(self) -> Followed:
        strides = tuple(self._heard.strides_of(self._near))
        return Followed(strides=strides, legs_px=self._legs, scores=self._scores)


def _facts(run: RealRun, clip: LabelledClip) -> SessionFacts:
    return SessionFacts(
        toeline="",
        source=clip.name,
        model=run.settings.pose.model_name,
        config_sha256=settings_sha256(run.settings),
        nominal_rate_hz=clip.frame_rate_hz / run.shown.step,
    )
