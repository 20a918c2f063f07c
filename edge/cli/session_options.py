"""Options and steps that several of the ``toeline sessions`` commands share."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from edge.cli.output import FAILED, INTERRUPTED, USAGE, fail, one_sentence
from edge.settings import paths

if TYPE_CHECKING:
    from edge.record.store import Store
    from edge.record.stored_session import StoredSession

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="SESSION",
        help="Name, the start of a name, or `last`; see `toeline sessions list`.",
    ),
]
NamesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SESSION]...", help="Names, starts of names, or `last`."),
]
AllOption = Annotated[bool, typer.Option("--all", help="Every session.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON to standard output.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@contextmanager
def opened_store() -> Iterator["Store"]:
    """Open the store; its errors end the command with one sentence."""
    # Imported here and below: loading the store takes longer than all of `toeline --help`.
    from edge.record.store import Store

    with one_sentence(), Store(paths.data_dir(), create=False) as store:
        yield store


def chosen(store: "Store", names: list[str] | None, *, all_: bool) -> "list[StoredSession]":
    """Return the sessions of these names, or all, the oldest first."""
    if bool(names) == all_:
        fail("give the names of sessions, or --all", USAGE)
    return store.sessions()[::-1] if all_ else [store.session(name) for name in names or []]


def interrupted() -> None:
    """End the command after a signal."""
    typer.echo("toeline: interrupted; repeat the command to finish", err=True)
    sys.exit(INTERRUPTED)


def confirm(what: str, *, yes: bool) -> None:
    """Ask before something that cannot be undone; end the command if the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail(f"to {what}, add --yes", USAGE)
    if not typer.confirm(f"{what}?"):
        raise typer.Exit(FAILED)
