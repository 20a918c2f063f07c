"""Export sessions one after another; existing exports are kept."""

import shutil
from collections.abc import Callable
from pathlib import Path

from edge.export.c3d_file import write_c3d
from edge.export.formats import Format
from edge.export.markers import markers_of
from edge.export.opensim import write_mot, write_trc
from edge.export.table_files import export_csv, export_json, export_parquet
from edge.export.video import VIDEO, export_video
from edge.messages.errors import ExportError
from edge.record.folder_export import export_folder
from edge.record.privacy import skeleton_only
from edge.record.store import Store
from edge.record.stored_session import StoredSession

Progress = Callable[[int, int | None], None]


FOLDERS = (Format.FOLDER, Format.CSV, Format.PARQUET)


def export_session(
    store: Store,
    session: StoredSession,
    kind: Format,
    out: Path,
    *,
    leg_m: float,
    video: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Path:
    """Write one session in one format.

    The export is written under a temporary name and renamed when complete, so that a file with the
    session's name is always complete, and an export of many sessions can be stopped and resumed.
    Only with ``video`` does the result folder include the recorded pictures, if there are any.

    Returns
    -------
    The file, or the folder for tables and the result folder; an existing one is left unchanged.

    Raises
    ------
    RecordError
        If the session cannot be read.
    ExportError
        If the export cannot be written, its format cannot hold video, or *skeleton only* is on.
    """
    if video and kind is not Format.FOLDER:
        raise ExportError(f"format {kind} cannot hold video; use --format folder")
    if video and skeleton_only(store.data):
        raise ExportError("the station is set to skeleton only, so no picture is handed on")
    target = out / (session.name if kind in FOLDERS else f"{session.name}.{kind}")
    if target.exists():
        if video and not (target / VIDEO).exists() and store.read(session).video().places():
            raise ExportError(f"{target} already exists without video; remove it first")
        return target
    part = out / f".{target.name}.part"
    try:
        out.mkdir(parents=True, exist_ok=True)
        _remove(part)
        if kind in FOLDERS:
            part.mkdir()
        # The session's name is passed separately: some formats store it.
        _write(store, session, kind, part, leg_m=leg_m, progress=progress)
        if video:
            export_video(store, session, part)
        part.rename(target)
    except OSError as error:
        raise ExportError(f"cannot write {target}: {error.strerror or error}") from error
    return target


def _write(
    store: Store,
    session: StoredSession,
    kind: Format,
    path: Path,
    *,
    leg_m: float,
    progress: Progress,
) -> None:
    match kind:
        case Format.FOLDER:
            export_folder(store, session, path, progress)
        case Format.CSV:
            export_csv(store, session, path)
        case Format.JSON:
            export_json(store, session, path)
        case Format.PARQUET:
            export_parquet(store, session, path, progress)
        case Format.TRC:
            write_trc(markers_of(store, session, leg_m=leg_m), path, session.name)
        case Format.MOT:
            write_mot(markers_of(store, session, leg_m=leg_m), path, session.name)
        case Format.C3D:
            write_c3d(markers_of(store, session, leg_m=leg_m), path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
