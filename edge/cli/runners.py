"""``toeline runner``: everything that was recorded of one person."""

from typing import Annotated

import typer

from edge.cli.session_options import YesOption, confirm, opened_store


def merge(
    from_: Annotated[str, typer.Argument(metavar="FROM", help="The pseudonym given by mistake.")],
    into: Annotated[str, typer.Argument(metavar="INTO", help="The pseudonym that stays.")],
    *,
    yes: YesOption = False,
) -> None:
    """Give all sessions of one pseudonym to another; each change is in the audit."""
    from edge.record import whose

    with opened_store() as store:
        count = len(store.sessions(runner=from_)) if from_ else 0
        if count and from_ != into:
            confirm(f"give {count} session(s) of {from_} to {into}", yes=yes)
        for name in whose.merge(store, from_, into, "command"):
            typer.echo(f"{name} is {into}'s now")


runner_app = typer.Typer(no_args_is_help=True, help="All of one person.")


@runner_app.callback()
def _runner() -> None:
    """Take the name of a command even while there is one only."""


runner_app.command("merge")(merge)
