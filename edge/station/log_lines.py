"""The station's log on standard error: lines for people, or JSON for journald and what reads it."""

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum


class LogFormat(StrEnum):
    """How a line of the log is written."""

    TEXT = "text"
    JSON = "json"


class JsonLines(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, message, and the traceback if any.

    Examples
    --------
    >>> record = logging.LogRecord("edge.pose", logging.INFO, "", 0, "%d frames", (3,), None)
    >>> record.created = 0.5
    >>> print(JsonLines().format(record))
    {"time": "1970-01-01T00:00:00.500+00:00", "level": "INFO", "logger": "edge.pose", \
"message": "3 frames"}
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line; a line break in a message stays inside its string."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(kind: LogFormat = LogFormat.TEXT) -> None:
    """Send everything from INFO on to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines()
        if kind is LogFormat.JSON
        else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
