"""Output of strides as CSV lines on a stream."""

import logging
from contextlib import suppress
from typing import TextIO

from edge.i18n.notices import english_notice
from edge.messages.notice import Notice
from edge.messages.session import StationRun
from edge.messages.stride import StrideMetrics
from edge.record.tables import STRIDE_COLUMNS, csv_line, stride_row
from edge.sinks.base import Processed, Sink, SinkMessage

_log = logging.getLogger(__name__)


class StrideCsv(Sink):
    """Write each stride as a CSV line to a stream; stop if the stream is closed."""

    notice = Notice()

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def open(self, session: StationRun) -> None:
        """Write the column names."""
        self._line(list(STRIDE_COLUMNS))

    def write(self, message: SinkMessage) -> None:
        """Write the strides completed by a frame."""
        if isinstance(message, Processed):
            for found in message.outcome.messages:
                if isinstance(found, StrideMetrics):
                    self._line(stride_row(found))

    def _line(self, cells: list[str]) -> None:
        if self.notice:
            return
        try:
            self._stream.write(csv_line(cells) + "\n")
            self._stream.flush()
        except OSError as error:
            self.notice = Notice("strides_unwritten", error=error.strerror or str(error))
            _log.warning("%s", english_notice(self.notice))
            # Otherwise the interpreter would try to flush the rest at exit.
            with suppress(OSError):
                self._stream.close()
