"""HTTP routes of the blocks of a recorded session."""

from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from edge.messages.visit import BLOCK_KINDS, StepKind
from edge.record.block_cuts import Cut
from edge.serve.routes import REFUSALS, Anyone, Operator, Said
from edge.serve.sessions.archive import Archive, CutRefusedError, KeptBlock
from edge.serve.sessions.session_routes import BUSY, MISSING, Name, archive_of, refusals

_MOST_CUTS = 40
Second = Annotated[float, Field(ge=0, le=1e6)]


class CutAsked(BaseModel):
    """A stretch of the session, seconds from its first frame; ``cue`` only in a block ``cue``."""

    model_config = ConfigDict(extra="forbid")

    from_s: Second
    to_s: Second
    kind: StepKind
    cue: Annotated[str, Field(max_length=32)] = ""


class Cuts(BaseModel):
    """The stretches to cut the session into, in place of those that were cut by hand before."""

    model_config = ConfigDict(extra="forbid")

    blocks: Annotated[list[CutAsked], Field(max_length=_MOST_CUTS)]


def block_routes(archive: Archive | None) -> APIRouter:
    """Return the routes of the blocks of sessions."""
    routes = APIRouter(prefix="/api/sessions", responses=REFUSALS)

    @routes.get("/{name}/blocks", summary="The blocks of a session", responses=MISSING)
    def blocks(name: Name, asking: Anyone) -> list[KeptBlock]:
        with refusals():
            return archive_of(archive).blocks(asking.who, name)

    @routes.put(
        "/{name}/blocks",
        summary="Cut a session into blocks afterwards; those of its visit stay",
        responses=MISSING | BUSY | {422: {"model": Said, "description": "A cut does not fit"}},
    )
    def cut(name: Name, cuts: Cuts, asking: Operator) -> list[KeptBlock]:
        asked = [Cut(**each.model_dump()) for each in cuts.blocks]
        if any(each.kind not in BLOCK_KINDS for each in asked):
            raise HTTPException(422, f"there are blocks {', '.join(BLOCK_KINDS)}")
        try:
            with refusals():
                return archive_of(archive).cut(asking.who, name, asked)
        except CutRefusedError as error:
            raise HTTPException(422, str(error)) from error

    return routes
