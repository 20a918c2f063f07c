"""Spoiled films are never judged the wrong way round: the counting, and a few of the films."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.messages.errors import CaptureError
from edge.offline.evaluate import spoiled_clips
from edge.offline.evaluate.spoiled_clips import Cell, cells_of, compared, run_cell, run_cells
from edge.offline.evaluate.spoilings import SPOILINGS
from edge.offline.evaluate.spoilings_page import counts, outcome, outside, write_page

# Each shows another kind of refusal; `make spoilings` runs all films.
FEW = (
    ("kneesfwd_right", "bench", "feet_hidden"),
    ("bentpush_left", "upside_down", "picture_upside_down"),
    ("good_left", "turned_midway", "camera_turned"),
)


@pytest.mark.parametrize(
    ("expected", "state", "found"),
    [
        ("red", "red", "right"),
        ("red", "amber", "neighbour"),
        ("amber", "green", "neighbour"),
        ("red", "green", "opposite"),
        ("green", "red", "opposite"),
        ("green", "borderline", "on the line"),
        ("red", "unknown", "unknown"),
        ("unknown", "unknown", "right"),
        ("unknown", "amber", "opposite"),
    ],
)
def test_a_verdict_is_compared_with_the_truth(expected: str, state: str, found: str) -> None:
    assert outcome(expected, state) == found


@pytest.mark.parametrize(("mean", "out"), [(3.0, False), (8.1, True), (-2.1, True)])
def test_a_number_is_outside_beyond_its_interval(mean: float, out: bool) -> None:
    assert outside({"true": 3.0, "mean": mean, "half": 5.0}) is out


def a_session(mean: float | None, state: str) -> dict[str, Any]:
    entry = {"mean": mean, "ci95": None if mean is None else [mean - 3.0, mean + 3.0], "n": 9}
    verdict = {"right": {"state": state, "reason_code": "why"}}
    return {
        "near_side": "right",
        "verdicts": {"knees_forward": verdict, "bent_push_off": verdict},
        "sides": {
            "right": {"metrics": {"knee_toe_offset_pct": entry, "knee_flexion_push_off_deg": entry}}
        },
    }


def a_truth() -> dict[str, Any]:
    return {
        "clip": "made_up",
        "near_side": "right",
        "expected": {
            fault: {"right": "green", "left": "unknown"}
            for fault in ("knees_forward", "bent_push_off")
        },
        "near_leg_means": {"knee_toe_offset_pct": 1.0, "knee_flexion_push_off_deg": 20.0},
    }


def test_a_session_is_compared_and_counted() -> None:
    found = compared(a_truth(), a_session(4.0, "red"))
    # Half of the strides' interval, 3, and 5 of the model.
    assert found["numbers"]["knee_toe_offset_pct"]["half"] == pytest.approx(34**0.5, abs=0.001)
    counted = counts([found])
    assert (counted["opposite"], counted["numbers"], counted["outside"]) == (2, 2, 1)


def test_what_is_not_given_is_no_number() -> None:
    found = compared(a_truth(), a_session(None, "unknown"))
    assert found["numbers"] == {}
    assert counts([found])["unknown"] == 2


def test_there_are_twenty_ways_and_more() -> None:
    assert len({spoiling.name for spoiling in SPOILINGS}) == len(SPOILINGS) > 20


def test_a_refused_film_is_unknown_with_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_cell: Cell) -> dict[str, Any]:
        raise CaptureError("film.mp4 is interlaced")

    monkeypatch.setattr(spoiled_clips, "_session", refuse)
    truth = tmp_path / "made_up.truth.json"
    truth.write_text(json.dumps(a_truth()), encoding="utf-8")
    cell = Cell(truth=truth, spoiling=SPOILINGS[0], bystander=truth, out=tmp_path / "cell.json")
    found = run_cell(cell)
    assert found["refused"] == "film.mp4 is interlaced"
    assert {v["reason"] for v in found["verdicts"].values()} == {"refused"}
    assert counts([found])["unknown"] == 2


@pytest.fixture(scope="module")
def few(shared_dir: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    assert models_dir.is_dir()
    out = tmp_path_factory.mktemp("spoilings")
    cells = [
        replace(cell, seconds=6.5)
        for clip, spoiling, _ in FEW
        for cell in cells_of(shared_dir, out, [clip], [spoiling])
    ]
    return cells, run_cells(cells, 1, lambda _done, _total: None)


def test_nothing_is_judged_the_wrong_way_round(few: Any) -> None:
    _, results = few
    counted = counts(results)
    assert counted["opposite"] == counted["outside"] == 0
    for result, (*_, code) in zip(results, FEW, strict=True):
        assert code in result["notices"]
        assert {v["reason"] for v in result["verdicts"].values()} == {code}


def test_what_was_done_is_not_done_again(few: Any, tmp_path: Path) -> None:
    cells, results = few
    kept = {cell.out: cell.out.stat().st_mtime_ns for cell in cells}
    assert run_cells(cells, 1, lambda _done, _total: None) == results
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    write_page(results, tmp_path / "page.md")
    assert "| bench |" in (tmp_path / "page.md").read_text(encoding="utf-8")
    assert len(json.loads((tmp_path / "page.json").read_text(encoding="utf-8"))["cells"]) == 3
