"""Starting the real command, timed from outside."""

from pathlib import Path

import pytest

from edge.offline.bench.samples import Samples
from edge.offline.bench.startup import MARKS, StartupBench, StartupError


def test_the_marks_come_in_their_order(models_dir: Path) -> None:
    samples = Samples()
    StartupBench(models_dir).round(samples)
    marks = {mark: samples.figures(mark)["median_ms"] for mark in MARKS}
    assert all(ms > 0 for ms in marks.values())
    # Measuring begins before the page can be opened.
    assert marks["version"] < marks["listening"]


def test_a_station_that_does_not_start_is_said(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="ended without first_frame and listening"):
        StartupBench(tmp_path).round(Samples())
