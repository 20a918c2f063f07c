"""The station's log on standard error: plain lines, or JSON for journald and log collectors."""

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum


class LogFormat(StrEnum):
    """The format of log lines."""

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
        """Return the record as one line; line breaks in a message are escaped."""
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
    """Log everything from level INFO up to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines()
        if kind is LogFormat.JSON
        else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
