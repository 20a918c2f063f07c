"""The command that analyses recordings."""

from enum import StrEnum
from math import nan
from pathlib import Path
from typing import Annotated

import typer

from edge.cli.analysis import analyze_all, check_recordings
from edge.cli.config import ConfigOption, SetOption, settings_from
from edge.cli.file_rate import RateOption, at_rate
from edge.cli.models import Model
from edge.cli.output import FAILED, USAGE, fail, one_sentence
from edge.messages.errors import SettingsError
from edge.messages.raises import ExercisePlan
from edge.messages.side import Side
from edge.settings import paths
from edge.settings.changed_settings import with_gait, with_pose
from edge.settings.settings import Settings


class ExerciseChoice(StrEnum):
    """What the person in a recording does."""

    RUN = "run"
    CALF_RAISE = "calf_raise"


class FacingChoice(StrEnum):
    """Which way the runner runs in the picture."""

    AUTO = "auto"
    LEFT = "left"
    RIGHT = "right"


def analyze(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Recordings.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Output folder.")],
    model: Annotated[Model | None, typer.Option("--model", help="Size of the pose model.")] = None,
    facing: Annotated[
        FacingChoice | None, typer.Option("--facing", help="Which way the runner runs.")
    ] = None,
    speed: Annotated[
        float | None, typer.Option("--speed", metavar="M_S", help="Belt speed in m/s.")
    ] = None,
    incline: Annotated[
        float | None,
        typer.Option(
            "--incline", metavar="PCT", help="Incline in %; no verdicts are given above 2."
        ),
    ] = None,
    rate: RateOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    exercise: Annotated[
        ExerciseChoice,
        typer.Option("--exercise", help="What the person does; calf_raise writes raises.csv, too."),
    ] = ExerciseChoice.RUN,
    leg: Annotated[
        FacingChoice,
        typer.Option("--leg", help="Calf raises: the leg tested; auto takes the nearer one."),
    ] = FacingChoice.AUTO,
    stature: Annotated[
        float | None,
        typer.Option(
            "--stature", metavar="M", min=0.8, max=2.4, help="Calf raises: the person's height."
        ),
    ] = None,
    mass: Annotated[
        float | None,
        typer.Option(
            "--mass", metavar="KG", min=15, max=300, help="Calf raises: body mass, for the work."
        ),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print each session.json to standard output.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Skip files already analysed by this version and settings."),
    ] = False,
) -> None:
    """Run the live pipeline over recordings; write one result folder per file."""
    settings = _analysis_settings(settings_from(config, set_), model, facing, speed, incline)
    settings = at_rate(settings, rate)
    raising = exercise is ExerciseChoice.CALF_RAISE
    plan = _raise_plan(leg, stature, mass) if raising else None
    with one_sentence():
        recordings = check_recordings(files)
        if not analyze_all(
            recordings,
            paths.expanded(out),
            settings,
            as_json=as_json,
            resume=resume,
            calf_raise=plan,
        ):
            raise typer.Exit(FAILED)


def _raise_plan(leg: FacingChoice, stature_m: float | None, mass_kg: float | None) -> ExercisePlan:
    """Return the plan of calf raises in a recording, which go on to its end."""
    return ExercisePlan(
        side=None if leg is FacingChoice.AUTO else Side(leg.value),
        stature_m=nan if stature_m is None else stature_m,
        mass_kg=nan if mass_kg is None else mass_kg,
        target=0,
    )


def _analysis_settings(
    settings: Settings,
    model: Model | None,
    facing: FacingChoice | None,
    speed: float | None,
    incline: float | None,
) -> Settings:
    gait = {
        "facing": None if facing is None else str(facing),
        "belt_speed_mps": speed,
        "incline_pct": incline,
    }
    try:
        settings = with_gait(settings, **{k: v for k, v in gait.items() if v is not None})
        return settings if model is None else with_pose(settings, model=str(model))
    except SettingsError as error:
        fail(str(error), USAGE)
