"""Sets of calf raises as rows, as marks and in the session's summary."""

import json
from dataclasses import replace
from math import isnan, nan
from pathlib import Path

import pytest

from edge.exercises.calf_raise.calf_raise import CALF_RAISE
from edge.exercises.calf_raise.totals import loss_pct, slope_cm, symmetry_pct, work_j
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.raises import Raise, RaiseFault, RaiseKind, RaiseSet
from edge.messages.side import Side
from edge.record.exercise_data import exercise_data
from edge.record.raises_data import raise_set_of, raises_entry
from edge.record.result_folder import RAISES, ResultFolder

FULL, PARTIAL, FAILED = RaiseKind.FULL, RaiseKind.PARTIAL, RaiseKind.FAILED


def a_set(heights_cm: list[float], side: Side = Side.RIGHT, mass_kg: float = 70.0) -> RaiseSet:
    """Return a set against a full height of 10 cm."""
    kinds = [FULL if h >= 9 else PARTIAL if h >= 5 else FAILED for h in heights_cm]
    return RaiseSet(
        side=side,
        raises=tuple(
            Raise(
                rep=i,
                side=side,
                start_s=2.0 * i,
                top_s=2.0 * i + 0.75,
                end_s=2.0 * i + 1.5,
                height_cm=height,
                height_pct=10 * height,
                kind=kind,
                fault=RaiseFault.SWAY if i == 2 else RaiseFault.NONE,
            )
            for i, (height, kind) in enumerate(zip(heights_cm, kinds, strict=True), 1)
        ),
        full_height_cm=10.0,
        scale_error95_pct=8.0,
        stature_m=1.75,
        mass_kg=mass_kg,
        ended="stopped",
    )


TIRED = a_set([10.0, 10.0, 10.0, 9.5, 9.0, 8.0, 7.0, 3.0])


def told(done: RaiseSet | None, code: str = "stopped") -> ExerciseUpdate:
    state = ExerciseState.FAILED if done is None else ExerciseState.DONE
    return ExerciseUpdate(kind=CALF_RAISE, state=state, time_s=20.0, code=code, raises=done)


def test_totals_are_those_worked_out_by_hand() -> None:
    # 70 kg up 66.5 cm in all; from 10 to 8 cm, the failed raise left out.
    assert work_j(TIRED) == pytest.approx(70 * 9.81 * 0.665)
    assert loss_pct(TIRED.raises) == pytest.approx(-20.0)
    assert slope_cm(a_set([10.0, 9.5, 9.0, 8.5, 8.0, 7.5]).raises) == pytest.approx(-0.5)
    assert symmetry_pct(TIRED, a_set([10.0] * 4, Side.LEFT)) == pytest.approx(80.0)


def test_what_cannot_be_known_is_absent_not_zero() -> None:
    assert isnan(work_j(a_set([10.0], mass_kg=nan)))
    assert isnan(loss_pct(a_set([10.0] * 5).raises))
    assert isnan(symmetry_pct(a_set([]), a_set([], Side.LEFT)))
    entry = raises_entry([a_set([10.0], mass_kg=nan)], "")["calf_raise"]
    assert (entry["work_j"], entry["loss_pct"], entry["mass_kg"]) == (None, None, None)


def test_a_set_comes_back_from_its_mark_as_it_was() -> None:
    data = json.loads(json.dumps(exercise_data(told(TIRED)), allow_nan=False))
    assert raise_set_of(data) == TIRED
    unknown = a_set([10.0], mass_kg=nan)
    again = raise_set_of(json.loads(json.dumps(exercise_data(told(unknown)))))
    assert isnan(again.mass_kg)


def test_session_json_has_the_contracts_entry() -> None:
    entry = raises_entry([TIRED], "")["calf_raise"]
    assert (entry["side"], entry["full"], entry["partial"]) == ("right", 5, 2)
    assert entry["failed"] == 1
    assert entry["height_cm"]["mean"] == pytest.approx(63.5 / 7)
    assert entry["height_cm"]["error95"] == pytest.approx(0.8)
    assert entry["work_j"] == pytest.approx(70 * 9.81 * 0.665)
    assert entry["loss_pct"] == pytest.approx(-20.0)
    assert entry["faults"]["sway"] == 1


def test_of_several_sets_the_best_is_the_entry_and_both_legs_are_compared() -> None:
    left = a_set([10.0] * 3, Side.LEFT)
    entry = raises_entry([left, TIRED], "")
    assert entry["calf_raise"]["side"] == "right"
    assert [done["side"] for done in entry["calf_raise_sets"]] == ["left", "right"]
    assert entry["calf_raise_symmetry_pct"] == pytest.approx(60.0)


def test_a_refusal_is_null_with_its_code() -> None:
    assert raises_entry([], "far_leg") == {"calf_raise": None, "calf_raise_reason": "far_leg"}


def test_raises_csv_has_the_contracts_columns_and_a_row_each(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        folder.write(told(None, "counting"))
        folder.write(told(replace(TIRED, raises=TIRED.raises[:2])))
    assert (tmp_path / RAISES).read_text(encoding="utf-8").splitlines() == [
        "rep,side,start_s,top_s,end_s,height_cm,height_pct,kind,fault",
        "1,right,2.000000,2.750000,3.500000,10.0000,100.0000,full,",
        "2,right,4.000000,4.750000,5.500000,10.0000,100.0000,full,sway",
    ]


def test_without_the_exercise_there_is_no_such_file_and_an_old_one_goes(tmp_path: Path) -> None:
    (tmp_path / RAISES).write_text("old", encoding="utf-8")
    with ResultFolder(tmp_path):
        pass
    assert not (tmp_path / RAISES).exists()


def test_a_refused_set_leaves_the_head_alone(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        folder.write(told(None, "far_leg"))
    assert len((tmp_path / RAISES).read_text(encoding="utf-8").splitlines()) == 1
