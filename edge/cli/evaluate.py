"""The ``toeline evaluate`` commands: arguments and printed output."""

from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from edge.cli.output import USAGE, check_json_path, fail, one_sentence, progress_bar, write_json
from edge.settings import paths
from edge.settings.pose_settings import PoseSettings
from edge.settings.settings import Settings

evaluate_app = typer.Typer(no_args_is_help=True, help="Compare results with ground truth.")

JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
]
JobsOption = Annotated[
    int, typer.Option("--jobs", min=0, help="Parallel jobs.", show_default="one per core")
]
ModelOption = Annotated[
    Literal["lite", "full", "heavy"], typer.Option("--model", help="Size of the pose model.")
]
ClipsOption = Annotated[
    str, typer.Option("--clips", metavar="NAME,NAME...", help="Only these.", show_default="all")
]
ScatterOption = Annotated[
    Path | None,
    typer.Option("--scatter", metavar="OUT.svg", help="Plot each clip's error against its score."),
]


@evaluate_app.command("keypoints")
def evaluate_keypoints(
    file: Annotated[Path, typer.Argument(metavar="FILE.npz", help="Marker trials.")],
    fps: Annotated[float, typer.Option("--fps", min=10, max=240, help="Frames per second.")] = 60,
    noise_mm: Annotated[
        float,
        typer.Option(
            "--noise-mm",
            min=0,
            max=200,
            help="White noise, plus as much noise that persists for 60 ms.",
        ),
    ] = 5,
    swap_pct: Annotated[
        float,
        typer.Option("--swap-pct", min=0, max=50, help="Frames with legs swapped, in bursts."),
    ] = 0,
    merge_pct: Annotated[
        float,
        typer.Option(
            "--merge-pct",
            min=0,
            max=100,
            help="Crossings with both legs' points on one leg; the pose model: about 40.",
        ),
    ] = 0,
    drop_pct: Annotated[
        float, typer.Option("--drop-pct", min=0, max=90, help="Dropped frames.")
    ] = 0,
    roll_deg: Annotated[
        float, typer.Option("--roll-deg", min=-45, max=45, help="Camera roll, + is clockwise.")
    ] = 0,
    distance_m: Annotated[
        float, typer.Option("--distance-m", min=1, max=50, help="Camera to runner.")
    ] = 3.5,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Random seed.")] = 1,
    seconds: Annotated[
        float, typer.Option("--seconds", min=4, help="Seconds of each trial to use.")
    ] = 30,
    trials: Annotated[
        str,
        typer.Option("--trials", metavar="KEY,KEY...", help="Only these.", show_default="all"),
    ] = "",
    jobs: JobsOption = 0,
    json_out: JsonOption = None,
) -> None:
    """Compare with force plates: marker trials, seen by a simulated camera beside the belt."""
    from edge.offline.evaluate.flaws import Flaws
    from edge.offline.evaluate.keypoint_run import KeypointRun
    from edge.offline.evaluate.keypoints import evaluate_keypoints as evaluate
    from edge.offline.evaluate.side_camera import SideCamera

    # A range check passes "nan", since no comparison with it is true.
    if not all(
        map(isfinite, (fps, noise_mm, swap_pct, merge_pct, drop_pct, roll_deg, distance_m, seconds))
    ):
        fail("every number must be finite", USAGE)
    run = KeypointRun(
        camera=SideCamera(frame_rate_hz=fps, distance_m=distance_m, roll_deg=roll_deg),
        flaws=Flaws(noise_mm=noise_mm, swap_pct=swap_pct, merge_pct=merge_pct, drop_pct=drop_pct),
        seed=seed,
        seconds=seconds,
        trials=_names(trials),
    )
    _check_paths(json_out)
    with one_sentence(), progress_bar(file.name, "trials") as progress:
        report = evaluate(file, run, progress, jobs)
    _print_report(report, json_out)


@evaluate_app.command("clips")
def evaluate_clips(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Folders of NAME.mp4, NAME.truth.json.")
    ],
    model: ModelOption = "full",
    clips: ClipsOption = "",
    jobs: JobsOption = 0,
    json_out: JsonOption = None,
    scatter: ScatterOption = None,
    *,
    spoil: Annotated[
        Literal["as-filmed", "half", "dark", "half-rate"],
        typer.Option("--spoil", help="Show the clips so."),
    ] = "as-filmed",
    raw: Annotated[
        bool, typer.Option("--raw", help="Use the pose model's left and right, uncorrected.")
    ] = False,
) -> None:
    """Compare with rendered clips, whose ground truth is exact, through the real pose model."""
    from edge.offline.evaluate.clips import ClipRun
    from edge.offline.evaluate.clips import evaluate_clips as evaluate

    # One thread each: several clips in parallel use the cores better than one clip's networks.
    settings = replace(Settings(), pose=PoseSettings(model=model, threads=1))
    run = ClipRun(
        settings=settings, models=paths.models_dir(), raw=raw, names=_names(clips), way=spoil
    )
    _check_paths(json_out, scatter)
    with one_sentence(), progress_bar("clips", "clips") as progress:
        report = evaluate(tuple(folders), run, progress, jobs)
    _draw(report, scatter)
    _print_report(report, json_out)


@evaluate_app.command("real")
def evaluate_real(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of films and their labels.json.")
    ],
    model: ModelOption = "full",
    clips: ClipsOption = "",
    spoil: Annotated[
        Literal["as-filmed", "mirrored", "half", "dark", "half-rate"],
        typer.Option("--spoil", help="Show the films so."),
    ] = "as-filmed",
    jobs: JobsOption = 0,
    json_out: JsonOption = None,
    scatter: ScatterOption = None,
) -> None:
    """Compare with films of real runners, labelled by eye."""
    from edge.offline.evaluate.real.real_report import evaluate_real as evaluate
    from edge.offline.evaluate.real.real_run import RealRun
    from edge.offline.evaluate.real.real_text import real_text

    settings = replace(Settings(), pose=PoseSettings(model=model, threads=1))
    run = RealRun(settings=settings, models=paths.models_dir(), way=spoil, names=_names(clips))
    _check_paths(json_out, scatter)
    with one_sentence(), progress_bar("clips", "clips") as progress:
        report = evaluate(folder, run, progress, jobs)
    if json_out is not None:
        write_json(json_out, report)
    _draw(report, scatter)
    typer.echo(real_text(report))


def _check_paths(*outputs: Path | None) -> None:
    for path in outputs:
        if path is not None:
            check_json_path(path)


def _draw(report: dict[str, Any], scatter: Path | None) -> None:
    from edge.offline.evaluate.score_agreement import plot_scores

    if scatter is not None:
        with one_sentence():
            plot_scores({"clips": report["score"]}, scatter)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _print_report(report: dict[str, Any], json_out: Path | None) -> None:
    from edge.offline.evaluate.accuracy_tables import as_text

    if json_out is not None:
        write_json(json_out, report)
    typer.echo(as_text(report))
