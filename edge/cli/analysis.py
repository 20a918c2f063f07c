"""The work of ``toeline analyze``, after its arguments are parsed."""

import contextlib
import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from edge.cli.output import INTERRUPTED, USAGE, fail, print_path, progress_bar, say
from edge.cli.rig import new_rig
from edge.i18n.notices import english_notice
from edge.messages.plain_text import escaped
from edge.settings.settings import Settings
from edge.settings.version import version
from edge.station.signals import stopped_by_signals

if TYPE_CHECKING:
    from edge.offline.analyze import Analysis
    from edge.pipeline import Pipeline


def check_recordings(files: list[str]) -> list[str]:
    """Return the files' paths; exit with an error if they cannot be analysed together."""
    from edge.capture.kind import file_path, shown
    from edge.capture.source import is_live
    from edge.offline.result_names import shared_names

    for file in filter(is_live, files):
        fail(f"{shown(file)} is live, not a recording; use `toeline run`", USAGE)
    recordings = [file_path(file) for file in files]
    for name in shared_names(recordings):
        fail(f"two files would write to the same result folder {name}", USAGE)
    return recordings


def analyze_all(
    files: list[str], out: Path, settings: Settings, *, as_json: bool, resume: bool = False
) -> bool:
    """Return whether every file was read to its end; ``resume`` skips finished files."""
    if resume:
        from edge.offline.analyze import analyzed
        from edge.offline.result_names import result_name

        done = [f for f in files if analyzed(f, out / result_name(f), settings, version=version())]
        for file in done:
            say(f"{file} is already done")
        files = [file for file in files if file not in done]
        if not files:
            return True
    rig = new_rig(settings, live=False)
    for notice in rig.notices:
        say(english_notice(notice))
    stop = threading.Event()
    whole = []
    with stopped_by_signals(stop.set), contextlib.closing(rig.sensors):
        for file in files:
            whole.append(_analyze_one(file, out, settings, rig.pipeline, stop, as_json=as_json))
            if stop.is_set():
                say("interrupted; results so far are kept")
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
    from edge.offline.result_names import result_name

    try:
        with progress_bar(escaped(Path(file).name), "frames") as progress:
            result: Analysis = analyze_file(
                file,
                out / result_name(file),
                pipeline,
                settings,
                version=version(),
                progress=progress,
                stopped=stop.is_set,
            )
    except CaptureError as error:
        say(str(error))
        return False
    for notice in result.notices:
        # Those of the pipeline itself were told before the first file.
        if notice not in pipeline.notices:
            say(f"{file}: {english_notice(notice)}")
    if as_json:
        typer.echo(json.dumps(result.session, allow_nan=False))
    else:
        print_path(result.folder)
    if result.failure:
        say(f"{file}: {result.failure}")
    return not result.failure
