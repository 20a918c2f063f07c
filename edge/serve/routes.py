"""HTTP routes of pairing, paired devices, the audit and the replay."""

import asyncio
import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from struct import pack
from threading import BoundedSemaphore
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from starlette.types import Receive, Scope, Send

from edge.messages.errors import AccessError
from edge.messages.plain_text import plain_text
from edge.record.audit import Audit, Entry, in_order
from edge.serve.access.access_log import AccessLog
from edge.serve.access.addresses import client_key
from edge.serve.access.pairing_store import TOKEN_LIFE_S, Device, PairingStore
from edge.serve.access.pairing_tries import PairingTries, is_typed
from edge.serve.access.principal import VISITOR, Principal, cookie_name, is_secure
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.live.hub import Hub
from edge.serve.sessions.archive import Archive, ArchiveError
from edge.serve.wire.binary import without_picture

T = TypeVar("T")

FRAMES: Final = "application/x-toeline-frames"
REPLAY_S: Final = 10.0
_MOST_REPLAYS: Final = 4
_REPLAY_LIMIT_S: Final = 120.0
_MOST_ID: Final = 2**31 - 1
_MOST_SENTENCE: Final = 120


class Said(BaseModel):
    """One sentence."""

    detail: str


class Me(BaseModel):
    """The identity of the browser that asks."""

    role: Role
    local: bool
    label: str


