"""Run the pipeline over recordings as fast as the machine allows; write result folders."""

import json
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from edge.capture.kind import file_path
from edge.capture.port import FrameSource
from edge.capture.source import open_source
from edge.exercises.calf_raise.calf_raise import CALF_RAISE
from edge.messages.errors import CaptureError, RecordError
from edge.messages.exercise import ExerciseUpdate
from edge.messages.frame import Frame
from edge.messages.message import Message
from edge.messages.notice import Notice, NoticeChange
from edge.messages.plain_text import escaped
from edge.messages.pose import Pose
from edge.messages.raises import ExercisePlan
from edge.offline.prefetch import prefetch, prefetch_from
from edge.offline.result_names import file_identity
from edge.pipeline import Pipeline
from edge.pose.models.card import model_card
from edge.pose.runtime.low_latency import low_latency
from edge.record.result_folder import SESSION, ResultFolder
from edge.record.summary import SessionFacts, SessionSummary
from edge.settings import paths
from edge.settings.settings import Settings, settings_sha256

Progress = Callable[[int, int | None], None]
Looked = tuple[Frame, Pose, float]

# Frames that decoding may run ahead of the pose model, and the pose model ahead of the rest.
_AHEAD = 8
_LOOKED_AHEAD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The outcome of analysing one recording.

    Attributes
    ----------
    folder
        The result folder.
    session
        The content of its ``session.json``.
    notices
        What is wrong with the recording.
    failure
        Why the recording could not be read to its end; empty if it could.
    """

    folder: Path
    session: dict[str, Any]
    notices: tuple[Notice, ...]
    failure: str


class Record(Protocol):
    """The destination of an analysis: a result folder, or memory."""

    def write(self, message: Message) -> None:
        """Store a message, or ignore it."""
        ...

    def close(self, summary: Mapping[str, Any] | None = None) -> None:
        """Store the summary and close; nothing is written after it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The outcome of ``analyze_into``; see ``Analysis``."""

    session: dict[str, Any]
    notices: tuple[Notice, ...]
    failure: str


def analyze(
    file: str,
    folder: Path,
    pipeline: Pipeline,
    settings: Settings,
    *,
    version: str,
    progress: Progress,
    stopped: Callable[[], bool] = lambda: False,
    calf_raise: ExercisePlan | None = None,
) -> Analysis:
    """Analyse one recording with the causal code that also runs live.

    Parameters
    ----------
    file
        A video file.
    folder
        The result folder; an earlier result in it is replaced.
    pipeline
        Reset before use.
    settings
        The pipeline's settings; their hash is stored in the session.
    version
        Toeline's version, stored in the session.
    progress
        Called with the number of frames done and the total, if known.
    stopped
        Called before each frame; returns whether to stop. Results so far are kept.
    calf_raise
        Also count calf raises, for a person of this size; every set in the recording.

    Raises
    ------
    CaptureError
        If the file cannot be opened as a video.
    RecordError
        If the results cannot be written; earlier results are kept.
    """
    with (
        open_source(file, settings.capture, own_pace=False) as source,
        ResultFolder(folder) as record,
    ):
        ended = analyze_into(
            record,
            source,
            pipeline,
            settings,
            version=version,
            progress=progress,
            stopped=stopped,
            about=_about(file, settings, calf_raise),
            calf_raise=calf_raise,
        )
    return Analysis(
        folder=folder, session=ended.session, notices=ended.notices, failure=ended.failure
    )


def analyze_into(
    record: Record,
    source: FrameSource,
    pipeline: Pipeline,
    settings: Settings,
    *,
    version: str,
    progress: Progress,
    stopped: Callable[[], bool] = lambda: False,
    about: Mapping[str, Any] = MappingProxyType({}),
    calf_raise: ExercisePlan | None = None,
) -> Ended:
    """Analyse one open recording as ``analyze`` does; write the messages to ``record``.

    ``about`` is added to the session's summary.
    """
    pipeline.reset()
    raising = _Raising(pipeline, calf_raise)
    info = source.info
    summary = SessionSummary(
        SessionFacts(
            toeline=version,
            source=escaped(info.name),
            model=settings.pose.model_name,
            config_sha256=settings_sha256(settings),
            nominal_rate_hz=info.frame_rate_hz,
        )
    )
    failure = ""
    with low_latency(), closing(prefetch_poses(pipeline, source)) as looked:
        done = 0
        try:
            for frame, pose, look_s in looked:
                if stopped():
                    break
                started_s = time.monotonic()
                outcome = pipeline.conclude(frame, pose)
                summary.capture_to_pose(1000 * (time.monotonic() - started_s + look_s))
                done += 1
                _keep(outcome.messages, summary, record)
                raising.follow(outcome.messages)
                progress(done, info.frame_count)
            _keep(pipeline.finish(), summary, record)
        except CaptureError as error:
            failure = str(error)
        except RecordError:
            # The summary is small: it may still fit on a disk that is too full for the poses.
            with suppress(RecordError):
                session = summary.result(captured=done, dropped=0, complete=False)
                record.close({**session, **about})
            raise
        failure = failure or source.ended_early
        if not stopped() and not summary.saw_anybody:
            summary.update(NoticeChange(notice=Notice("nobody_found"), time_s=0.0))
        session = summary.result(captured=done, dropped=0, complete=not (failure or stopped()))
        session = {**session, **about}
        record.close(session)
    return Ended(session=session, notices=summary.notices, failure=failure)


class _Raising:
    """Counts calf raises in a recording: when a set has ended, the next may begin."""

    def __init__(self, pipeline: Pipeline, plan: ExercisePlan | None) -> None:
        self._exercises, self._plan = pipeline.exercises, plan
        if plan is not None:
            self._exercises.start(CALF_RAISE, plan)

    def follow(self, messages: list[Message]) -> None:
        """Take in the messages of a frame."""
        if self._plan is None:
            return
        ended = [m for m in messages if isinstance(m, ExerciseUpdate) and m.over]
        if any(update.kind == CALF_RAISE for update in ended):
            self._exercises.start(CALF_RAISE, self._plan)


def analyzed(
    file: str,
    folder: Path,
    settings: Settings,
    *,
    version: str,
    calf_raise: ExercisePlan | None = None,
) -> bool:
    """Return whether a result folder is complete, and of this content, version and settings.

    Names do not count: another file may have the same one.
    """
    try:
        session = json.loads((folder / SESSION).read_text(encoding="utf-8"))
        if not isinstance(session, dict) or not session.get("complete"):
            return False
        # Before the content is read: a changed size is enough.
        if session["source_file"]["bytes"] != Path(file).stat().st_size:
            return False
        about = _about(file, settings, calf_raise)
    except (OSError, ValueError, LookupError, TypeError):
        return False
    want = {
        "exercise": None,
        "toeline": version,
        "config_sha256": settings_sha256(settings),
        **about,
    }
    return all(session.get(key) == value for key, value in want.items())


def _about(file: str, settings: Settings, calf_raise: ExercisePlan | None = None) -> dict[str, Any]:
    """Return what tells one analysis from another: content of file and model, and the exercise."""
    card = model_card(settings.pose.model, paths.models_dir())
    plan = {} if calf_raise is None else asdict(calf_raise)
    told = {name: None if str(value) == "nan" else value for name, value in plan.items()}
    return {
        "source_file": file_identity(Path(file_path(file))),
        "model_sha256": card.sha256(),
        **({"exercise": {"kind": CALF_RAISE, **told}} if plan else {}),
    }


def _keep(messages: list[Message], summary: SessionSummary, record: Record) -> None:
    for message in messages:
        summary.update(message)
        record.write(message)


def prefetch_poses(pipeline: Pipeline, frames: Iterable[Frame]) -> Generator[Looked]:
    """Yield frames with their poses, estimated and decoded ahead in threads.

    While one frame is concluded, the pose of the next is estimated and the one after it decoded,
    each in order. The results are the same as in sequence.
    """
    frames = prefetch(frames, "decode", _AHEAD)
    return prefetch_from(partial(_look, pipeline, frames), "pose", _LOOKED_AHEAD)


def _look(pipeline: Pipeline, frames: Generator[Frame], put: Callable[[Looked], bool]) -> None:
    """Put each frame with its pose and the seconds that the pose took.

    A frame is handed over when the network starts on the next one and has released the GIL. If it
    were handed over at once, concluding it would compete with the next frame's preprocessing, and
    the two would take as long as in sequence.
    """
    seen: list[Looked] = []
    wanted = True
    waited_s = 0.0

    def hand_over() -> None:
        nonlocal wanted, waited_s
        began_s = time.monotonic()
        while seen:
            wanted = put(seen.pop())
        waited_s += time.monotonic() - began_s

    with closing(frames), pipeline.network_begins.heard_by(hand_over):
        try:
            for frame in frames:
                started_s, waited_s = time.monotonic(), 0.0
                pose = pipeline.look(frame)
                look_s = time.monotonic() - started_s - waited_s
                # In case no network had to run.
                hand_over()
                if not wanted:
                    return
                seen.append((frame, pose, look_s))
        finally:
            hand_over()
