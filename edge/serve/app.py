"""The station's web application: pages, live link, HTTP API and health endpoints."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
from fastapi import FastAPI, Response, WebSocket
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from edge.messages.health import Health, StationState
from edge.record.audit import Audit
from edge.record.privacy import Privacy
from edge.serve.access.access_log import AccessLog
from edge.serve.access.access_middleware import AccessMiddleware
from edge.serve.access.principal import VISITOR
from edge.serve.access.rights import Rights
from edge.serve.control.command_router import CommandRouter
from edge.serve.live.client_registry import ClientRegistry
from edge.serve.live.hub import Hub
from edge.serve.live.websocket import Host, serve_client
from edge.serve.prometheus import CONTENT_TYPE, metrics_text
from edge.serve.reference_routes import reference_routes
from edge.serve.replies import add_replies
from edge.serve.routes import access_routes, audit_routes, replay_routes
from edge.serve.sessions.archive import Archive
from edge.serve.sessions.block_routes import block_routes
from edge.serve.sessions.session_routes import archive_routes, runner_routes
from edge.serve.wire.commands import Control
from edge.serve.wire.encode import text_for
from edge.serve.word_routes import word_routes

# The station is measuring; the health report names any problem.
_WELL = (StationState.STARTING, StationState.LIVE, StationState.DEGRADED)


def create_app(
    hub: Hub,
    health: Callable[[], Health],
    web_dir: Path,
    *,
    rights: Rights | None = None,
    control: Control | None = None,
    archive: Archive | None = None,
    audit: Audit | None = None,
    privacy: Privacy | None = None,
) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    hub
        Runs as long as the application; its task is ``app.state.hub_task``.
    health
        Called on the event loop for each ``/healthz`` and ``/metrics``.
    web_dir
        The folder of the pages.
    rights
        The pairings and the audit; without them only local clients are served.
    control
        Executes operators' commands.
    archive
        The recorded sessions; without it none are shown.
    audit
        The audit; without it that of the ``rights``, if any.
    privacy
        Keeps *skeleton only*; without it the choice ends with the application.
    """
    audit = audit or _own_audit(rights)
    log = AccessLog(audit)
    registry = ClientRegistry(hub.settings.max_clients, rights, log)
    router = CommandRouter(hub, registry, control, rights, log=log, privacy=privacy)
    host = Host(hub=hub, router=router, registry=registry)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.hub_task = asyncio.create_task(hub.run())
        watching = [asyncio.create_task(registry.watch()), asyncio.create_task(router.watch())]
        router.open()
        yield
        if archive is not None:
            archive.close()
        for task in watching:
            task.cancel()
        app.state.hub_task.cancel()
        # An error of the hub is raised by the server, which watches its task.
        with suppress(asyncio.CancelledError):
            await asyncio.wait({app.state.hub_task})

    app = FastAPI(
        title="Toeline",
        description="A running-form station. The live link is the WebSocket /ws/live; "
        "/wire.schema.json describes its messages.",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        # The stock documentation pages load scripts from elsewhere; a station has no internet.
        docs_url=None,
        redoc_url=None,
    )
    add_replies(app)
    app.add_middleware(
        AccessMiddleware, settings=hub.settings, device=rights.pairings.device if rights else None
    )

    @app.get(
        "/healthz",
        summary="How the station is running",
        responses={503: {"description": "No camera, no storage, ended or failed"}},
    )
    async def healthz() -> Response:
        """Health as JSON; 200 while the station is starting, live or degraded, else 503."""
        now = health()
        well = now.state in _WELL
        return Response(
            msgspec.json.encode(text_for(now)),
            status_code=200 if well else 503,
            media_type="application/json",
        )

    @app.get(
        "/metrics",
        summary="The same and the number of pages, for Prometheus",
        responses={200: {"content": {"text/plain": {}}}},
        response_class=Response,
    )
    async def metrics() -> Response:
        """Counters, latencies and stages in Prometheus' text format."""
        return Response(metrics_text(health(), hub.clients), media_type=CONTENT_TYPE)

    @app.get("/api/docs", include_in_schema=False)
    async def api_docs() -> FileResponse:
        return FileResponse(web_dir / "api.html")

    @app.websocket("/ws/live")
    async def live(websocket: WebSocket) -> None:
        await serve_client(websocket, host, websocket.scope[VISITOR])

    @app.get("/tablet", include_in_schema=False)
    async def tablet() -> FileResponse:
        return FileResponse(web_dir / "tablet.html")

    @app.get("/pair", include_in_schema=False)
    async def pair() -> FileResponse:
        return FileResponse(web_dir / "pair" / "index.html")

    app.include_router(access_routes(rights, router.pairing_used, registry.end_device))
    app.include_router(audit_routes(audit, archive))
    app.include_router(archive_routes(archive))
    app.include_router(runner_routes(archive))
    app.include_router(block_routes(archive))
    app.include_router(replay_routes(hub, log))
    app.include_router(reference_routes())
    app.include_router(word_routes())
    app.mount("/", StaticFiles(directory=web_dir, html=True), name="web_display")
    return app


def _own_audit(rights: Rights | None) -> Audit | None:
    return None if rights is None else rights.audit
