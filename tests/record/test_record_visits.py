"""Visits, blocks and pain in the store: what is written comes back, and goes with its sessions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import HEAD, raw_pose, running, seen

from edge.messages.feedback import DoseSource
from edge.messages.side import Side
from edge.messages.visit import (
    Block,
    Missing,
    Pain,
    PainChange,
    Patient,
    StepKind,
    StepState,
    VisitStatus,
    VisitStep,
)
from edge.record.salvage import salvage
from edge.record.session_writer import SessionWriter
from edge.record.store import DATABASE, Store
from edge.record.visit_rows import steps_json, steps_of
from edge.record.visits import (
    VisitRecord,
    blocks_of,
    cut_blocks,
    cut_off_visit,
    pain_told,
    visit_record,
    visits_of,
)

NOW = datetime(2026, 1, 31, 9, 5, 7, tzinfo=UTC)
STEPS = (
    VisitStep(id="patient", of="patient", kind=StepKind.PATIENT, state=StepState.DONE),
    VisitStep(
        id="baseline.2",
        of="baseline",
        kind=StepKind.BASELINE,
        state=StepState.RUNNING,
        side=Side.RIGHT,
        started_s=3.5,
        elapsed_s=12.25,
        planned_s=60.0,
        strides=14,
        strides_needed=20,
        missing=(Missing("strides_last", seen=14, needed=20, last="walking"),),
        split="speed_changed",
    ),
    VisitStep(
        id="cue",
        of="cue",
        kind=StepKind.CUE,
        cue="auto",
        metronome=True,
        feedback_pct=75.0,
        dose=DoseSource.SCHEDULED,
    ),
)
PATIENT = Patient(
    complaint="calf, uphill",
    pain_side=Side.LEFT,
    pain_place="calf",
    pain_level=4,
    shoes="8 mm",
    video_consent=True,
)


def a_block(session: str, number: int = 0, **changes: object) -> Block:
    block = Block(
        number=number,
        session=session,
        step="baseline.2",
        kind=StepKind.BASELINE,
        side=Side.RIGHT,
        speed_mps=2.8,
        start_s=1.0 + 10 * number,
        end_s=9.0 + 10 * number,
        state=StepState.DONE,
    )
    return replace(block, **changes)  # type: ignore[arg-type]


def a_record(session: str, **changes: object) -> VisitRecord:
    status = VisitStatus(
        id="v1",
        runner="R-07",
        template="default",
        number=3,
        steps=STEPS,
        current="baseline.2",
    )
    record = VisitRecord(
        status=status,
        patient=PATIENT,
        template_text="# mine",
        session=session,
        begun_at="2026-01-31T09:05:07Z",
        first=Side.RIGHT,
        blocks=(a_block(session), a_block(session, 1, end_s=nan, state=StepState.RUNNING)),
    )
    return replace(record, **changes)  # type: ignore[arg-type]


class Desk:
    """A store, and the sessions that are being recorded in it."""

    def __init__(self, data: Path) -> None:
        self.store = Store(data)
        self.writers: list[SessionWriter] = []

    def begin(self, at: datetime = NOW) -> SessionWriter:
        head = replace(HEAD, runner="R-07", begun_by="operator")
        writer = SessionWriter(self.store, head, at)
        self.writers.append(writer)
        for index in range(3):
            pose = raw_pose(index)
            writer.frame(seen(pose), running(pose), [pose], 9.0)
        return writer

    def found(self, writer: SessionWriter) -> VisitRecord:
        record = visit_record(self.store, self.store.session(writer.name))
        assert record is not None
        return record


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    with desk.store:
        yield desk
        for writer in desk.writers:
            if not writer.over:
                writer.abandon()


def test_a_visit_comes_back_as_it_was_written(desk: Desk) -> None:
    writer = desk.begin()
    record = a_record(writer.name)
    pain = Pain(
        time_s=nan, level=4, side=Side.LEFT, place="calf", change=PainChange.BETTER, step="pain"
    )
    writer.visit(record, [pain, replace(pain, level=0, side=None, change=None, place="")])
    session = desk.store.session(writer.name)
    assert visit_record(desk.store, session) == record
    told = pain_told(desk.store, session)
    assert told[0] == replace(pain, time_s=writer.last_s)
    assert (told[1].level, told[1].side, told[1].change) == (0, None, None)
    assert visits_of(desk.store, "R-07") == 1
    assert visits_of(desk.store, "R-08") == 0


def test_writing_again_replaces_and_loses_no_block(desk: Desk) -> None:
    writer = desk.begin()
    writer.visit(a_record(writer.name))
    closed = (a_block(writer.name, state=StepState.REPEATED), a_block(writer.name, 1))
    writer.visit(a_record(writer.name, blocks=closed, ended_at="2026-01-31T09:20:00Z"))
    found = desk.found(writer)
    assert (found.blocks, found.status.over) == (closed, True)


def test_a_block_that_was_cut_off_ends_with_its_session(desk: Desk) -> None:
    writer = desk.begin()
    writer.visit(a_record(writer.name))
    writer.abandon()
    assert isnan(blocks_of(desk.store, desk.store.session(writer.name))[1].end_s)
    desk.store.settle(NOW)
    block = blocks_of(desk.store, desk.store.session(writer.name))[1]
    # The station's clock had not come as far as its start.
    assert (block.start_s, block.end_s, block.split) == (11.0, 11.0, "power_cut")


def test_a_visit_of_two_sessions_keeps_the_blocks_of_both(desk: Desk) -> None:
    first = desk.begin()
    first.visit(a_record(first.name, blocks=(a_block(first.name),)))
    first.close(NOW, "cut off")
    second = desk.begin(NOW + timedelta(minutes=1))
    blocks = (a_block(first.name, state=StepState.REPEATED), a_block(second.name, 1))
    second.visit(a_record(second.name, blocks=blocks))
    for name in (first.name, second.name):
        found = visit_record(desk.store, desk.store.session(name))
        assert found is not None
        assert found.blocks == blocks
        assert found.session == second.name
    assert [b.number for b in blocks_of(desk.store, desk.store.session(second.name))] == [1]


def test_a_visit_is_deleted_with_its_last_session(desk: Desk) -> None:
    first = desk.begin()
    first.visit(a_record(first.name, blocks=(a_block(first.name),)))
    first.close(NOW, "cut off")
    second = desk.begin(NOW + timedelta(minutes=1))
    second.visit(a_record(second.name, blocks=(a_block(second.name, 1),)))
    second.close(NOW, "over")
    desk.store.delete(desk.store.session(first.name))
    found = desk.found(second)
    assert len(found.blocks) == 1
    desk.store.delete(desk.store.session(second.name))
    for table in ("visits", "blocks", "pain"):
        assert desk.store.file.rows(f"SELECT * FROM {table}") == []


def test_a_visit_without_any_other_is_not_deleted_by_other_sessions(desk: Desk) -> None:
    visit, other = desk.begin(), desk.begin(NOW + timedelta(minutes=1))
    visit.visit(a_record(visit.name))
    other.close(NOW, "over")
    desk.store.delete(desk.store.session(other.name))
    assert visit_record(desk.store, desk.store.session(visit.name)) is not None


@pytest.mark.parametrize(
    ("hours", "found"), [(-2.0, True), (0.5, True), (3.9, True), (4.1, False), (400.0, False)]
)
def test_only_a_recent_visit_goes_on(desk: Desk, hours: float, found: bool) -> None:
    writer = desk.begin()
    writer.visit(a_record(writer.name))
    writer.abandon()
    later = NOW + timedelta(hours=hours)
    desk.store.settle(later)
    again = cut_off_visit(desk.store, later, 4.0)
    assert (again is not None) is found
    if again is not None:
        assert again.record.status.current == "baseline.2"
        assert again.record.status.runner == "R-07"


def test_a_visit_that_is_over_does_not_go_on(desk: Desk) -> None:
    writer = desk.begin()
    writer.visit(a_record(writer.name, ended_at="2026-01-31T09:20:00Z"))
    writer.close(NOW, "over")
    assert cut_off_visit(desk.store, NOW, 4.0) is None


def test_an_old_visit_does_not_go_on_after_a_newer_one(desk: Desk) -> None:
    first = desk.begin()
    first.visit(a_record(first.name))
    first.abandon()
    second = desk.begin(NOW + timedelta(minutes=1))
    status = replace(a_record(second.name).status, id="v2")
    second.visit(a_record(second.name, status=status, blocks=(), ended_at="2026-01-31T09:20:00Z"))
    second.close(NOW, "over")
    assert cut_off_visit(desk.store, NOW, 4.0) is None


def test_a_runner_who_is_renamed_takes_the_visit_along(desk: Desk) -> None:
    writer = desk.begin()
    writer.visit(a_record(writer.name))
    desk.store.file.run("UPDATE sessions SET runner = 'R-99'")
    found = desk.found(writer)
    assert found.status.runner == "R-99"


def test_a_session_is_cut_into_blocks_without_a_visit(desk: Desk) -> None:
    writer = desk.begin()
    writer.close(NOW, "over")
    session = desk.store.session(writer.name)
    cut = [a_block(session.name), a_block(session.name, 1)]
    with desk.store.file.transaction() as database:
        cut_blocks(database, cut)
    assert blocks_of(desk.store, session) == cut
    assert visit_record(desk.store, session) is None


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(
    elapsed_s=numbers,
    planned_s=numbers | st.just(nan),
    side=st.none() | st.sampled_from(Side),
    state=st.sampled_from(StepState),
    kind=st.sampled_from(StepKind),
    dose=st.sampled_from(DoseSource),
    missing=st.lists(
        st.sampled_from([Missing("runner"), Missing("strides", seen=1, needed=2)]), max_size=3
    ),
)
def test_every_step_comes_back_from_json(
    elapsed_s: float,
    planned_s: float,
    side: Side | None,
    state: StepState,
    kind: StepKind,
    dose: DoseSource,
    missing: list[Missing],
) -> None:
    step = VisitStep(
        id="a",
        of="b",
        kind=kind,
        state=state,
        side=side,
        dose=dose,
        elapsed_s=elapsed_s,
        planned_s=planned_s,
        missing=tuple(missing),
    )
    (again,) = steps_of(steps_json((step,)))
    assert repr(again) == repr(step)


def test_a_visit_is_salvaged_with_its_sessions(desk: Desk, tmp_path: Path) -> None:
    writer = desk.begin()
    pain = Pain(time_s=nan, level=4, step="pain")
    writer.visit(a_record(writer.name, blocks=(a_block(writer.name),)), [pain])
    writer.close(NOW, "over")
    before = desk.found(writer)
    desk.store.close()
    aside = (tmp_path / DATABASE).rename(tmp_path / "damaged")
    with Store(tmp_path) as store:
        salvage(store, aside, NOW)
        session = store.session(writer.name)
        assert visit_record(store, session) == before
        assert [told.level for told in pain_told(store, session)] == [4]
