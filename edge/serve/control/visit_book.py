"""The record of one visit, kept on disk as it changes."""

import logging
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import nan
from threading import Lock

from edge.messages.errors import RecordError, SettingsError
from edge.messages.plain_text import plain_text
from edge.messages.visit import Pain, Patient, VisitStatus
from edge.record.session_log import utc
from edge.record.visits import CutOff, VisitRecord, cut_off_visit, visits_of
from edge.serve.wire.visit_commands import StartVisit
from edge.serve.wire.wire_types import MOST_NOTE
from edge.sinks.recorder import Recorder
from edge.visit.recount import baseline_cadences, recounted
from edge.visit.step_plan import Template
from edge.visit.template_reading import read_template
from edge.visit.visit_run import VisitRun

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOffVisit:
    """A visit that was cut off, ready to go on."""

    status: VisitStatus
    template: Template
    found: CutOff

    def run_in(self, session: str) -> VisitRun:
        """Return the visit as it goes on in a session."""
        record = self.found.record
        return VisitRun(
            self.status,
            self.template,
            session=session,
            blocks=record.blocks,
            first=record.first,
            cadences=baseline_cadences(record.blocks, self.found.strides),
        )


class VisitBook:
    """Writes a visit, and what is said about pain, with the session in progress.

    Parameters
    ----------
    recorder
        Records the session.
    record
        The visit so far.
    """

    def __init__(self, recorder: Recorder, record: VisitRecord) -> None:
        self._recorder = recorder
        # Frames and commands change the record on different threads.
        self._lock = Lock()
        self._writing = Lock()
        self._record = record
        self._pains: deque[Pain] = deque()
        self._gist = ""
        self._due = False

    @property
    def films(self) -> bool:
        """Whether the patient wants to be filmed."""
        return self._record.patient.video_consent

    def follow(self, run: VisitRun) -> bool:
        """Take in a visit as it stands; return whether something is to be written."""
        status, blocks = run.status, run.blocks
        ends = tuple((block.number, block.end_s, block.state) for block in blocks)
        gist = repr((status.gist, ends, run.session))
        ended_at = utc(datetime.now(UTC)) if status.over else ""
        with self._lock:
            self._record = replace(
                self._record,
                status=status,
                session=run.session or self._record.session,
                blocks=blocks,
                first=run.first,
                ended_at=self._record.ended_at or ended_at,
            )
            changed, self._gist = gist != self._gist, gist
            self._due |= changed
        return changed

    def note(self, pain: Pain) -> None:
        """Write what was said about pain with the next ``keep``."""
        with self._lock:
            self._pains.append(pain)
            self._due = True

    def keep(self) -> None:
        """Write what has changed; while the disk refuses, it is written with the next change."""
        with self._writing:
            with self._lock:
                if not self._due:
                    return
                record, self._due = self._record, False
                pains = list(self._pains)
                self._pains.clear()
            try:
                self._recorder.visit(record, pains)
            except RecordError as error:
                _log.error("visit %s is not written: %s", record.status.id, error)
                with self._lock:
                    self._due = True
                    self._pains.extendleft(reversed(pains))


def new_book(recorder: Recorder, template: Template, command: StartVisit) -> VisitBook:
    """Return the book of a visit that a command begins."""
    now = utc(datetime.now(UTC))
    status = VisitStatus(
        id="", runner=command.runner, template=template.name, number=None, steps=()
    )
    patient = Patient(
        complaint=plain_text(command.complaint, MOST_NOTE),
        pain_side=command.pain_side,
        pain_place=plain_text(command.pain_place, MOST_NOTE),
        pain_level=nan if command.pain_level is None else command.pain_level,
        shoes=plain_text(command.shoes, MOST_NOTE),
        video_consent=command.video_consent,
    )
    return VisitBook(
        recorder,
        VisitRecord(
            status=status, patient=patient, template_text=template.text, begun_at=now, session=""
        ),
    )


def visit_number(recorder: Recorder, runner: str) -> int | None:
    """Return which visit of a runner the next is; None without an earlier one here.

    The first one recorded here need not be the first.
    """
    try:
        before = recorder.read(lambda store: visits_of(store, runner))
    except RecordError as error:
        _log.error("the number of the visit is not known: %s", error)
        return None
    return before + 1 if before else None


def cut_off(recorder: Recorder, within_h: float) -> CutOffVisit | None:
    """Return the visit that was cut off less than ``within_h`` hours ago; None if none was.

    Raises
    ------
    RecordError
        If the store cannot be read.
    SettingsError
        If its template cannot be.
    """
    now = datetime.now(UTC)
    found = recorder.read(lambda store: cut_off_visit(store, now, within_h))
    if found is None:
        return None
    record = found.record
    template = read_template(record.status.template, record.template_text).template
    if template is None:
        raise SettingsError(f"the template of visit {record.status.id} is not valid any more")
    steps = tuple(
        recounted(step, record.blocks, found.strides) if step.id == record.status.current else step
        for step in record.status.steps
    )
    return CutOffVisit(status=replace(record.status, steps=steps), template=template, found=found)
