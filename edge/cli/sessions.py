"""``toeline sessions``: list, show, export, report on, compare, replay and delete sessions."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge.cli.commands import FAILED, INTERRUPTED, USAGE, fail, one_sentence, progress_bar
from edge.export.formats import Format
from edge.i18n.word_catalogue import DEFAULT, Catalogue, languages, load
from edge.messages.errors import SettingsError
from edge.record.session_log import utc
from edge.settings import paths
from edge.settings.changed_settings import with_overrides
from edge.settings.settings_file import read_settings
from edge.settings.settings_table import stored_settings
from edge.settings.version import version
from edge.station.signals import stopped_by_signals

if TYPE_CHECKING:
    from edge.record.store import Store
    from edge.record.stored_session import StoredSession
    from edge.report.facts import Visit

sessions_app = typer.Typer(no_args_is_help=True, help="The recorded sessions.")

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="SESSION",
        help="Name, the start of a name, or `last`; see `toeline sessions list`.",
    ),
]
NamesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SESSION]...", help="Names, starts of names, or `last`."),
]
AllOption = Annotated[bool, typer.Option("--all", help="Every session.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON to standard output.")]


def _language(name: str) -> str:
    if name not in languages():
        raise typer.BadParameter(f"there are {', '.join(languages())}")
    return name


LanguageOption = Annotated[
    str,
    typer.Option("--language", metavar="CODE", callback=_language, help="Language: en, de, ..."),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@sessions_app.command("list")
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

    with _store() as store:
        sessions = store.sessions(runner=runner)
        if as_json:
            typer.echo(json.dumps([description(session) for session in sessions]))
            return
        for line in table_of(store, sessions):
            typer.echo(line)


@sessions_app.command()
def show(name: NameArgument, *, as_json: JsonOption = False) -> None:
    """Show the details of one session."""
    from edge.cli.sessions_table import facts_of
    from edge.export.table_files import description
    from edge.record.folder_export import summary_of

    with _store() as store:
        session = store.session(name)
        summary = summary_of(store, session)
        if as_json:
            video = store.read(session).video()
            kept = {"pictures": len(video.places()), "bytes": video.nbytes()}
            document = {"session": description(session), "video": kept, "summary": summary}
            typer.echo(json.dumps(document, allow_nan=False, ensure_ascii=False))
            return
        for label, value in facts_of(store, session):
            typer.echo(f"{label:16} {value}")
        for fault, sides in summary["verdicts"].items():
            for side, verdict in sides.items():
                typer.echo(f"{fault:16} {side}: {verdict['state']}, {verdict['reason']}")
        for mark in store.read(session).marks():
            at = mark.time_s - session.origin_s
            when = f"{at:.1f} s" if isfinite(at) else "before the first frame"
            typer.echo(f"{'mark':16} {when}: {mark.kind} {mark.note}".rstrip())


@sessions_app.command()
def export(
    names: NamesArgument = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Output folder; created if missing.")
    ] = Path("sessions"),
    kind: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.FOLDER,
    leg_m: Annotated[
        float,
        typer.Option(
            "--leg-m",
            min=0.3,
            max=1.5,
            metavar="M",
            help="Thigh plus shank length, which scales TRC, MOT and C3D.",
        ),
    ] = 0.85,
    *,
    video: Annotated[
        bool, typer.Option("--video", help="Include recorded video, if any; format folder only.")
    ] = False,
    all_: AllOption = False,
) -> None:
    """Export sessions for other programs; skip those already exported."""
    from edge.export.export_session import export_session

    stop = threading.Event()
    with _store() as store, stopped_by_signals(stop.set):
        wrong = False
        for session in _chosen(store, names, all_=all_):
            if stop.is_set():
                _interrupted()
            try:
                with progress_bar(session.name, "poses") as progress:
                    path = export_session(
                        store, session, kind, out, leg_m=leg_m, video=video, progress=progress
                    )
            except _export_errors() as error:
                typer.echo(f"toeline: {error}", err=True)
                wrong = True
                continue
            typer.echo(path)
            what = f"{session.name} {kind}{' with video' if video else ''}"
            store.audit.add("export", "command", what)
    if wrong:
        raise typer.Exit(FAILED)


@sessions_app.command()
def report(
    names: Annotated[
        list[str],
        typer.Argument(metavar="SESSION...", help="One session, or up to four visits of a runner."),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Output file, .pdf or .html.")
    ] = Path("report.html"),
    language: LanguageOption = DEFAULT,
) -> None:
    """Write a report for the physiotherapist: one session, or what changed between visits."""
    from edge.report.facts import visit_of

    _check_report_path(out)
    words = load(language)
    with _store() as store:
        sessions = [store.session(name) for name in names]
        if len({session.head.runner for session in sessions}) > 1:
            typer.echo("toeline: these sessions belong to different runners", err=True)
        visits = [
            visit_of(store, session, words.text("report.visit", number=number))
            for number, session in enumerate(sessions, 1)
        ]
        _write_report(visits, words, out)
        for session in sessions:
            store.audit.add("report", "command", session.name)


@sessions_app.command()
def compare(
    names: Annotated[
        list[str],
        typer.Argument(metavar="SESSION...", help="Two sessions, or one with --marks."),
    ],
    marks: Annotated[
        tuple[int, int] | None,
        typer.Option(
            "--marks",
            metavar="N M",
            help="In one session: compare the parts that follow its Nth and Mth marks.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Also write a report, .pdf or .html."),
    ] = None,
    language: LanguageOption = DEFAULT,
) -> None:
    """Show changes beyond measurement error between two sessions or two marks of one."""
    from edge.messages.side import Side
    from edge.report.changes import changes
    from edge.report.facts import visit_of
    from edge.report.words import name_of

    if len(names) != (2 if marks is None else 1):
        fail("give two sessions, or one session and --marks N M", USAGE)
    if out is not None:
        _check_report_path(out)
    words = load(language)
    with _store() as store:
        if marks is None:
            before, after = (
                visit_of(store, store.session(name), words.text("report.visit", number=number))
                for number, name in enumerate(names, 1)
            )
        else:
            before, after = (_after_mark(store, store.session(names[0]), n, words) for n in marks)
        compared = False
        for side in Side:
            found = changes(before, after, side)
            if not found:
                continue
            compared = True
            leg = words.text(f"report.leg.{side}")
            typer.echo(f"{leg}: {before.label}, {after.label}")
            heads = [words.text(f"table.{head}") for head in ("before", "after", "change")]
            heads.append(words.text("report.table.mdc"))
            typer.echo(f"  {'':34}" + "".join(f" {head:>12}" for head in heads))
            for change in found:
                numbers = [
                    words.number(change.before.mean, 1),
                    words.number(change.after.mean, 1),
                    words.number(change.change, 1, signed=True),
                    words.number(change.mdc, 1),
                ]
                row = "".join(f" {number:>12}" for number in numbers)
                judged = words.text(f"judged.{change.judged}")
                typer.echo(f"  {name_of(words, change.metric):34}{row}  {judged}")
        if not compared:
            fail("no leg was judged in both, so there is nothing to compare")
        if out is not None:
            _write_report([before, after], words, out)


@sessions_app.command()
def replay(
    names: NamesArgument = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings to use instead, a TOML file."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="One setting to change."),
    ] = None,
    *,
    all_: AllOption = False,
) -> None:
    """Rerun recorded poses; the same version and settings must give identical results."""
    stop = threading.Event()
    with _store() as store, stopped_by_signals(stop.set):
        same = True
        for session in _chosen(store, names, all_=all_):
            if stop.is_set():
                _interrupted()
            same &= _replay_one(store, session, config, set_ or [])
    if not same:
        raise typer.Exit(FAILED)


@sessions_app.command()
def delete(names: NamesArgument = None, *, yes: YesOption = False) -> None:
    """Delete sessions permanently, including poses and video; this cannot be undone."""
    with _store() as store:
        sessions = _chosen(store, names, all_=False)
        _confirm(f"delete {len(sessions)} session(s) permanently", yes=yes)
        _delete(store, sessions)


@sessions_app.command()
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
    yes: YesOption = False,
) -> None:
    """Delete the sessions that are older than the retention period."""
    try:
        kept_days = read_settings(config).record.retention_days if days is None else days
    except SettingsError as error:
        fail(str(error), USAGE)
    if days is None and kept_days == 0:
        if scheduled:
            return
        fail("no retention is set: record.retention_days is 0; give --days", USAGE)
    from edge.record.recording_lock import being_recorded
    from edge.record.store import DATABASE

    if scheduled and not (paths.data_dir() / DATABASE).exists():
        return
    with _store() as store:
        before = utc(datetime.now(UTC) - timedelta(days=kept_days))
        old = [s for s in store.sessions() if s.begun_at < before and not being_recorded(s.folder)]
        if old:
            _confirm(f"delete {len(old)} session(s) older than {kept_days:g} days", yes=yes)
        # Compacting locks the store while it runs; the next session reuses the space anyway.
        _delete(store, old, compact=not scheduled)


def _check_report_path(out: Path) -> None:
    if out.suffix not in (".pdf", ".html"):
        fail(f"{out} must end in .pdf or .html", USAGE)


def _after_mark(store: "Store", session: "StoredSession", number: int, words: Catalogue) -> "Visit":
    from edge.report.facts import visit_of
    from edge.report.words import mark_words

    marks = [mark for mark in store.read(session).marks() if isfinite(mark.time_s)]
    if not 1 <= number <= len(marks):
        fail(f"session {session.name} has {len(marks)} marks; there is no mark {number}", USAGE)
    end = marks[number].time_s if number < len(marks) else inf
    kind = mark_words(words, marks[number - 1].kind)
    label = words.text("report.mark", number=number, kind=kind)
    return visit_of(store, session, label, from_s=marks[number - 1].time_s, to_s=end)


def _write_report(visits: "list[Visit]", words: Catalogue, out: Path) -> None:
    from edge.report.page import as_pdf, render

    page = render(visits, words)
    content = as_pdf(page) if out.suffix == ".pdf" else page.encode()
    try:
        out.write_bytes(content)
    except OSError as error:
        fail(f"cannot write {out}: {error.strerror}")
    typer.echo(out)


@contextmanager
def _store() -> Iterator["Store"]:
    # Imported here and below: loading the store takes longer than all of `toeline --help`.
    from edge.record.store import Store

    with one_sentence(), Store(paths.data_dir(), create=False) as store:
        yield store


def _chosen(store: "Store", names: list[str] | None, *, all_: bool) -> "list[StoredSession]":
    if bool(names) == all_:
        fail("give the names of sessions, or --all", USAGE)
    return store.sessions()[::-1] if all_ else [store.session(name) for name in names or []]


def _export_errors() -> tuple[type[Exception], ...]:
    from edge.messages.errors import ExportError, RecordError

    return ExportError, RecordError


def _interrupted() -> None:
    typer.echo("toeline: interrupted; repeat the command to finish", err=True)
    sys.exit(INTERRUPTED)


def _confirm(what: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        fail(f"to {what}, add --yes", USAGE)
    if not typer.confirm(f"{what}?"):
        raise typer.Exit(FAILED)


def _delete(store: "Store", sessions: "list[StoredSession]", *, compact: bool = True) -> None:
    for session in sessions:
        store.delete(session)
        store.audit.add("delete", "command", session.name)
        typer.echo(f"deleted {session.name}")
    if sessions and compact:
        store.compact()


def _replay_one(
    store: "Store", session: "StoredSession", config: Path | None, overrides: list[str]
) -> bool:
    """Print the outcome of a replay; return False if it differs without an explanation."""
    from edge.offline.replay import replay as run_again

    try:
        own = read_settings(config) if config else stored_settings(dict(session.head.config))
        settings = with_overrides(own, overrides)
    except SettingsError as error:
        fail(str(error), USAGE)
    with progress_bar(session.name, "poses") as progress:
        result = run_again(store, session, settings, progress)
    for sentence in result.damage:
        typer.echo(f"toeline: {session.name}: {sentence}", err=True)
    reasons = []
    if session.head.toeline != version():
        reasons.append(f"recorded by Toeline {session.head.toeline}, this is {version()}")
    if asdict(settings) != session.head.config:
        reasons.append("other settings")
    if result.damage:
        reasons.append("poses are missing")
    if result.identical:
        typer.echo(f"{session.name}: {len(result.now)} strides, identical")
        return True
    why = "; ".join(reasons) or "same version, same settings"
    typer.echo(
        f"{session.name}: {len(result.before)} strides before, {len(result.now)} now ({why})"
    )
    if result.differences:
        typer.echo(f"  {'metric':28} {'before':>10} {'now':>10} {'most':>10} {'strides':>8}")
    for d in result.differences:
        typer.echo(f"  {d.metric:28} {d.before:10.3f} {d.now:10.3f} {d.most:10.3f} {d.strides:8d}")
    return bool(reasons)
