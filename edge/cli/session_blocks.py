"""``toeline sessions blocks``: the blocks of a recorded session, and cutting it into them."""

import json
from typing import Annotated, Any

import typer

from edge.cli.output import USAGE, fail
from edge.cli.session_options import JsonOption, NameArgument, opened_store
from edge.record.numbers import number

CutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--cut",
        metavar="FROM-TO=KIND",
        help="Add a block, seconds from the start: 0-60=baseline, 75-195=cue:sit_back. Repeatable.",
    ),
]
ClearOption = Annotated[
    bool, typer.Option("--clear", help="Remove the blocks that were cut by hand before.")
]


def blocks(
    name: NameArgument,
    cut: CutOption = None,
    *,
    clear: ClearOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show the blocks of a session, or cut it into blocks afterwards."""
    from edge.record.block_cuts import CutError, cut_session, parse_cut, recut_session
    from edge.record.visits import blocks_of

    with opened_store() as store:
        session = store.session(name)
        try:
            cuts = [parse_cut(text) for text in cut or ()]
            if clear:
                recut_session(store, session, cuts, "command")
            elif cuts:
                cut_session(store, session, cuts, "command")
        except CutError as error:
            fail(str(error), USAGE)
        found = [_told(block, session.origin_s) for block in blocks_of(store, session)]
        if as_json:
            typer.echo(json.dumps(found))
            return
        for line in map(_line, found):
            typer.echo(line)
        if not found:
            typer.echo("no blocks; add some with --cut", err=True)


def _told(block: Any, origin_s: float) -> dict[str, Any]:
    return {
        "step": block.step,
        "kind": block.kind.value,
        "cue": block.cue,
        "side": None if block.side is None else block.side.value,
        "from_s": number(block.start_s - origin_s),
        "to_s": number(block.end_s - origin_s),
        "belt_speed_mps": number(block.speed_mps),
        "feedback_pct": number(block.feedback_pct),
        "state": block.state.value,
        "split": block.split,
    }


def _line(block: dict[str, Any]) -> str:
    to_s = "..." if block["to_s"] is None else f"{block['to_s']:.1f}"
    cells = (
        f"{block['from_s']:.1f} to {to_s} s",
        block["step"],
        block["cue"],
        block["side"] or "",
        block["state"],
        block["split"],
    )
    return (
        f"{cells[0]:22} {cells[1]:16} {cells[2]:10} {cells[3]:6} {cells[4]:9} {cells[5]}".rstrip()
    )
