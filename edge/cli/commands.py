"""The commands' work, after their arguments are parsed."""

import contextlib
import json
import os
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from edge.settings import paths
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings
from edge.settings.version import version
from edge.station.signals import stopped_by_signals

if TYPE_CHECKING:
    from edge.offline.analyze import Analysis
    from edge.pipeline import Pipeline
    from edge.serve.access.rights import Rights
    from edge.serve.sessions.archive import Archive
    from edge.sinks.recorder import Recorder
    from edge.station.assembly import Rig

# 130 is the code that typer returns for Ctrl-C.
FAILED, USAGE, INTERRUPTED = 1, 2, 130


def fail(sentence: str, code: int = FAILED) -> NoReturn:
    """Print one sentence to stderr and exit with ``code``."""
    typer.echo(f"toeline: {sentence}", err=True)
    raise typer.Exit(code)


@contextlib.contextmanager
def one_sentence() -> Iterator[None]:
    """Print Toeline's own errors as one sentence on stderr."""
    from edge.messages.errors import ToelineError

    try:
        yield
    except ToelineError as error:
        fail(str(error))


def new_rig(settings: Settings, *, live: bool) -> "Rig":
    """Open the models; Ctrl-C takes effect once they are open."""
    # Ctrl-C while a compiled library is being imported surfaces as an ImportError.
    stop = threading.Event()
    with stopped_by_signals(stop.set):
        from edge.station.assembly import build_rig

        smaller = live and settings.load.shed
        rig = build_rig(settings, paths.models_dir(), smaller=smaller, live=live)
    if stop.is_set():
        raise KeyboardInterrupt
    return rig


def prewarm_model(settings: Settings) -> None:
    """Prepare one size of the pose model, and print the provider that runs it."""
    from edge.pose.opening import prewarm

    began_s = time.monotonic()
    provider = prewarm(settings.pose, paths.models_dir())
    took_s = time.monotonic() - began_s
    typer.echo(f"{settings.pose.model} runs on {provider}, prepared in {took_s:.1f} s")


def serve_station(
    src: str,
    settings: Settings,
    *,
    loop: bool,
    record: bool,
    opened: Callable[[str], object] | None,
    wait: bool = False,
) -> None:
    """Run with the page until a signal arrives; call ``opened`` with the address."""
    from edge.capture.source import open_source
    from edge.serve.binding import bind
    from edge.sinks.new_recorder import new_recorder
    from edge.station.plugins import plugin_sinks
    from edge.station.runtime import run_served

    source = open_source(src, settings.capture, own_pace=True, loop=loop, wait=wait)
    # Bind before a session begins: a port in use must not leave an empty session behind.
    with source, bind(settings.serve) as listener, contextlib.ExitStack() as stack:
        lossless = not source.info.live and not loop
        rig = new_rig(settings, live=not lossless)
        recorder = None
        if record:
            recorder = new_recorder(
                source, rig.pipeline, settings, version=version(), data=paths.data_dir()
            )
        rights = stack.enter_context(_rights(settings.serve))

        def started(url: str) -> None:
            typer.echo(f"Toeline is running at {url}  (Ctrl-C to stop)")
            _announce(rights, settings.serve)
            if opened is not None:
                opened(url)

        run_served(
            source,
            rig,
            settings,
            [] if recorder is None else [recorder],
            version=version(),
            lossless=lossless,
            plugins=[] if recorder is None else plugin_sinks(settings.sinks.plugins, recorder),
            started=started,
            listener=listener,
            rights=rights,
            archive=_archive(settings) if record else None,
        )
    if recorder is not None:
        _report_recorded(recorder, source.ended_early)


def _archive(settings: Settings) -> "Callable[[], Archive]":
    from edge.serve.sessions.session_archive import SessionArchive

    return lambda: SessionArchive(paths.data_dir(), settings.record.keep_free_mb)


@contextlib.contextmanager
def _rights(serve: ServeSettings) -> "Iterator[Rights | None]":
    """Open the pairings if tablets can connect; on loopback no client needs one."""
    from edge.serve.access.addresses import is_loopback
    from edge.serve.access.rights import Rights

    if is_loopback(serve.listen):
        yield None
        return
    rights = Rights(paths.data_dir())
    try:
        yield rights
    finally:
        rights.pairings.announce("")
        rights.close()


def _announce(rights: "Rights | None", serve: ServeSettings) -> None:
    """Announce, on screen and to ``toeline pair``, where tablets reach the station."""
    if rights is None:
        return
    from edge.serve.access.addresses import reachable_host
    from edge.serve.binding import base_url

    host = reachable_host(serve.listen, serve.name)
    url = base_url(host, serve.port, secure=bool(serve.certificate))
    rights.pairings.announce(url)
    typer.echo(f"Paired tablets reach it at {url}; pair them with `toeline pair`")
    if not serve.certificate:
        typer.echo("without TLS, anyone on this network can read the traffic; see `toeline certs`")


