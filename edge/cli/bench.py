"""The ``toeline bench`` command: arguments and output files."""

from pathlib import Path
from typing import Annotated

import typer

from edge.cli.output import check_json_path, fail, one_sentence, write_json
from edge.settings import paths


def bench(
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="DIR", help="Write them to a file named after the machine."),
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Interleaved rounds.")] = 3,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="lite, full or heavy; repeatable. [default: full]"),
    ] = None,
    clip: Annotated[
        Path | None, typer.Option("--clip", metavar="FILE", help="Recording to use.")
    ] = None,
    frames: Annotated[int, typer.Option("--frames", min=2, help="Frames to use.")] = 240,
    threads: Annotated[
        int,
        typer.Option(
            "--threads", min=0, max=64, help="Threads of the pose model; 0 as in the station."
        ),
    ] = 0,
    peer: Annotated[
        Path | None,
        typer.Option(
            "--peer", metavar="PYTHON", help="Python with mediapipe installed, for comparison."
        ),
    ] = None,
    *,
    startup: Annotated[
        bool, typer.Option("--startup", help="Also time the station's start, in each round.")
    ] = False,
) -> None:
    """Measure the speed of each stage and of the whole pipeline on this machine."""
    from edge.offline.bench.bench_run import Plan, run_bench
    from edge.offline.bench.peer import COMPLEXITY, PeerError, find_peer
    from edge.offline.bench.report import slug, table
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
