"""Log lines that other programs read."""

import json
import logging
import signal
import sys
from pathlib import Path

from program import Program

from edge.station.log_lines import JsonLines


def test_a_record_is_one_line_whatever_it_says() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        trouble = sys.exc_info()
    record = logging.LogRecord("edge.x", logging.ERROR, "", 0, "said:\n%s", ("\u00e9",), trouble)
    (line,) = JsonLines().format(record).splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "edge.x", "said:\n\u00e9")
    assert told["traceback"].endswith("ValueError: two\nlines")


def test_a_headless_run_logs_json_and_writes_strides(
    clips_dir: Path, models_dir: Path, tmp_path: Path
) -> None:
    arguments = ("run", "--headless", "--log", "json", "--source", clips_dir / "good_right.mp4")
    with Program(*arguments, data=tmp_path, models=models_dir) as live:
        live.said("began")
        header, stride = live.line(), live.line()
        live.signal(signal.SIGTERM)
        assert live.ended() == 0
    lines = [json.loads(line) for line in live.stderr.splitlines() if line.startswith("{")]
    assert {line["level"] for line in lines} <= {"INFO", "WARNING"}
    assert any("session" in line["message"] for line in lines)
    assert any("frames/s" in line["message"] for line in lines)
    assert header.count(",") == stride.count(",") > 10
