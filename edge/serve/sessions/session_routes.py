"""HTTP routes of the recorded sessions: list, compare, report, export, delete."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from edge.export.formats import Format
from edge.i18n.word_catalogue import DEFAULT, languages
from edge.messages import pseudonym
from edge.serve.routes import FRAMES, REFUSALS, REPLAY_S, Anyone, Operator, Said
from edge.serve.sessions.archive import (
    Archive,
    ArchiveError,
    BeingRecordedError,
    Comparison,
    CutRefusedError,
    ExperimentFormat,
    GivenOut,
    KeptSession,
    Made,
    NoSuchSessionError,
    ReportFormat,
)
from edge.serve.sessions.recorded_frames import LONGEST_S

MOST_VISITS: Final = 4
_BEFORE_AND_AFTER: Final = 2
# A station that has been up for more than a year still tells its capture time.
_MOST_S: Final = 1e8
_SEND_LIMIT_S: Final = 600.0
# The names made by edge/record/session_log.py; this pattern prevents path traversal.
_NAME: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}Z(-[0-9]{1,4})?$"
MISSING: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": Said, "description": "No such session"}
}
BUSY: Final[dict[int | str, dict[str, Any]]] = {
    409: {"model": Said, "description": "It is being recorded"}
}
_RUNNER: Final = f"{pseudonym.PATTERN}$"
_TYPES: Final = {
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".json": "application/json",
    ".zip": "application/zip",
    ".frames": FRAMES,
}
_OTHER_TYPE: Final = "application/octet-stream"
# A report has inline styles only; nothing in it may run or be fetched.
_REPORT_POLICY: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Name = Annotated[str, Path(pattern=_NAME, description="As the list gives it")]
SessionName = Annotated[str, Query(pattern=_NAME)]
_Language = Annotated[str, Query(pattern="^[a-z]{2,3}$")]
_Paper = Annotated[ReportFormat, Query(alias="format")]
_Download = Annotated[bool, Query(description="To be kept, not opened")]
_PAPERS: Final = MISSING | {200: {"content": {_TYPES[f".{kind}"]: {} for kind in ReportFormat}}}
_Runner = Annotated[str, Query(max_length=32, description="Only this pseudonym's")]


class To(BaseModel):
    """Whose the sessions are from now on: a pseudonym, known or new."""

    model_config = ConfigDict(extra="forbid")

    runner: Annotated[str, Field(pattern=_RUNNER, max_length=pseudonym.MOST)]


class Remains(BaseModel):
    """Damaged stores that were moved aside and may still hold rows of what was deleted."""

    damaged_stores: list[str]


class Changed(BaseModel):
    """The names of the sessions that were another's or nobody's before."""

    sessions: list[str]


def archive_routes(archive: Archive | None) -> APIRouter:
    """Return the routes of the recorded sessions; without an archive the list is empty."""
    routes = APIRouter(prefix="/api/sessions", responses=REFUSALS)
    _add_looking(routes, archive)
    _add_handing_out(routes, archive)
    _add_whose(routes, archive)
    return routes


def runner_routes(archive: Archive | None) -> APIRouter:
    """Return the route about all sessions of a runner."""
    routes = APIRouter(prefix="/api/runners", responses=REFUSALS)

    @routes.post(
        "/{runner}/merge",
        summary="Give all sessions of one pseudonym to another",
        responses=MISSING | BUSY,
    )
    def merge(runner: Annotated[str, Path(pattern=_RUNNER)], to: To, asking: Operator) -> Changed:
        with refusals():
            return Changed(sessions=archive_of(archive).merge(asking.who, runner, to.runner))

    return routes


def _add_whose(routes: APIRouter, archive: Archive | None) -> None:
    @routes.put("/{name}/runner", summary="Say whose a session is", responses=MISSING | BUSY)
    def assign(name: Name, to: To, asking: Operator) -> Changed:
        with refusals():
            return Changed(sessions=archive_of(archive).assign(asking.who, name, to.runner))


def _add_looking(routes: APIRouter, archive: Archive | None) -> None:
    @routes.get("", summary="The recorded sessions, the newest first")
    def sessions(
        asking: Anyone,
        runner: _Runner = "",
        most: Annotated[int, Query(ge=1, le=500)] = 100,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> list[KeptSession]:
        if archive is None:
            return []
        with refusals():
            return archive.sessions(asking.who, runner=runner, most=most, skip=skip)

    @routes.get("/compare", summary="What changed between two sessions", responses=MISSING)
    def compare(asking: Anyone, one: SessionName, other: SessionName) -> Comparison:
        with refusals():
            return archive_of(archive).compared(asking.who, (one, other))

    @routes.delete(
        "/{name}",
        status_code=204,
        summary="Delete a session for good",
        response_model=None,
        responses=MISSING
        | BUSY
        | {200: {"model": Remains, "description": "Deleted, but damaged stores may hold its rows"}},
    )
    def delete(name: Name, asking: Operator) -> Response:
        with refusals():
            stores = archive_of(archive).delete(asking.who, name)
        if not stores:
            return Response(status_code=204)
        return JSONResponse(Remains(damaged_stores=stores).model_dump())


def _add_handing_out(routes: APIRouter, archive: Archive | None) -> None:
    @routes.get(
        "/report",
        summary="A report of one session, or of up to four visits, to be read and printed",
        response_class=FileResponse,
        responses=_PAPERS,
    )
    async def report(
        asking: Anyone,
        name: Annotated[
            list[Annotated[str, Query(pattern=_NAME)]],
            Query(min_length=1, max_length=MOST_VISITS),
        ],
        kind: _Paper = ReportFormat.HTML,
        language: _Language = DEFAULT,
        download: _Download = False,
    ) -> FileResponse:
        _known(language)
        made = await _made(lambda: archive_of(archive).report(asking.who, name, kind, language))
        return _Handed(made, "attachment" if download else "inline")

    @routes.get(
        "/{name}/experiment",
        summary="Which cue moved what: a visit's blocks against its baseline",
        response_class=FileResponse,
        responses=MISSING
        | {200: {"content": {_TYPES[f".{kind}"]: {} for kind in ExperimentFormat}}},
    )
    async def experiment(
        name: Name,
        asking: Anyone,
        kind: Annotated[ExperimentFormat, Query(alias="format")] = ExperimentFormat.JSON,
        language: _Language = DEFAULT,
    ) -> FileResponse:
        _known(language)
        made = await _made(lambda: archive_of(archive).experiment(asking.who, name, kind, language))
        return _Handed(made, "inline" if kind is ExperimentFormat.JSON else "attachment")

    @routes.get(
        "/document/{what}",
        summary="A patient sheet, or a letter to the referrer, on one session or two visits",
        response_class=FileResponse,
        responses=_PAPERS,
    )
    async def document(
        what: GivenOut,
        asking: Anyone,
        name: Annotated[
            list[Annotated[str, Query(pattern=_NAME)]],
            Query(min_length=1, max_length=_BEFORE_AND_AFTER),
        ],
        kind: _Paper = ReportFormat.HTML,
        language: _Language = DEFAULT,
        download: _Download = False,
    ) -> FileResponse:
        _known(language)
        made = await _made(
            lambda: archive_of(archive).document(asking.who, what, name, kind, language)
        )
        return _Handed(made, "attachment" if download else "inline")

    @routes.get(
        "/{name}/strides",
        summary="Begin, end and strides of the near leg, in capture time",
        response_class=FileResponse,
        responses=MISSING | {200: {"content": {_TYPES[".json"]: {}}}},
    )
    async def strides(name: Name, asking: Anyone) -> FileResponse:
        return _Handed(await _made(lambda: archive_of(archive).outline(asking.who, name)), "inline")

    @routes.get(
        "/{name}/frames",
        summary="A stretch of frames, as those of the replay in docs/wire.md",
        response_class=FileResponse,
        responses=MISSING | {200: {"content": {FRAMES: {}}}},
    )
    async def frames(
        name: Name,
        asking: Anyone,
        from_s: Annotated[float, Query(ge=0, le=_MOST_S, description="Capture time")],
        seconds: Annotated[float, Query(gt=0, le=LONGEST_S)] = REPLAY_S,
    ) -> FileResponse:
        made = await _made(
            lambda: archive_of(archive).frames(asking.who, name, from_s, from_s + seconds)
        )
        return _Handed(made, "inline")

    # Not GET: a link or a prefetch must not trigger an export.
    @routes.post(
        "/{name}/export",
        summary="A session as a file of another program",
        response_class=FileResponse,
        responses=MISSING
        | {200: {"content": {kind: {} for kind in (*_TYPES.values(), _OTHER_TYPE)}}},
    )
    async def export(
        name: Name,
        asking: Operator,
        kind: Annotated[Format, Query(alias="format")] = Format.FOLDER,
        leg_m: Annotated[float, Query(ge=0.3, le=1.5)] = 0.85,
    ) -> FileResponse:
        made = await _made(lambda: archive_of(archive).export(asking.who, name, kind, leg_m))
        return _Handed(made, "attachment")


class _Handed(FileResponse):
    """Response that sends a temporary file and always deletes it afterwards."""

    def __init__(self, made: Made, how: str) -> None:
        kind = _TYPES.get(PurePath(made.path).suffix, _OTHER_TYPE)
        super().__init__(
            made.path,
            media_type=kind,
            filename=made.path.name,
            content_disposition_type=how,
            headers={
                "Cache-Control": "no-store",
                "Content-Security-Policy": _REPORT_POLICY,
            },
        )
        self._discard = made.discard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file; drop a client that reads too slowly."""
        try:
            async with asyncio.timeout(_SEND_LIMIT_S):
                await super().__call__(scope, receive, send)
        finally:
            self._discard()


async def _made(make: Callable[[], Made]) -> Made:
    """Wait for a file in a thread; delete it if the client has gone by then.

    This uses Starlette's thread pool, not the event loop's, which looks up the paired devices.
    """
    making = asyncio.ensure_future(run_in_threadpool(make))
    try:
        with refusals():
            return await asyncio.shield(making)
    except asyncio.CancelledError:
        making.add_done_callback(_discard)
        raise


def _discard(making: "asyncio.Future[Made]") -> None:
    if not making.cancelled() and making.exception() is None:
        making.result().discard()


def _known(language: str) -> None:
    if language not in languages():
        raise HTTPException(404, f"there is no language {language}")


def archive_of(archive: Archive | None) -> Archive:
    """Return the archive; refuse the request where there is none."""
    if archive is None:
        raise HTTPException(503, "this station keeps no sessions")
    return archive


@contextmanager
def refusals() -> Iterator[None]:
    """Answer the errors of the archive as HTTP does."""
    try:
        yield
    except NoSuchSessionError as error:
        raise HTTPException(404, str(error)) from error
    except BeingRecordedError as error:
        raise HTTPException(409, str(error)) from error
    except CutRefusedError:
        raise
    except ArchiveError as error:
        raise HTTPException(503, str(error)) from error
