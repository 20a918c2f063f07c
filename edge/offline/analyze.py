"""Run the pipeline over recordings, as fast as the machine allows, into result folders."""

import json
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from edge.capture.port import FrameSource
from edge.capture.source import open_source
from edge.messages.errors import CaptureError, RecordError
from edge.messages.frame import Frame
from edge.messages.gait import Activity
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.offline.prefetch import prefetch, prefetch_from
from edge.pipeline import Pipeline
from edge.pose.runtime.low_latency import low_latency
from edge.record.result_folder import SESSION, ResultFolder
from edge.record.summary import SessionFacts, SessionSummary
from edge.settings.settings import Settings, settings_sha256

Progress = Callable[[int, int | None], None]
Looked = tuple[Frame, Pose, float]

# Decoding runs so many frames ahead of the pose model, and that ahead of the rest.
_AHEAD = 8
_LOOKED_AHEAD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What came of one recording.

    Attributes
    ----------
    folder
        Where the results lie.
    session
        The content of its ``session.json``.
    notices
        Sentences that a user should see.
    failure
        Why the recording could not be read to its end; empty if it could.
    """

    folder: Path
    session: dict[str, Any]
    notices: tuple[str, ...]
    failure: str


class Record(Protocol):
    """Where an analysis writes: the result folder, or memory."""

    def write(self, message: Message) -> None:
        """Keep a message, or pass over it."""
        ...

    def close(self, summary: Mapping[str, Any] | None = None) -> None:
        """Keep the summary; nothing more comes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an analysis ended; see ``Analysis``."""

    session: dict[str, Any]
    notices: tuple[str, ...]
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
) -> Analysis:
    """Analyse one recording with the same causal code that runs live.

    Parameters
    ----------
    file
        A video file.
    folder
        The result folder; an earlier result in it is replaced.
    pipeline
        Used from its reset state.
    settings
        Those of the pipeline; their hash goes into the session.
    version
        Toeline's version, for the session.
    progress
        Told the number of frames done and, if known, of all.
    stopped
        Asked before each frame whether to end here; what was analysed is kept.

    Raises
    ------
    CaptureError
        If the file cannot be opened as a video.
    RecordError
        If the results cannot be written; those before are kept.
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
) -> Ended:
    """Analyse one open recording as ``analyze`` does; give the messages to ``record``."""
    pipeline.reset()
    info = source.info
    summary = SessionSummary(
        SessionFacts(
            toeline=version,
            source=info.name,
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
                progress(done, info.frame_count)
            _keep(pipeline.finish(), summary, record)
        except CaptureError as error:
            failure = str(error)
        except RecordError:
            # The summary is small: it may still find room where the poses did not.
            with suppress(RecordError):
                record.close(summary.result(captured=done, dropped=0, complete=False))
            raise
        failure = failure or source.ended_early
        session = summary.result(captured=done, dropped=0, complete=not (failure or stopped()))
        record.close(session)
    return Ended(
        session=session,
        notices=(*info.notices, *(() if stopped() else _seen_nobody(session, info.name))),
        failure=failure,
    )


def analyzed(file: str, folder: Path, settings: Settings, *, version: str) -> bool:
    """Whether a result folder is whole, and of this very recording, program and settings."""
    try:
        session = json.loads((folder / SESSION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    want = {
        "complete": True,
        "source": Path(file).name,
        "toeline": version,
        "config_sha256": settings_sha256(settings),
    }
    return isinstance(session, dict) and all(session.get(k) == v for k, v in want.items())


def _keep(messages: list[Message], summary: SessionSummary, record: Record) -> None:
    for message in messages:
        summary.update(message)
        record.write(message)


def _seen_nobody(session: dict[str, Any], name: str) -> tuple[str, ...]:
    seen = sum(s for a, s in session["activity_s"].items() if a != Activity.ABSENT)
    return () if seen > 0 else (f"nobody was found in {name}",)


def prefetch_poses(pipeline: Pipeline, frames: Iterable[Frame]) -> Generator[Looked]:
    """Yield frames with what the pose room sees in them, looked at ahead and read further ahead.

    A recording need not wait: while one frame is concluded, the next is looked at and the one after
    decoded, each in its order. The results are those of one after the other.
    """
    frames = prefetch(frames, "decode", _AHEAD)
    return prefetch_from(partial(_look, pipeline, frames), "pose", _LOOKED_AHEAD)


def _look(pipeline: Pipeline, frames: Generator[Frame], put: Callable[[Looked], bool]) -> None:
    """Put each frame with what the pose room sees in it, and how many seconds that took.

    Each is put as a network begins on the next one: then the interpreter has nothing else to do.
    Put at once, a frame's conclusion would keep the next from its network, and the two would take
    as long as one after the other.
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
                # In case that no network had to run.
                hand_over()
                if not wanted:
                    return
                seen.append((frame, pose, look_s))
        finally:
            hand_over()