def run_without_page(src: str, settings: Settings, *, loop: bool, wait: bool = False) -> None:
    """Run headless: record, and write each stride to standard output."""
    from edge.capture.source import open_source
    from edge.sinks.new_recorder import new_recorder
    from edge.sinks.stride_csv import StrideCsv
    from edge.station.plugins import plugin_sinks
    from edge.station.runtime import run_headless

    source = open_source(src, settings.capture, own_pace=True, loop=loop, wait=wait)
    with source:
        lossless = not source.info.live and not loop
        rig = new_rig(settings, live=not lossless)
        recorder = new_recorder(
            source, rig.pipeline, settings, version=version(), data=paths.data_dir()
        )
        run_headless(
            source,
            rig,
            settings,
            [recorder, StrideCsv(sys.stdout)],
            version=version(),
            lossless=lossless,
            plugins=plugin_sinks(settings.sinks.plugins, recorder),
        )
        ended_early = source.ended_early
    _report_recorded(recorder, ended_early)


def _report_recorded(recorder: "Recorder", ended_early: str) -> None:
    """Print which sessions were recorded; exit with an error if anything failed."""
    for name in recorder.recorded:
        typer.echo(f"recorded session {name}; see `toeline sessions show {name}`", err=True)
    if not recorder.recorded and not recorder.failures:
        typer.echo("nothing was recorded: nobody walked or ran", err=True)
    if recorder.failures or ended_early:
        fail(recorder.failures[0] if recorder.failures else ended_early)


def examine_machine(settings: Settings, src: str | None) -> None:
    """Print one line per finding; exit with an error if one is a fault."""
    from edge.station.doctor import Grade, examine

    faults = 0
    for finding in examine(settings, src):
        typer.echo(f"{finding.grade.value:5}  {finding.subject:9} {finding.sentence}")
        faults += finding.grade is Grade.FAULT
    if faults:
        fail("this machine is not ready; see above")


def check_recordings(files: list[str]) -> list[str]:
    """Return the files' paths; exit with an error if they cannot be analysed together."""
    from edge.capture.kind import shown
    from edge.capture.source import is_live, recording_path

    for file in filter(is_live, files):
        fail(f"{shown(file)} is live, not a recording; use `toeline run`", USAGE)
    recordings = [recording_path(file) for file in files]
    stems = [Path(path).stem for path in recordings]
    for stem in stems:
        if stems.count(stem) > 1:
            fail(f"two files would write to the same result folder {stem}", USAGE)
    return recordings


def analyze_all(
    files: list[str], out: Path, settings: Settings, *, as_json: bool, resume: bool = False
) -> bool:
    """Return whether every file was read to its end; ``resume`` skips finished files."""
    if resume:
        from edge.offline.analyze import analyzed

        done = [f for f in files if analyzed(f, out / Path(f).stem, settings, version=version())]
        for file in done:
            typer.echo(f"toeline: {file} is already done", err=True)
        files = [file for file in files if file not in done]
        if not files:
            return True
    rig = new_rig(settings, live=False)
    for notice in rig.notices:
        typer.echo(f"toeline: {notice}", err=True)
    stop = threading.Event()
    whole = []
    with stopped_by_signals(stop.set), contextlib.closing(rig.sensors):
        for file in files:
            whole.append(_analyze_one(file, out, settings, rig.pipeline, stop, as_json=as_json))
            if stop.is_set():
                typer.echo("toeline: interrupted; results so far are kept", err=True)
                sys.exit(INTERRUPTED)
    return all(whole)


def _analyze_one(
    file: str,
    out: Path,
    settings: Settings,
    pipeline: "Pipeline",
    stop: threading.Event,
    *,
    as_json: bool,
) -> bool:
    from edge.messages.errors import CaptureError
    from edge.offline.analyze import analyze as analyze_file

    try:
        with progress_bar(Path(file).name, "frames") as progress:
            result: Analysis = analyze_file(
                file,
                out / Path(file).stem,
                pipeline,
                settings,
                version=version(),
                progress=progress,
                stopped=stop.is_set,
            )
    except CaptureError as error:
        typer.echo(f"toeline: {error}", err=True)
        return False
    for notice in result.notices:
        typer.echo(f"toeline: {file}: {notice}", err=True)
    if as_json:
        typer.echo(json.dumps(result.session, allow_nan=False))
    else:
        typer.echo(str(result.folder))
    if result.failure:
        typer.echo(f"toeline: {file}: {result.failure}", err=True)
    return not result.failure


@contextlib.contextmanager
def progress_bar(label: str, unit: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a progress bar if stderr is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} " + unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(label, total=None)

        def progress(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield progress


def say_progress(message: str, _done: int | None, _total: int | None) -> None:
    """Print the current step of a long job."""
    typer.echo(message, err=True)


def open_browser(url: str) -> None:
    """Open the page in a browser if there is one; the address is printed either way."""

    def open_it() -> None:
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(url)

    # A console browser would block this thread, which serves the page.
    threading.Thread(target=open_it, name="browser", daemon=True).start()


def check_json_path(path: Path) -> None:
    """Exit with an error now if ``path`` could not be written after hours of work."""
    folder = path.parent
    if path.is_dir():
        fail(f"cannot write {path}: it is a folder")
    if not folder.is_dir():
        fail(f"cannot write {path}: {folder} is not a folder")
    if not os.access(path if path.exists() else folder, os.W_OK):
        fail(f"cannot write {path}: permission denied")


def write_json(path: Path, content: dict[str, object]) -> None:
    """Write ``content`` to a file, or exit with an error."""
    try:
        path.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")
