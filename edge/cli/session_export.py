"""``toeline sessions export`` and ``replay``."""

import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge.cli.output import FAILED, USAGE, fail, print_path, progress_bar, say
from edge.cli.session_options import AllOption, NamesArgument, chosen, interrupted, opened_store
from edge.export.formats import Format
from edge.messages.errors import SettingsError
from edge.settings import paths
from edge.settings.changed_settings import with_overrides
from edge.settings.settings_file import read_settings
from edge.settings.settings_table import stored_settings
from edge.settings.version import version
from edge.station.signals import stopped_by_signals

if TYPE_CHECKING:
    from edge.record.store import Store
    from edge.record.stored_session import StoredSession


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
    with opened_store() as store, stopped_by_signals(stop.set):
        out = paths.expanded(out)
        wrong = False
        for session in chosen(store, names, all_=all_):
            if stop.is_set():
                interrupted()
            try:
                with progress_bar(session.name, "poses") as progress:
                    path = export_session(
                        store, session, kind, out, leg_m=leg_m, video=video, progress=progress
                    )
            except _export_errors() as error:
                say(str(error))
                wrong = True
                continue
            print_path(path)
            what = f"{session.name} {kind}{' with video' if video else ''}"
            store.audit.add("export", "command", what)
    if wrong:
        raise typer.Exit(FAILED)


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
    with opened_store() as store, stopped_by_signals(stop.set):
        same = True
        for session in chosen(store, names, all_=all_):
            if stop.is_set():
                interrupted()
            same &= _replay_one(store, session, config, set_ or [])
    if not same:
        raise typer.Exit(FAILED)


def _export_errors() -> tuple[type[Exception], ...]:
    from edge.messages.errors import ExportError, RecordError

    return ExportError, RecordError


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
        say(f"{session.name}: {sentence}")
    reasons = []
    if session.head.toeline != version():
        reasons.append(f"recorded by Toeline {session.head.toeline}, this is {version()}")
    if asdict(settings) != session.head.config:
        reasons.append("other settings")
    if result.damage:
        reasons.append("poses are missing")
    if result.identical:
        typer.echo(f"{session.name}: {_identical(len(result.before), len(result.now))}")
        return True
    if not reasons:
        say(f"{session.name} does not replay identically, though nothing explains it")
    why = "; ".join(reasons) or "same version, same settings"
    typer.echo(
        f"{session.name}: {len(result.before)} strides before, {len(result.now)} now ({why})"
    )
    if result.differences:
        typer.echo(f"  {'metric':28} {'before':>10} {'now':>10} {'most':>10} {'strides':>8}")
    for d in result.differences:
        typer.echo(f"  {d.metric:28} {d.before:10.3f} {d.now:10.3f} {d.most:10.3f} {d.strides:8d}")
    return bool(reasons)


def _identical(before: int, now: int) -> str:
    """Say that strides are identical, also of a recording that was cut off."""
    if before == now:
        return f"{now} strides, identical"
    return (
        f"{min(before, now)} strides, identical up to where the recording was cut off "
        f"({before} stored, {now} from the poses)"
    )