class PairRequest(BaseModel):
    """A pairing code, from a link or as eight digits, and a name for the device."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(min_length=1, max_length=64)]
    label: Annotated[str, Field(max_length=40)] = ""

    @field_validator("code")
    @classmethod
    def _without_blanks(cls, code: str) -> str:
        """Digits may be typed in groups."""
        return "".join(code.split())


class PairedDevice(BaseModel):
    """A paired device; ``paired_at`` is in seconds since 1970."""

    id: int
    role: Role
    label: str
    paired_at: float


class AuditLine(BaseModel):
    """One line of the audit; ``at`` is in seconds since 1970."""

    at: float
    what: str
    who: str
    detail: str


# The body is read by hand, so that one that cannot be read counts as a try.
_PAIR_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": PairRequest.model_json_schema()}},
    }
}


def principal(request: Request) -> Principal:
    """Return the principal of a request; 401 if there is none."""
    found = request.scope.get(VISITOR)
    if not isinstance(found, Principal):
        raise HTTPException(401, "this browser is not paired")
    return found


def operator(asking: Annotated[Principal, Depends(principal)]) -> Principal:
    """Return the principal of a request if it is an operator, else 403."""
    if asking.role is not Role.OPERATOR:
        raise HTTPException(403, "only an operator may do that")
    return asking


Anyone = Annotated[Principal, Depends(principal)]
Operator = Annotated[Principal, Depends(operator)]
REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": Said, "description": "Not understood, or a host name that is not ours"},
    401: {"model": Said, "description": "Not paired"},
    403: {"model": Said, "description": "Not allowed"},
    408: {"model": Said, "description": "The request did not come to its end"},
    413: {"model": Said, "description": "Too long"},
    422: {"model": Said, "description": "Not as this interface says"},
    429: {"model": Said, "description": "Too many requests"},
    503: {"model": Said, "description": "Not possible now"},
}


def access_routes(
    rights: Rights | None,
    paired: Callable[[], None],
    ended: Callable[[int], None],
    clock: Callable[[], float] = time.monotonic,
) -> APIRouter:
    """Return the routes of pairing; without rights only ``/api/me``.

    Parameters
    ----------
    rights
        The pairings and the audit.
    paired
        Called on the event loop when a device has been paired.
    ended
        Called on the event loop with the number of a device whose pairing has ended.
    clock
        Monotonic seconds.
    """
    routes = APIRouter(prefix="/api", responses=REFUSALS)

    @routes.get("/me", summary="Who this browser is to the station")
    def me(asking: Anyone) -> Me:
        return Me(role=asking.role, local=asking.local, label=asking.label)

    if rights is None:
        _add_refusal(routes)
    else:
        _add_pairing(routes, rights.pairings, paired, clock)
        _add_devices(routes, rights.pairings, ended)
    return routes


def _add_refusal(routes: APIRouter) -> None:
    @routes.post("/pair", summary="Not possible on a station that serves only itself")
    def pair() -> None:
        raise HTTPException(
            503,
            "this station serves only its own machine: "
            "start it with --listen, or behind a proxy with serve.trusted_proxies",
        )


def _add_pairing(
    routes: APIRouter,
    pairings: PairingStore,
    paired: Callable[[], None],
    clock: Callable[[], float],
) -> None:
    tries = PairingTries(clock)

    @routes.post(
        "/pair", status_code=204, summary="Redeem a code for a cookie", openapi_extra=_PAIR_BODY
    )
    async def pair(request: Request, response: Response) -> None:
        address = request.client.host if request.client else ""
        client = _guesser(request, address)
        # Before anything is read: a request that is no JSON is a try, too.
        if not tries.take_own(client):
            raise HTTPException(429, "too many tries: wait a minute")
        asked = _pair_request(await request.body())
        # Whoever is paired or at the station has a limit of their own, and nobody else's.
        shared = is_typed(asked.code) and request.scope.get(VISITOR) is None
        if shared:
            newest = await to_thread(_stored, pairings.newest_code)
            if not tries.take_shared(client, newest):
                raise HTTPException(429, "too many tries: show a new code, or use its link")
        got = await to_thread(_stored, lambda: pairings.redeem(asked.code, asked.label, address))
        if got is None:
            tries.note_failed(client)
            raise HTTPException(403, "this code is wrong, used or too old: ask for a new one")
        response.set_cookie(
            cookie_name(request.scope),
            got[0],
            max_age=int(TOKEN_LIFE_S),
            path="/",
            secure=is_secure(request.scope),
            httponly=True,
            samesite="strict",
        )
        paired()


def _add_devices(routes: APIRouter, pairings: PairingStore, ended: Callable[[int], None]) -> None:
    async def end(device_id: int, who: str) -> bool:
        """End a pairing now: its links are closed before the reply."""
        was_paired = await to_thread(_stored, lambda: pairings.revoke(device_id, who))
        ended(device_id)
        return was_paired

    @routes.delete("/me", status_code=204, summary="End this browser's own pairing")
    async def forget(asking: Anyone, request: Request, response: Response) -> None:
        if asking.device_id is not None:
            await end(asking.device_id, asking.who)
        response.delete_cookie(
            cookie_name(request.scope),
            path="/",
            secure=is_secure(request.scope),
            httponly=True,
            samesite="strict",
        )

    @routes.get("/devices", summary="The devices that are paired")
    def devices(_: Operator) -> list[PairedDevice]:
        return [_shown(device) for device in _stored(pairings.devices)]

    @routes.delete(
        "/devices/{device_id}",
        status_code=204,
        summary="End a pairing",
        responses={404: {"model": Said, "description": "No such device"}},
    )
    async def revoke(device_id: Annotated[int, Path(ge=1, le=_MOST_ID)], asking: Operator) -> None:
        if not await end(device_id, asking.who):
            raise HTTPException(404, "no such device is paired")


def audit_routes(audit: Audit | None, archive: Archive | None) -> APIRouter:
    """Return the route of the audit, which merges those of pairings and sessions."""
    routes = APIRouter(prefix="/api", responses=REFUSALS)

    def kept(most: int) -> list[Entry]:
        access = audit.entries(most) if audit is not None else []
        return in_order(access, archive.audited(most) if archive is not None else [])[-most:]

    @routes.get("/audit", summary="Who paired, viewed, exported and deleted; the newest last")
    def lines(_: Operator, most: Annotated[int, Query(ge=1, le=10_000)] = 1000) -> list[AuditLine]:
        return [AuditLine(**asdict(entry)) for entry in _stored(lambda: kept(most))]

    return routes


def replay_routes(hub: Hub, log: AccessLog) -> APIRouter:
    """Return the route of the replay: the frames of the last seconds."""
    routes = APIRouter(prefix="/api", responses=REFUSALS)
    places = BoundedSemaphore(_MOST_REPLAYS)

    @routes.get(
        "/replay",
        summary="The frames of the last seconds, as docs/wire.md says",
        response_class=StreamingResponse,
        responses={200: {"content": {FRAMES: {}}}},
    )
    async def replay(
        asking: Anyone,
        seconds: Annotated[float, Query(gt=0, le=REPLAY_S)] = REPLAY_S,
        most_hz: Annotated[float, Query(ge=1, le=240)] = 60.0,
    ) -> StreamingResponse:
        # Who asks twice within its length is sent the same pictures.
        if not await log.note("viewed", asking, "the replay", again_s=REPLAY_S):
            raise HTTPException(503, "this view cannot be written to the audit")
        if not places.acquire(blocking=False):
            raise HTTPException(503, "too many replays are being fetched: try again")
        return _Replay(hub, seconds, most_hz, places.release)

    return routes


class _Replay(StreamingResponse):
    """Response of length-prefixed frames; always releases its slot."""

    def __init__(self, hub: Hub, seconds: float, most_hz: float, leave: Callable[[], None]) -> None:
        packets = hub.replay.last(seconds, most_hz)
        super().__init__(_parts(packets, hub), media_type=FRAMES)
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the frames; drop a client that reads too slowly, and its frames."""
        try:
            async with asyncio.timeout(_REPLAY_LIMIT_S):
                await super().__call__(scope, receive, send)
        finally:
            self._leave()


async def _parts(packets: list[bytes], hub: Hub) -> AsyncIterator[bytes]:
    for packet in packets:
        # Asked for each: pictures may be hidden while they are being sent.
        part = without_picture(packet) if hub.skeleton_only else packet
        yield pack("<I", len(part)) + part


def _guesser(request: Request, address: str) -> str:
    """Return whose tries these are: a paired device's, wherever it is, or an address's."""
    found = request.scope.get(VISITOR)
    return found.who if isinstance(found, Principal) else client_key(address)


def _pair_request(body: bytes) -> PairRequest:
    """Return a request to pair; 422 if it is none, without repeating what was sent."""
    try:
        return PairRequest.model_validate_json(body)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        sentence = f"{where}: not understood" if where else "this is no request to pair"
        raise HTTPException(422, plain_text(sentence, _MOST_SENTENCE)) from error


def _shown(device: Device) -> PairedDevice:
    return PairedDevice(**asdict(device))


def _stored(what: Callable[[], T]) -> T:
    try:
        return what()
    except (AccessError, ArchiveError) as error:
        raise HTTPException(503, str(error)) from error
