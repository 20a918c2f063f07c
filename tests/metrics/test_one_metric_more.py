"""A metric is one catalogue entry and its words; everything else follows."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from synthetic import GOOD, Runner

TESTS = Path(__file__).parents[1]
PLACES = ("csv", "stored_old", "stored_fresh", "exported", "wire", "summary")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a program with one metric more says of it."""
    data = tmp_path_factory.mktemp("more") / "data"
    shutil.copytree(TESTS / "record" / "stores" / "2026-11", data)
    path = os.pathsep.join(map(str, (TESTS.parent, TESTS, TESTS / "metrics")))
    result = subprocess.run(
        [sys.executable, TESTS / "metrics" / "one_metric_more.py", data],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


def test_it_is_measured(found: dict[str, Any]) -> None:
    runner = Runner(GOOD)
    assert found["value"] == pytest.approx(1000 * (runner.stride_s - runner.stance_s))


@pytest.mark.parametrize("place", PLACES)
def test_its_value_is_in(place: str, found: dict[str, Any]) -> None:
    assert found[place] == pytest.approx(found["value"], abs=0.001)


def test_it_is_behind_the_columns_there_were(found: dict[str, Any]) -> None:
    assert found["columns"][24:] == ["swing_ms", "reason_code", "legs_source", "legs_score"]


def test_strides_of_before_do_not_have_it(found: dict[str, Any]) -> None:
    assert found["known_before"] == 0


def test_a_far_leg_does_not_get_it(found: dict[str, Any]) -> None:
    assert found["far"] == "nan"


@pytest.mark.parametrize("place", ["schema", "types", "report", "docs"])
def test_it_is_named_in(place: str, found: dict[str, Any]) -> None:
    assert found[place] is True


def test_the_page_is_told_where_its_words_are(found: dict[str, Any]) -> None:
    assert found["hello"] == ["metric.swing_ms"]
    assert found["evaluate"] == 400.0
