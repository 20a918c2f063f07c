"""The work of ``toeline run``, ``demo`` and ``doctor``, after their arguments are parsed."""

import contextlib
import os
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import typer

from edge.cli.output import fail
from edge.cli.rig import new_rig
from edge.settings import paths
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings
from edge.settings.version import version

if TYPE_CHECKING:
    from edge.record.privacy import Privacy
    from edge.serve.access.rights import Rights
    from edge.serve.sessions.archive import Archive
    from edge.sinks.recorder import Recorder


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
    from edge.record.privacy import Privacy
    from edge.serve.binding import bind
    from edge.sinks.new_recorder import new_recorder
    from edge.station.plugins import plugin_sinks
    from edge.station.runtime import run_served

    if record:
        _keep_private()
    source = open_source(src, settings.capture, own_pace=True, loop=loop, wait=wait)
    # Bind before a session begins: a port in use must not leave an empty session behind.
    with source, bind(settings.serve) as listener, contextlib.ExitStack() as stack:
        lossless = not source.info.live and not loop
        rig = new_rig(settings, live=not lossless)
        recorder = None
        privacy = Privacy(paths.data_dir() if record else None)
        if record:
            recorder = new_recorder(
                source,
                rig.pipeline,
                settings,
                version=version(),
                data=paths.data_dir(),
                privacy=privacy,
            )
        own = stack.enter_context(_rights(settings.serve, record=record))
        # Where no client needs a pairing, what is done is still audited.
        rights = None if _serves_itself(settings.serve) else own

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
            archive=_archive(settings, privacy) if record else None,
            audit=None if own is None else own.audit,
            privacy=privacy,
        )
    if recorder is not None:
        _report_recorded(recorder, source.ended_early)


def _keep_private() -> None:
    """Let nobody else read what this station writes, or has written."""
    from edge.record.private_folder import UMASK, tighten

    os.umask(UMASK)
    tighten(paths.data_dir())


def _archive(settings: Settings, privacy: "Privacy") -> "Callable[[], Archive]":
    from edge.serve.sessions.session_archive import SessionArchive

    return lambda: SessionArchive(
        paths.data_dir(), settings.record.keep_free_mb, privacy, settings.clinic
    )


def _serves_itself(serve: ServeSettings) -> bool:
    """Return whether only browsers on this machine can connect, and need no pairing."""
    from edge.serve.access.addresses import is_loopback

    return is_loopback(serve.listen) and not (serve.trusted_proxies or serve.pair_local)


@contextlib.contextmanager
def _rights(serve: ServeSettings, *, record: bool) -> "Iterator[Rights | None]":
    """Open the pairings and the audit; a station that records nothing, as the demo, has none."""
    from edge.serve.access.rights import Rights

    local = _serves_itself(serve)
    if local and not record:
        yield None
        return
    # A bad disk stops neither measuring nor this machine's own page.
    rights = Rights(paths.data_dir(), when_needed=True)
    try:
        yield rights
    finally:
        if not local:
            _publish(rights, "")
        rights.close()


def _publish(rights: "Rights", url: str) -> None:
    """Tell other programs here where the station is; if the disk refuses, later."""
    from edge.messages.errors import AccessError

    try:
        rights.pairings.announce(url)
    except AccessError as error:
        typer.echo(f"toeline: paired devices cannot connect for now: {error}", err=True)


def _announce(rights: "Rights | None", serve: ServeSettings) -> None:
    """Announce, on screen and to ``toeline pair``, where tablets reach the station."""
    if rights is None:
        return
    from edge.serve.access.addresses import is_loopback, reachable_host
    from edge.serve.binding import base_url

    host = reachable_host(serve.listen, serve.name)
    url = base_url(host, serve.port, secure=bool(serve.certificate))
    if serve.trusted_proxies and serve.name:
        # The proxy's own address, as in deploy/.
        url = f"https://{serve.name}/"
    _publish(rights, url)
    typer.echo(f"Paired tablets reach it at {url}; pair them with `toeline pair`")
    if url.startswith("http:") and not is_loopback(host):
        typer.echo("without TLS, anyone on this network can read the traffic; see `toeline certs`")


def run_without_page(src: str, settings: Settings, *, loop: bool, wait: bool = False) -> None:
    """Run headless: record, and write each stride to standard output."""
    from edge.capture.source import open_source
    from edge.sinks.new_recorder import new_recorder
    from edge.sinks.stride_csv import StrideCsv
    from edge.station.plugins import plugin_sinks
    from edge.station.runtime import run_headless

    _keep_private()
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


def open_browser(url: str) -> None:
    """Open the page in a browser if there is one; the address is printed either way."""

    def open_it() -> None:
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(url)

    # A console browser would block this thread, which serves the page.
    threading.Thread(target=open_it, name="browser", daemon=True).start()
