"""Sheet and letter on a visit: its baseline and outcome, the table's numbers, what was told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from command import sessions
from recordings import EXACT, record
from stored import only, put
from synthetic import GOOD, KNEES_FORWARD, Runner
from test_report_pages import words
from test_report_raises import a_set

from edge.i18n.conclusion_words import conclusion_words
from edge.i18n.word_catalogue import load
from edge.messages.side import Side
from edge.messages.visit import Block, Pain, PainChange, Patient, StepKind, StepState
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.visits import cut_blocks
from edge.report.documents import Document, document, visits_of
from edge.report.experiment import Experiment
from edge.report.visit_parts import chosen_table, told_of
from edge.settings.clinic_settings import ClinicSettings
from edge.settings.settings import Settings

WORDS = load("en")
STEPS = (
    (StepKind.BASELINE, 0.0, 10.0),
    (StepKind.CUE, 10.0, 13.0),
    (StepKind.RETENTION, 13.0, 24.0),
)


def cut(store: Store, session: StoredSession) -> None:
    blocks = [
        Block(
            number=number,
            session=session.name,
            step=kind.value,
            kind=kind,
            start_s=session.origin_s + start_s,
            end_s=session.origin_s + end_s,
            state=StepState.DONE,
        )
        for number, (kind, start_s, end_s) in enumerate(STEPS)
    ]
    with store.file.transaction() as database:
        cut_blocks(database, blocks)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of a runner whose knees go back after ten seconds, cut into blocks."""
    folder = tmp_path_factory.mktemp("data")
    before = record(Runner(form=KNEES_FORWARD), 11.0).poses
    after = record(Runner(form=GOOD), 12.0, start_s=11.0).poses
    after = [replace(pose, frame_index=len(before) + n) for n, pose in enumerate(after)]
    put(folder, [*before, *after], runner="r-17", settings=Settings(gait=EXACT))
    with Store(folder, create=False) as store:
        cut(store, only(store))
    return folder


@pytest.fixture(scope="module")
def store(data: Path) -> Iterator[Store]:
    with Store(data, create=False) as store:
        yield store


def table_of(store: Store) -> Experiment:
    table = chosen_table(told_of(store, only(store)).tables)
    assert table is not None
    return table


@pytest.mark.parametrize("which", Document)
def test_baseline_and_retention_are_before_and_after(store: Store, which: Document) -> None:
    session = only(store)
    visits = visits_of(store, [session])
    assert [visit.label for visit in visits] == ["baseline", "retention"]
    html = document(which, visits, ClinicSettings(), WORDS, told_of(store, session))
    said = words(html)
    cells = table_of(store).row("knee_toe_offset_pct").cells
    for cell in (cells[0], cells[-1]):
        assert WORDS.number(cell.spread.mean, 1, signed=True) in said
    change = cells[-1].change
    assert change is not None
    assert change.judged == "changed"
    if which is Document.SHEET:
        assert "Afterwards your knee stayed clearly further back." in said
    else:
        assert WORDS.number(change.low, 1, signed=True) in said
        assert "before Baseline after Retention" in said
        assert conclusion_words(table_of(store).conclusion, WORDS) in said


def test_the_same_is_written_by_the_command(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOELINE_DATA", str(data))
    out = tmp_path / "sheet.html"
    assert sessions("sheet", "last", "--out", out).exit_code == 0
    assert "stayed clearly further back" in words(out.read_text(encoding="utf-8"))


def test_what_the_patient_told_is_the_complaint(store: Store) -> None:
    session = only(store)
    told = replace(
        told_of(store, session),
        patient=Patient(
            complaint="<i>pulls",
            pain_side=Side.LEFT,
            pain_place="calf",
            pain_level=4.0,
            shoes="old",
        ),
        pain=[Pain(time_s=20.0, level=2.0, change=PainChange.BETTER)],
    )
    visits = visits_of(store, [session])
    html = document(Document.LETTER, visits, ClinicSettings(), WORDS, told)
    said = words(html)
    assert "<i>" not in html
    for text in (
        "<i>pulls",
        "At the start: pain 4 of 10, Left leg, calf",
        "Shoes: old",
        "During the visit: pain 2 of 10, better than before",
    ):
        assert text in said


def test_calf_raises_stand_beside_norms(store: Store) -> None:
    session = only(store)
    told = replace(told_of(store, session), raises=[a_set(18)])
    visits = visits_of(store, [session])
    said = words(document(Document.LETTER, visits, ClinicSettings(), WORDS, told))
    assert "Calf raises on one leg" in said
    assert "Right leg 18 0 0" in said
    assert "Hébert-Losier 2017" in said
    without = words(document(Document.LETTER, visits, ClinicSettings(), WORDS))
    assert "Calf raises on one leg" not in without
