"""Low-priority process that makes reports, comparisons and exports.

Run as ``python -m edge.serve.sessions.job_process TASK`` in an empty folder. It writes the name of
the file made to standard output, or one sentence to standard error.
"""

import json
import os
import resource
import shutil
import signal
import sys
from math import isfinite
from pathlib import Path
from typing import Final

import msgspec

from edge.export.formats import Format
from edge.i18n.word_catalogue import load
from edge.messages.errors import ExportError, RecordError, ReportError
from edge.messages.side import Side
from edge.record.privacy import skeleton_only
from edge.record.store import Store
from edge.report.changes import Change, changes
from edge.serve.sessions.archive import (
    ComparedLeg,
    Comparison,
    ExperimentFormat,
    Judged,
    MetricChange,
    ReportFormat,
)
from edge.serve.sessions.job_task import LIMIT_S, Task, What

# Together with the station's 300 MB this is far below the service's limit of 1536 MB, at which
# the whole service would be killed.
MOST_BYTES: Final = 768 << 20
COMPARISON: Final = "comparison.json"
_LOWEST: Final = 19


def main() -> int:
    """Run the task and return the exit code."""
    stand_back()
    task = msgspec.json.decode(sys.argv[1], type=Task)
    try:
        with Store(Path(task.data), create=False) as store:
            sys.stdout.write(make(store, task, Path.cwd()).name)
    except (ExportError, RecordError, ReportError) as error:
        sys.stderr.write(str(error))
        return 1
    except MemoryError:
        sys.stderr.write("this is too large to be made beside the running station")
        return 1
    return 0


def stand_back() -> None:
    """Lower this process's priority, and limit its memory and run time."""
    os.setpriority(os.PRIO_PROCESS, 0, _LOWEST)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    # If the station is gone, nothing else would end this process.
    signal.alarm(LIMIT_S)


def make(store: Store, task: Task, out: Path) -> Path:
    """Make the task's file in a folder and return its path.

    Raises
    ------
    RecordError, ExportError, ReportError
        With the reason in one sentence.
    """
    match task.what:
        case What.COMPARISON:
            path = out / COMPARISON
            path.write_text(_comparison(store, task).model_dump_json(), encoding="utf-8")
            return path
        case What.EXPERIMENT:
            return _experiment(store, task, out)
        case What.REPORT:
            return _report(store, task, out)
        case What.SHEET | What.LETTER:
            return _document(store, task, out)
        case What.OUTLINE | What.FRAMES:
            return _recorded(store, task, out)
        case What.EXPORT:
            return _export(store, task, out)


def _comparison(store: Store, task: Task) -> Comparison:
    from edge.report.visit_facts import visit_of

    before, after = (visit_of(store, store.session(name)) for name in task.names)
    legs = [ComparedLeg(side=s, changes=list(map(_told, changes(before, after, s)))) for s in Side]
    return Comparison(
        before=before.session.name,
        after=after.session.name,
        same_runner=before.session.head.runner == after.session.head.runner,
        legs=[leg for leg in legs if leg.changes],
    )


def _told(change: Change) -> MetricChange:
    return MetricChange(
        metric=change.metric,
        before=_known(change.before.mean),
        after=_known(change.after.mean),
        before_strides=change.before.count,
        after_strides=change.after.count,
        change=_known(change.change),
        low=_known(change.low),
        high=_known(change.high),
        limit=_known(change.mdc),
        judged=Judged(change.judged),
    )


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _report(store: Store, task: Task, out: Path) -> Path:
    from edge.report.experiment import experiments_in
    from edge.report.page import as_pdf, render
    from edge.report.visit_facts import visit_of

    words = load(task.language)
    labels = [words.text("report.visit", number=n) for n, _ in enumerate(task.names, 1)]
    sessions = [store.session(name) for name in task.names]
    page = render(
        [
            visit_of(store, session, label, skeleton_only=task.skeleton_only)
            for session, label in zip(sessions, labels, strict=True)
        ],
        words,
        experiments_in(store, sessions[0]) if len(sessions) == 1 else (),
    )
    path = out / f"toeline-{task.names[-1]}.{task.kind}"
    path.write_bytes(as_pdf(page) if task.kind == ReportFormat.PDF else page.encode())
    return path


def _experiment(store: Store, task: Task, out: Path) -> Path:
    from edge.report.experiment import experiments_in
    from edge.report.experiment_table import blocks_csv, experiment_json
    from edge.report.facts import speed_unit_of

    session = store.session(task.names[0])
    tables = experiments_in(store, session)
    path = out / f"blocks.{task.kind}"
    if task.kind == ExperimentFormat.CSV:
        path.write_text(blocks_csv(store, tables), encoding="utf-8", newline="")
        return path
    words = load(task.language).in_unit(speed_unit_of(session))
    told = experiment_json(store, tables, words)
    path.write_text(json.dumps(told, allow_nan=False, ensure_ascii=False), encoding="utf-8")
    return path


def _document(store: Store, task: Task, out: Path) -> Path:
    from edge.report.documents import Document, document, visits_of
    from edge.report.page import as_pdf
    from edge.report.visit_parts import told_of

    sessions = [store.session(name) for name in task.names]
    visits = visits_of(store, sessions, skeleton_only=task.skeleton_only)
    told = told_of(store, visits[-1].session)
    page = document(Document(task.what.value), visits, task.clinic, load(task.language), told)
    path = out / f"toeline-{task.what}-{task.names[-1]}.{task.kind}"
    path.write_bytes(as_pdf(page) if task.kind == ReportFormat.PDF else page.encode())
    return path


def _recorded(store: Store, task: Task, out: Path) -> Path:
    from edge.serve.sessions.recorded_frames import frames, outline

    session = store.session(task.names[0])
    reader = store.read(session)
    if task.what is What.OUTLINE:
        path = out / "outline.json"
        path.write_bytes(outline(reader, session))
        return path
    path = out / "stretch.frames"
    shown = not (task.skeleton_only or skeleton_only(store.data))
    with path.open("wb") as file:
        file.writelines(frames(reader, task.from_s, task.to_s, pictures=shown))
    return path


def _export(store: Store, task: Task, out: Path) -> Path:
    from edge.export.export_session import export_session

    session = store.session(task.names[0])
    made = export_session(store, session, Format(task.kind), out, leg_m=task.leg_m)
    if not made.is_dir():
        return made
    try:
        packed = shutil.make_archive(str(made), "zip", root_dir=out, base_dir=made.name)
    except OSError as error:
        raise ExportError(f"cannot write {made}.zip: {error.strerror or error}") from error
    shutil.rmtree(made)
    return Path(packed)


if __name__ == "__main__":
    sys.exit(main())
