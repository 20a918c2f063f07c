"""``toeline models``: get, list and verify the pose models."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from edge.cli.config import ConfigOption, SetOption, settings_from
from edge.cli.output import FAILED, fail, one_sentence, say, say_progress
from edge.cli.rig import prewarm_model
from edge.settings import paths
from edge.settings.changed_settings import with_pose

models_app = typer.Typer(no_args_is_help=True, help="Get, list and verify the pose models.")


class Model(StrEnum):
    """The sizes of the pose model."""

    LITE = "lite"
    FULL = "full"
    HEAVY = "heavy"


@models_app.command("pull")
def models_pull(
    model: Annotated[
        list[Model] | None, typer.Option("--model", help="Which; may be repeated. [default: full]")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="DIR", help="Read them from this folder instead of the network."
        ),
    ] = None,
) -> None:
    """Download the pose models, verify them and convert them to ONNX."""
    from edge.pose.store import model_store

    names = tuple(str(m) for m in model or [Model.FULL])
    with one_sentence():
        pulled = model_store.pull(paths.models_dir(), names, source, say_progress)
    for path in pulled:
        typer.echo(path)


@models_app.command("list")
def models_list() -> None:
    """List every model: state, size, licence and file."""
    from edge.pose.store import model_store

    with one_sentence():
        for status in model_store.inventory(paths.models_dir()):
            megabytes = status.onnx_bytes / 1e6
            typer.echo(
                f"{status.name:9} {status.state:8} {megabytes:6.1f} MB  {status.licence}  "
                f"{status.path}"
            )


@models_app.command("prewarm")
def models_prewarm(
    model: Annotated[
        list[Model] | None, typer.Option("--model", help="Which; may be repeated. [default: full]")
    ] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
) -> None:
    """Build this machine's cache of the models, so that the station starts quickly."""
    settings = settings_from(config, set_)
    with one_sentence():
        for name in model or [Model.FULL]:
            prewarm_model(with_pose(settings, model=str(name)))


@models_app.command("verify")
def models_verify(
    model: Annotated[
        list[Model] | None, typer.Option("--model", help="Which; may be repeated. [default: full]")
    ] = None,
) -> None:
    """Verify the models' checksums, and those of this machine's cache of them."""
    from edge.pose.runtime.graph_cache import FOLDER, altered_graphs
    from edge.pose.store import model_store

    altered = []
    with one_sentence():
        for name in (model_store.DETECTOR, *(str(m) for m in model or [Model.FULL])):
            path = model_store.verify(paths.models_dir(), name)
            try:
                altered += altered_graphs(paths.models_dir() / FOLDER, path)
            except OSError as error:
                fail(f"cannot verify the cache of {path}: {error.strerror}")
            typer.echo(f"{name} is intact")
    for path in altered:
        say(f"{path} was altered: it is removed, and the next start rebuilds it")
    if altered:
        raise typer.Exit(FAILED)
