"""A session's tables as CSV, JSON and Parquet; times count from the session's first frame."""

import csv
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np

from edge.i18n.cue_words import english_cue
from edge.messages.errors import ExportError
from edge.messages.gait import GaitEvent
from edge.messages.pose import Pose
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Cue, Verdict
from edge.metrics.catalogue import METRIC_NAMES
from edge.record.folder_export import since, summary_of
from edge.record.rows import row_of
from edge.record.session_speed import speed_of
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.tables import EVENT_COLUMNS, STRIDE_COLUMNS, VERDICT_COLUMNS

Row = Mapping[str, Any]
Progress = Callable[[int, int | None], None]

# Where a cell may begin, before what makes it a formula, plain or full-width.
_FORMULA: Final = re.compile(r"(^\s*|[;\t\r\n]\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


def tables_of(store: Store, session: StoredSession) -> dict[str, list[dict[str, Any]]]:
    """Return strides, events, verdicts, cues and marks as rows; absent is None."""
    return {
        "strides": [_row(m, STRIDE_COLUMNS, session) for m in store.read(session).strides()],
        "events": [_row(m, EVENT_COLUMNS, session) for m in store.read(session).events()],
        "verdicts": [_row(m, VERDICT_COLUMNS, session) for m in store.read(session).verdicts()],
        "cues": [
            _row(m, ("issued_at_s", "kind", "wording"), session) for m in store.read(session).cues()
        ],
        "marks": [
            asdict(replace(mark, time_s=mark.time_s - session.origin_s))
            | {"time_s": _finite(mark.time_s - session.origin_s)}
            for mark in store.read(session).marks()
        ],
    }


def export_csv(store: Store, session: StoredSession, directory: Path) -> None:
    """Write one CSV file per table: full precision, empty cells where absent, flags 0 or 1."""
    for name, rows in tables_of(store, session).items():
        columns = list(rows[0]) if rows else table_columns(name)
        with (directory / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([_cell(row[column]) for column in columns] for row in rows)


def export_json(store: Store, session: StoredSession, path: Path) -> None:
    """Write everything except the poses as one strict JSON document."""
    document = {
        "session": description(store, session),
        "summary": summary_of(store, session),
        **tables_of(store, session),
    }
    text = json.dumps(document, allow_nan=False, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def export_parquet(
    store: Store, session: StoredSession, directory: Path, progress: Progress
) -> None:
    """Write one Parquet file per table and one of the settled poses; needs ``pyarrow``."""
    arrow, parquet = _pyarrow()
    metadata = {"toeline": json.dumps(description(store, session), ensure_ascii=False)}
    for name, rows in tables_of(store, session).items():
        columns = list(rows[0]) if rows else table_columns(name)
        table = {c: [_plain(row[c]) for row in rows] for c in columns}
        kinds = arrow.table(table).replace_schema_metadata(metadata)
        parquet.write_table(kinds, directory / f"{name}.parquet")
    times, frames, xy, visibility = [], [], [], []
    for done, pose in enumerate(store.read(session).poses().settled(), 1):
        moved: Pose = since(session, pose)
        times.append(moved.time_s)
        frames.append(moved.frame_index)
        xy.append(moved.xy_px.astype(np.float32))
        visibility.append(moved.visibility.astype(np.float32))
        progress(done, session.frames)
    names = moved.skeleton.points if times else ()
    points = np.array(xy, np.float32).reshape(len(times), len(names), 2)
    seen = np.array(visibility, np.float32).reshape(len(times), len(names))
    poses: dict[str, Any] = {"frame": np.array(frames, np.int64), "time_s": np.array(times)}
    for index, point in enumerate(names):
        poses[f"{point}_x_px"] = points[:, index, 0]
        poses[f"{point}_y_px"] = points[:, index, 1]
        poses[f"{point}_visibility"] = seen[:, index]
    columns_of = {name: arrow.array(values, from_pandas=True) for name, values in poses.items()}
    parquet.write_table(
        arrow.table(columns_of).replace_schema_metadata(metadata), directory / "poses.parquet"
    )


def description(store: Store, session: StoredSession) -> dict[str, Any]:
    """Return a session's metadata as JSON."""
    head, speed = session.head, speed_of(store, session)
    return {
        "name": session.name,
        "begun_at": session.begun_at,
        "ended_at": session.ended_at or None,
        "end_reason": session.end_reason or None,
        "begun_by": head.begun_by,
        "runner": head.runner or None,
        "belt_speed_mps": speed.mps,
        "belt_speed_source": speed.source,
        "incline_pct": head.belt.incline_pct,
        "toeline": head.toeline,
        "source": head.source,
        "model": head.model,
        "model_sha256": head.model_sha256,
        "config_sha256": head.config_sha256,
        "config": head.config,
        "frames": session.frames,
        "strides": session.strides,
        "valid_strides": session.valid_strides,
        "duration_s": _finite(session.duration_s),
    }


def table_columns(table: str) -> list[str]:
    """Return the columns of one of the tables, in order."""
    return {
        "strides": list(STRIDE_COLUMNS),
        "events": list(EVENT_COLUMNS),
        "verdicts": list(VERDICT_COLUMNS),
        "cues": ["issued_at_s", "kind", "wording"],
        "marks": ["time_s", "marked_at", "kind", "note", "data"],
    }[table]


def _row(
    message: StrideMetrics | GaitEvent | Verdict | Cue,
    columns: Sequence[str],
    session: StoredSession,
) -> dict[str, Any]:
    kept = row_of(message)
    assert kept is not None
    row = kept[1]
    if isinstance(message, StrideMetrics):
        row |= {name: _finite(message.value(name)) for name in METRIC_NAMES}
    if isinstance(message, Verdict):
        row |= {"cue": english_cue(message.cue)}
    shift = session.origin_s

    def cell(column: str) -> Any:
        value = row[column]
        if isinstance(value, float) and column.endswith("_s"):
            return value - shift
        return bool(value) if column in ("near", "valid") else value

    return {column: cell(column) for column in columns}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dict):
        return json.dumps(value)
    return inert(value) if isinstance(value, str) else value


def inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe stands before one.

    Also inside the text where a program that expects another separator would begin a cell. OWASP,
    "CSV Injection".

    Examples
    --------
    >>> inert("=1+1"), inert("left knee; -2 today"), inert("a - b")
    ("'=1+1", "left knee; '-2 today", 'a - b')
    """
    marked = _FORMULA.sub(r"\1'", text)
    return f"'{marked}" if marked.startswith(("\t", "\r", "\n")) else marked


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise ExportError(
            "Parquet needs the package pyarrow: pip install toeline[export]"
        ) from error
