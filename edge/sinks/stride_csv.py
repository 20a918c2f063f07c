"""Each stride as a line of CSV on a stream."""

import logging
from contextlib import suppress
from typing import TextIO

from edge.messages.frame import Frame
from edge.messages.health import Health
from edge.messages.message import Message
from edge.messages.stride import StrideMetrics
from edge.pipeline import Outcome
from edge.record.tables import STRIDE_COLUMNS, csv_line, stride_row

_log = logging.getLogger(__name__)


class StrideCsv:
    """Write each stride as a line of CSV to a stream; one that nobody reads is given up."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.storage_full = self.records_video = False
        self.notice = ""
        self._line(list(STRIDE_COLUMNS))

    def frame(self, frame: Frame, outcome: Outcome, latency_ms: float) -> None:
        """Write the strides that this frame closed."""
        for message in outcome.messages:
            if isinstance(message, StrideMetrics):
                self._line(stride_row(message))

    def health(self, health: Health) -> None:
        """Nothing: health goes to the log."""

    def finish(self, messages: list[Message], captured: int, dropped: int) -> None:
        """Nothing: every line is out already."""

    def _line(self, cells: list[str]) -> None:
        if self.notice:
            return
        try:
            self._stream.write(csv_line(cells) + "\n")
            self._stream.flush()
        except OSError as error:
            self.notice = f"strides are no longer written out: {error.strerror}"
            _log.warning("%s", self.notice)
            # Else the interpreter would try once more to write the rest, at its end.
            with suppress(OSError):
                self._stream.close()
