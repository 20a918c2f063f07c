"""``toeline sessions``: list, show, export, report on, hand out, replay and delete sessions."""

import json
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from edge.cli.output import USAGE, fail, one_sentence
from edge.cli.session_blocks import blocks
from edge.cli.session_export import export, replay
from edge.cli.session_options import (
    JsonOption,
    NameArgument,
    NamesArgument,
    YesOption,
    chosen,
    confirm,
    opened_store,
)
from edge.cli.sessions_documents import letter, sheet
from edge.cli.sessions_experiment import experiment
from edge.cli.sessions_report import compare, report
from edge.messages.errors import SettingsError
from edge.messages.plain_text import plain_text
from edge.settings import paths
from edge.settings.settings_file import read_settings

if TYPE_CHECKING:
    from edge.record.store import Store
    from edge.record.stored_session import StoredSession

_MOST_SHOWN = 200
_DAY_S: Final = 86_400


def list_sessions(
    runner: Annotated[
        str | None, typer.Option("--runner", help="Only this runner's sessions, by pseudonym.")
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List all sessions, newest first."""
    from edge.cli.sessions_table import table_of
    from edge.export.table_files import description

    with opened_store() as store:
        sessions = store.sessions(runner=runner)
        if as_json:
            typer.echo(json.dumps([description(store, session) for session in sessions]))
            return
        for line in table_of(store, sessions):
            typer.echo(line)


def show(name: NameArgument, *, as_json: JsonOption = False) -> None:
    """Show the details of one session."""
    from edge.cli.sessions_table import facts_of
    from edge.export.table_files import description
    from edge.record.folder_export import summary_of

    with opened_store() as store:
        session = store.session(name)
        summary = summary_of(store, session)
        if as_json:
            video = store.read(session).video()
            kept = {"pictures": len(video.places()), "bytes": video.nbytes()}
            document = {"session": description(store, session), "video": kept, "summary": summary}
            typer.echo(json.dumps(document, allow_nan=False, ensure_ascii=False))
            return
        for label, value in facts_of(store, session):
            typer.echo(f"{label:16} {value}")
        for fault, sides in summary["verdicts"].items():
            for side, verdict in sides.items():
                typer.echo(f"{fault:16} {side}: {verdict['state']}, {verdict['reason']}")
        # Sessions recorded before there were any have no entry.
        for notice in summary.get("notices", ()):
            typer.echo(f"{'notice':16} {notice['text']}")
        for mark in store.read(session).marks():
            at = mark.time_s - session.origin_s
            when = f"{at:.1f} s" if isfinite(at) else "before the first frame"
            # Notes of earlier versions may hold control characters.
            note = plain_text(mark.note, _MOST_SHOWN)
            typer.echo(f"{'mark':16} {when}: {mark.kind} {note}".rstrip())


def assign(
    name: NameArgument,
    runner: Annotated[str, typer.Argument(metavar="RUNNER", help="A pseudonym, known or new.")],
) -> None:
    """Give a session to a runner, named before or not; the change is in the audit."""
    from edge.record import whose

    with opened_store() as store:
        session = store.session(name)
        changed = whose.assign(store, session, runner, "command")
        for each in changed:
            typer.echo(f"{each} is {runner}'s now")
        if not changed:
            typer.echo(f"{session.name} is {runner}'s already")


def delete(names: NamesArgument = None, *, yes: YesOption = False) -> None:
    """Delete sessions permanently, including poses and video; this cannot be undone."""
    with opened_store() as store:
        _require_writable(store)
        sessions = chosen(store, names, all_=False)
        confirm(f"delete {len(sessions)} session(s) permanently", yes=yes)
        _delete(store, sessions)
        _tell_of_copies(store)


def purge(
    days: Annotated[
        float | None,
        typer.Option("--days", min=0, help="Maximum age. [default: setting record.retention_days]"),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Settings, a TOML file.")
    ] = None,
    *,
    scheduled: Annotated[
        bool,
        typer.Option(
            "--scheduled",
            help="For a timer: no retention or no session is no error; never blocks recording.",
        ),
    ] = False,
    trust_clock: Annotated[
        bool,
        typer.Option(
            "--trust-clock", help="The clock is right, though no time server vouches for it."
        ),
    ] = False,
    even_most: Annotated[
        bool, typer.Option("--even-most", help="Delete even if most sessions would go at once.")
    ] = False,
    yes: YesOption = False,
) -> None:
    """Delete the sessions that are older than the retention period.

    Nothing is deleted by a clock that jumped or is not synchronised, or if most sessions would go
    at once; `--days 0` deletes all.
    """
    try:
        kept_days = read_settings(config).record.retention_days if days is None else days
    except SettingsError as error:
        fail(str(error), USAGE)
    if days is None and kept_days == 0:
        if scheduled:
            return
        fail("no retention is set: record.retention_days is 0; give --days", USAGE)
    from edge.record.store import has_store

    with one_sentence():
        if scheduled and not has_store(paths.data_dir()):
            return
    with opened_store() as store:
        _require_writable(store)
        old = _expired(store, kept_days, trust_clock=trust_clock, even_most=even_most)
        if old:
            confirm(f"delete {len(old)} session(s) older than {kept_days:g} days", yes=yes)
        # Compacting locks the store while it runs; the next session reuses the space anyway.
        _delete(store, old, compact=not scheduled)
        _purge_copies(store, kept_days, trust_clock=trust_clock, yes=yes)


def _require_writable(store: "Store") -> None:
    """End the command if nothing can be deleted, before that enters the audit."""
    if store.file.read_only:
        fail(f"nothing can be deleted: {store.data} is write-protected")


def _expired(
    store: "Store", kept_days: float, *, trust_clock: bool, even_most: bool
) -> "list[StoredSession]":
    """Return the sessions of more than this age; end the command if their age is doubtful."""
    from edge.record.recording_lock import being_recorded
    from edge.record.session_age import clock_fault, least_ages_s
    from edge.record.station_clock import read_clock

    recorded, now = store.recorded(), read_clock()
    ended = [not being_recorded(session.folder) for session, _ in recorded]
    if kept_days == 0:
        return [s for (s, _), over in zip(recorded, ended, strict=True) if over]
    times = [known for _, known in recorded]
    ages_s = least_ages_s(times, now, trust_labels=trust_clock or not now.synchronised)
    old = [
        session
        for (session, _), age_s, over in zip(recorded, ages_s, ended, strict=True)
        if over and age_s > kept_days * _DAY_S
    ]
    if old and not trust_clock and (fault := clock_fault(times, now)):
        fail(f"nothing was deleted: {fault}, so ages are not certain; set it, or add --trust-clock")
    if 2 * len(old) > len(recorded) and not even_most:
        fail(
            f"nothing was deleted: {len(old)} of {len(recorded)} sessions would go at once; "
            "look whether the clock is right, then add --even-most"
        )
    return old


def _delete(store: "Store", sessions: "list[StoredSession]", *, compact: bool = True) -> None:
    overwritten = True
    for session in sessions:
        # Before: what cannot be written down is not done.
        store.audit.add("delete", "command", session.name)
        overwritten = store.delete(session)
        typer.echo(f"deleted {session.name}")
    if sessions and compact:
        store.compact()
    if sessions and not (overwritten or store.overwrite_deleted()):
        typer.echo(
            "toeline: another program is reading the store: the deleted rows are overwritten once "
            "it has ended, by the station or the next command",
            err=True,
        )


def _purge_copies(store: "Store", kept_days: float, *, trust_clock: bool, yes: bool) -> None:
    """Delete the damaged stores moved aside, which hold sessions too, after the same period."""
    from edge.record.erasure import erase_copy
    from edge.record.moved_aside import copies_of, written_s
    from edge.record.session_age import clock_fault
    from edge.record.station_clock import read_clock

    now, copies = read_clock(), copies_of(store.file.path)
    if kept_days > 0:
        copies = [copy for copy in copies if now.wall_s - written_s(copy) > kept_days * _DAY_S]
        fault = clock_fault([known for _, known in store.recorded()], now)
        if copies and not trust_clock and fault:
            fail(f"{copies[0].name} was not deleted: {fault}; set it, or add --trust-clock")
    if copies:
        confirm(f"delete {len(copies)} damaged store(s) moved aside", yes=yes)
    for copy in copies:
        store.audit.add("delete", "command", copy.name)
        with store.file.guarded():
            erase_copy(copy)
        typer.echo(f"deleted {copy.name}")


def _tell_of_copies(store: "Store") -> None:
    """Say which damaged stores may still hold what was deleted."""
    from edge.record.moved_aside import copies_of

    for copy in copies_of(store.file.path):
        typer.echo(
            f"toeline: {copy.name}, moved aside when it was damaged, may still hold rows of what "
            "was deleted; `sessions purge` deletes it after the retention period",
            err=True,
        )


sessions_app = typer.Typer(no_args_is_help=True, help="The recorded sessions.")
sessions_app.command("list")(list_sessions)
for _command in (show, blocks, assign, export, report, compare, experiment, replay, delete, purge):
    sessions_app.command()(_command)
for _document in (sheet, letter):
    sessions_app.command()(_document)
