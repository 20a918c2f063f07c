"""The cue experiment of a recorded session: report, CSV, JSON and command line say the same."""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from blocks_by_hand import STRIDE_S, block, strides
from command import sessions
from recordings import record
from stored import put
from synthetic import Runner

from edge.i18n.word_catalogue import load
from edge.messages.metric import Metric
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.record.rows import insertion, row_of
from edge.record.store import Store
from edge.record.visits import cut_blocks
from edge.report.experiment import ROWS, experiments_in
from edge.report.experiment_table import COLUMNS, blocks_csv, experiment_json
from edge.report.page import as_pdf, render
from edge.report.visit_facts import visit_of
from edge.serve.sessions.job_process import make
from edge.serve.sessions.job_task import Task, What

BACK: Mapping[str, float] = {"knee_toe_offset_pct": -11.0}
FEW_S = 30 * STRIDE_S
STAYED = "Sitting back moved the knee 5 % behind the toes and stayed when the screen was off."


def add_strides(store: Store, name: str, ran: list[StrideMetrics]) -> None:
    """Put strides behind those of a recorded session."""
    session = store.session(name)
    first = 1000 + len(store.read(session).strides())
    with store.file.transaction() as database:
        for number, each in enumerate(ran, first):
            kept = row_of(each)
            assert kept is not None
            sql = insertion(kept[0], list(kept[1]))
            database.execute(sql, (session.id, number, *kept[1].values()))


def a_visit(data: Path, *, left: float | None = None) -> str:
    """Record a session and cut it: baseline, a cue, retention, and a pass of the left leg."""
    name = put(data, record(Runner(), 2.0).poses, runner="r-17")
    with Store(data, create=False) as store:
        starts_s = [100.0 + FEW_S * number for number in range(4)]
        moved: list[Mapping[str, float]] = [{}, BACK, BACK]
        for start_s, change in zip(starts_s, moved, strict=False):
            add_strides(store, name, strides(30, change, start_s=start_s))
        named = [("baseline", ""), ("cue", "sit_back"), ("retention", "")]
        cut = [
            block(step, start_s, start_s + FEW_S, cue=cue, session=name)
            for (step, cue), start_s in zip(named, starts_s, strict=False)
        ]
        if left is not None:
            knee = {"knee_toe_offset_pct": left}
            ran = strides(30, knee, start_s=starts_s[3], side=Side.LEFT)
            add_strides(store, name, ran)
            end_s = starts_s[3] + FEW_S
            last = block("baseline.2", starts_s[3], end_s, side=Side.LEFT, session=name)
            cut.append(last)
        numbered = [replace(each, number=number) for number, each in enumerate(cut)]
        with store.file.transaction() as database:
            cut_blocks(database, numbered)
    return name


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOELINE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_report_has_the_table_its_sentence_and_both_sides(data: Path) -> None:
    a_visit(data, left=20.0)
    with Store(data, create=False) as store:
        session = store.session("last")
        tables = experiments_in(store, session)
        english = words_of(render([visit_of(store, session)], load("en"), tables))
        german = words_of(html := render([visit_of(store, session)], load("de"), tables))
    right = next(table for table in tables if table.side is Side.RIGHT)
    assert STAYED in english
    assert "Das Zurücksetzen brachte das Knie 5 % hinter die Zehen" in german
    knee = right.row(Metric.KNEE_TOE).cells
    for cell in knee:
        assert load("en").number(cell.spread.mean, 1, signed=True) in english
    change = knee[1].change
    assert change is not None
    assert f"{load('en').number(change.change, 1, signed=True)}, changed" in english
    assert "Left and right differ beyond measurement error in" in english
    assert "nan" not in english
    assert as_pdf(html).startswith(b"%PDF")


def test_a_session_without_blocks_has_no_such_section(data: Path) -> None:
    put(data, record(Runner(), 2.0).poses)
    with Store(data, create=False) as store:
        session = store.session("last")
        assert experiments_in(store, session) == []
        page = render([visit_of(store, session)], load("en"), [])
    assert "which cue moved what" not in page
    assert "Left and right" not in page
    refused = sessions("experiment", "last")
    assert refused.exit_code == 1


def test_csv_and_json_hold_the_numbers_of_the_table(data: Path) -> None:
    name = a_visit(data)
    with Store(data, create=False) as store:
        session = store.session("last")
        tables = experiments_in(store, session)
        rows = list(csv.DictReader(io.StringIO(blocks_csv(store, tables))))
        told = experiment_json(store, tables, load("de"))
    (table,) = tables
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 3 * len(ROWS)
    knee = [row for row in rows if row["metric"] == "knee_toe_offset_pct"]
    for at, row in enumerate(knee):
        cell = table.row(Metric.KNEE_TOE).cells[at]
        assert float(row["mean"]) == cell.spread.mean
        assert (row["session"], row["strides"]) == (name, "30")
        assert (row["change"] == "") == (at == 0)
    assert [row["kind"] for row in knee] == ["baseline", "cue", "retention"]
    assert [row["judged"] for row in knee] == ["", "changed", "changed"]
    # Times are from the first frame, as in all files.
    assert float(knee[1]["start_s"]) == pytest.approx(100.0 + FEW_S - session.origin_s)
    (leg,) = told["legs"]
    assert leg["conclusion"]["code"] == "cue_stayed"
    assert leg["conclusion"]["text"].startswith("Das Zurücksetzen")
    assert leg["rows"][0]["cells"][1]["change"]["change"] == float(knee[1]["change"])
    assert told["sides"]["conclusion"]["code"] == "sides_one"
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_the_command_prints_the_table_and_writes_the_file(data: Path, tmp_path: Path) -> None:
    a_visit(data, left=0.0)
    out = tmp_path / "blocks.csv"
    found = sessions("experiment", "last", "--csv", out)
    assert found.exit_code == 0
    assert f"Right leg: {STAYED}" in found.stdout
    assert "changed" in found.stdout
    assert "Left and right do not differ" in found.stdout
    assert out.read_text(encoding="utf-8").startswith(",".join(COLUMNS))
    told = json.loads(sessions("experiment", "last", "--json").stdout)
    assert {leg["side"] for leg in told["legs"]} == {"left", "right"}


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_station_makes_it_as_a_job(data: Path, tmp_path: Path, kind: str) -> None:
    name = a_visit(data)
    task = Task(what=What.EXPERIMENT, data=str(data), names=(name,), kind=kind, language="de")
    with Store(data, create=False) as store:
        made = make(store, task, tmp_path)
    assert made.name == f"blocks.{kind}"
    text = made.read_text(encoding="utf-8")
    assert "sit_back" in text
    assert kind == "csv" or json.loads(text)["legs"][0]["conclusion"]["text"].startswith("Das")
