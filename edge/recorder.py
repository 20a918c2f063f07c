"""A live session on its way to the disk; a failing disk stops the recording, not the station."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path

from edge.capture.source import FrameSource
from edge.messages import Frame, Health, Message
from edge.pipeline import Outcome, Pipeline
from edge.record.errors import RecordError
from edge.record.result_folder import ResultFolder
from edge.record.session_log import session_directory
from edge.record.summary import SessionFacts, SessionSummary
from edge.settings import Settings, settings_sha256

_log = logging.getLogger(__name__)

_CHECKPOINT_S = 30.0


class Recorder:
    """Write a live session into its folder; a failing disk stops the recording, not the station."""

    def __init__(self, folder: Path, summary: SessionSummary) -> None:
        self._record = ResultFolder(folder)
        self._summary = summary
        # The first frame brings the first summary: no session is without one for long.
        self._checkpoint_s = -inf
        self.folder = folder
        self.notice = ""

    def frame(self, frame: Frame, outcome: Outcome, latency_ms: float) -> None:
        """Record one frame's messages."""
        self._summary.capture_to_pose(latency_ms)
        self._write(outcome.messages)
        if frame.time_s - self._checkpoint_s >= _CHECKPOINT_S and not self.notice:
            self._checkpoint_s = frame.time_s
            self._guard(lambda: self._record.checkpoint(self._summary.result()))

    def health(self, health: Health) -> None:
        """Nothing: health is logged, not recorded."""

    def finish(self, messages: list[Message], captured: int, dropped: int) -> None:
        """Write what was open and the session's summary."""
        self._write(messages)
        session = self._summary.result(captured=captured, dropped=dropped)
        self._guard(lambda: self._record.close(session))

    def _write(self, messages: list[Message]) -> None:
        for message in messages:
            self._summary.update(message)
            if not self.notice:
                self._guard(partial(self._record.write, message))

    def _guard(self, write: Callable[[], None]) -> None:
        try:
            write()
        except RecordError as error:
            if not self.notice:
                self.notice = f"recording stopped: {error}"
                _log.error("%s", self.notice)


def new_recorder(
    source: FrameSource, pipeline: Pipeline, settings: Settings, *, version: str, data: Path
) -> Recorder:
    """Open a new session folder under ``data``; raises ``RecordError`` if that is impossible."""
    facts = SessionFacts(
        toeline=version,
        source=source.info.name,
        model=settings.pose.model,
        config_sha256=settings_sha256(settings),
        nominal_rate_hz=source.info.frame_rate_hz,
        belt_speed_mps=settings.gait.belt_speed_mps,
    )
    folder = session_directory(data, datetime.now(UTC))
    return Recorder(folder, SessionSummary(facts, lambda: pipeline.speed_mps))
