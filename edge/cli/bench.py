"""The ``toeline bench`` command: its arguments, and where its figures go."""

from pathlib import Path
from typing import Annotated

import typer

from edge.cli.commands import check_json_path, fail, one_sentence, write_json
from edge.settings import paths


def bench(
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="DIR", help="The same, into a file named for the machine."),
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Rounds to interleave.")] = 3,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="lite, full or heavy; may be repeated. [default: full]"),
    ] = None,
    clip: Annotated[
        Path | None, typer.Option("--clip", metavar="FILE", help="A recording of your own.")
    ] = None,
    frames: Annotated[int, typer.Option("--frames", min=2, help="Frames of it.")] = 240,
    threads: Annotated[
        int, typer.Option("--threads", min=0, max=64, help="Of the pose model; 0 as the station.")
    ] = 0,
    peer: Annotated[
        Path | None,
        typer.Option("--peer", metavar="PYTHON", help="A Python with mediapipe, to compare with."),
    ] = None,
    *,
    startup: Annotated[
        bool, typer.Option("--startup", help="Also start the station, in each round.")
    ] = False,
) -> None:
    """Measure the speed of every stage and of the whole on this machine."""
    from edge.offline.bench.peer import COMPLEXITY, PeerError, find_peer
    from edge.offline.bench.report import slug, table
    from edge.offline.bench.run import Plan, run_bench
    from edge.offline.bench.startup import StartupError

    for name in model or ():
        if name not in COMPLEXITY:
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(COMPLEXITY)}")
    if json_out is not None:
        check_json_path(json_out)
    plan = Plan(
        models=paths.models_dir(),
        sizes=tuple(model or ["full"]),
        rounds=rounds,
        clip=clip or paths.demo_clip(),
        frames=frames,
        threads=threads,
        peer=peer or find_peer(),
        startup=startup,
        progress=lambda what: typer.echo(what, err=True),
    )
    with one_sentence():
        try:
            report = run_bench(plan)
        except (PeerError, StartupError) as error:
            fail(str(error))
    if json_out is not None:
        write_json(json_out, report)
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        write_json(save / f"{slug(report['machine'])}.json", report)
    typer.echo(table(report))
