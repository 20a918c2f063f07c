"""The work of ``toeline analyze``, after its arguments are parsed."""

import contextlib
import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from edge.cli.output import INTERRUPTED, USAGE, fail, print_path, progress_bar, say
from edge.cli.rig import new_rig
from edge.i18n.notices import english_notice
from edge.i18n.word_catalogue import DEFAULT, load
from edge.messages.plain_text import escaped
from edge.settings.settings import Settings
from edge.settings.version import version
from edge.station.signals import stopped_by_signals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.messages.raises import ExercisePlan
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
    files: list[str],
    out: Path,
    settings: Settings,
    *,
    as_json: bool,
    resume: bool = False,
    calf_raise: "ExercisePlan | None" = None,
) -> bool:
    """Return whether every file was read to its end; ``resume`` skips finished files."""
    if resume:
        from edge.offline.analyze import analyzed
        from edge.offline.result_names import result_name

        done = [
            file
            for file in files
            if analyzed(
                file,
                out / result_name(file),
                settings,
                version=version(),
                calf_raise=calf_raise,
            )
        ]
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
            done_whole = _analyze_one(
                file, out, settings, rig.pipeline, stop, as_json=as_json, calf_raise=calf_raise
            )
            whole.append(done_whole)
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
    calf_raise: "ExercisePlan | None",
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
                calf_raise=calf_raise,
            )
    except CaptureError as error:
        say(str(error))
        return False
    for notice in result.notices:
        # Those of the pipeline itself were told before the first file.
        if notice not in pipeline.notices:
            say(f"{file}: {english_notice(notice)}")
    if calf_raise is not None:
        _say_raises(file, result.session)
    if as_json:
        typer.echo(json.dumps(result.session, allow_nan=False))
    else:
        print_path(result.folder)
    if result.failure:
        say(f"{file}: {result.failure}")
    return not result.failure


def _say_raises(file: str, session: "Mapping[str, Any]") -> None:
    """Print one line a set of calf raises, or why there is none."""
    words = load(DEFAULT)
    if session.get("calf_raise") is None:
        why = words.text(f"raise.{session.get('calf_raise_reason', 'no_runner')}")
        say(f"{file}: no calf raises counted. {why}")
        return
    for done in session["calf_raise_sets"]:
        say(
            f"{file}: {done['side']} leg, {done['full']} full raises, {done['partial']} partial, "
            f"{done['failed']} too low; full height {done['height_cm']['full']:.1f} cm, "
            f"to within {done['height_cm']['error95']:.1f} cm"
        )
