"""The ``toeline`` command: arguments, logging, and one sentence for each error."""

import os
import re
import sys
from typing import Annotated

import typer

from edge.capture.kind import shown
from edge.capture.source import is_live, known_forms
from edge.cli.access import certs, pair, with_tls
from edge.cli.analyze import analyze
from edge.cli.bench import bench
from edge.cli.config import ConfigOption, SetOption, config_app, settings_from
from edge.cli.evaluate import evaluate_app
from edge.cli.file_rate import RateOption, at_rate
from edge.cli.models import models_app
from edge.cli.out_of_memory import NO_MEMORY, is_out_of_memory
from edge.cli.output import FAILED, INTERRUPTED, USAGE, fail, one_sentence, say
from edge.cli.plugins import plugins_app
from edge.cli.runners import runner_app
from edge.cli.sessions import sessions_app
from edge.cli.station import examine_machine, open_browser, run_without_page, serve_station
from edge.cli.visit_templates import visit_app
from edge.messages.errors import ToelineError
from edge.settings import paths
from edge.settings.changed_settings import with_serve
from edge.settings.settings import Settings
from edge.settings.version import version
from edge.station.log_lines import LogFormat, log_to_stderr

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Toeline: a running-form station for the treadmill.",
)
app.add_typer(models_app, name="models")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(sessions_app, name="sessions")
app.add_typer(runner_app, name="runner")
app.add_typer(config_app, name="config")
app.add_typer(plugins_app, name="plugins")
app.add_typer(visit_app, name="visit")
app.command()(analyze)
app.command()(bench)
app.command()(pair)
app.command()(certs)

# A password in an address or a GStreamer pipeline, or a token in an address.
_SECRET = re.compile(
    r"\b[a-z]+:/*[^/\s:@]*:[^/\s]*@|://[^/\s]*:[^/\s]*[^/\s\d][^/\s]*/\S*@"
    r"|\buser-pw=|://\S*[?&](token|pass\w*|pwd|auth)=",
    re.IGNORECASE,
)
_NO_SECRET = (
    "everybody on this machine can read a password on the command line: put USER:PASSWORD into a "
    "file of mode 600 and name it in the setting capture.credentials, or give the source in the "
    "environment variable TOELINE_SOURCE"
)


PortOption = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Port to serve on. [default: 8765]")
]


def main() -> None:
    """Run the command; print any error as one sentence on stderr and exit with a code."""
    # Must be set before onnxruntime is first imported, wherever that happens.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    if any(map(_SECRET.search, sys.argv[1:])):
        typer.echo(f"toeline: {_NO_SECRET}", err=True)
        sys.exit(USAGE)
    try:
        code = app(prog_name="toeline", standalone_mode=False)
    except typer.TyperException as error:
        code = _misused(error)
    except ToelineError as error:
        say(str(error))
        code = FAILED
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        say(NO_MEMORY)
        code = FAILED
    if code == INTERRUPTED:
        typer.echo("toeline: interrupted", err=True)
    sys.exit(code if isinstance(code, int) else 0)


def _misused(error: typer.TyperException) -> int:
    """Report what is wrong with the arguments; without any, typer has already shown the help."""
    if said := " ".join(error.format_message().split()):
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "toeline"
        say(f"{said.rstrip('.')}; see `{command} --help`{_dashed_file()}")
    return error.exit_code


def _dashed_file() -> str:
    """Return a hint if a file's name was taken for an option."""
    names = (name for name in sys.argv[1:] if name.startswith("-") and os.path.lexists(name))
    return next((f"; for the file {name} write ./{name}" for name in names), "")


@app.callback(invoke_without_command=True)
def _root(
    *,
    show_version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if show_version:
        typer.echo(f"toeline {version()}")
        raise typer.Exit


@app.command()
def demo(
    port: PortOption = None,
    *,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
) -> None:
    """Run the whole station on the bundled clip in a loop, on this machine only."""
    log_to_stderr()
    settings = _with_address(Settings(), None, port)
    with one_sentence():
        serve_station(
            str(paths.demo_clip()),
            settings,
            loop=True,
            record=False,
            opened=None if no_browser else open_browser,
        )


@app.command()
def run(
    source: Annotated[
        str,
        typer.Option(
            "--source",
            metavar="SRC",
            envvar="TOELINE_SOURCE",
            help=f"One of: {known_forms()}.",
        ),
    ],
    listen: Annotated[
        str | None,
        typer.Option(
            "--listen",
            metavar="ADDR",
            help="Address to serve on, such as 0.0.0.0; other devices must be paired.",
        ),
    ] = None,
    port: PortOption = None,
    certificate: Annotated[
        str | None,
        typer.Option("--certificate", metavar="FILE", help="TLS certificate; needs --key."),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="FILE", help="Private key of the certificate.")
    ] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    log: Annotated[
        LogFormat, typer.Option("--log", help="Plain log lines, or JSON for journald.")
    ] = LogFormat.TEXT,
    rate: RateOption = None,
    *,
    tls: Annotated[
        bool, typer.Option("--tls", help="Use the certificate made by `toeline certs`.")
    ] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Restart a file at its end.")] = False,
    headless: Annotated[
        bool, typer.Option("--headless", help="Record and log without serving the page.")
    ] = False,
    wait_for_camera: Annotated[
        bool,
        typer.Option("--wait-for-camera", help="Start without the camera and wait for it."),
    ] = False,
) -> None:
    """Run the live station; with --headless, write strides to standard output as CSV."""
    log_to_stderr(log)
    settings = _with_address(settings_from(config, set_), listen, port)
    settings = with_tls(settings, certificate, key, own=tls)
    if rate is not None and is_live(source):
        fail(f"--rate is for files, and {shown(source)} is live; set capture.fps", USAGE)
    settings = at_rate(settings, rate)
    with one_sentence():
        if headless:
            run_without_page(source, settings, loop=loop, wait=wait_for_camera)
        else:
            serve_station(
                source, settings, loop=loop, record=True, opened=None, wait=wait_for_camera
            )


@app.command()
def doctor(
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="SRC", help="Also watch this camera for a few seconds."),
    ] = None,
    listen: Annotated[
        str | None, typer.Option("--listen", metavar="ADDR", help="Address to serve on.")
    ] = None,
    port: PortOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
) -> None:
    """Check whether this machine is ready: one line per subject, an error if it is not."""
    settings = _with_address(settings_from(config, set_), listen, port)
    with one_sentence():
        examine_machine(settings, source)


def _with_address(settings: Settings, listen: str | None, port: int | None) -> Settings:
    changes = {"listen": listen, "port": port}
    return with_serve(settings, **{k: v for k, v in changes.items() if v is not None})
