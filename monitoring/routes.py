"""``/metrics``, ``/healthz`` and ``/readyz``, for any of the process's web servers.

This machine reads everything; others need the token (``monitoring.token``). Without it they learn
of ``/readyz`` only whether the process is ready, which is what a probe of a container needs.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from pydantic import SecretStr

from monitoring.access import may_read
from monitoring.health import ReadHealth, as_json, is_ready
from version import project_version

REFUSED = (
    "the metrics are for this machine: set monitoring.token (MONITORING__TOKEN), and send it as "
    "Authorization: Bearer ...\n"
)


def monitoring_router(
    registry: CollectorRegistry,
    read_health: ReadHealth | None = None,
    *,
    token: SecretStr | None = None,
) -> APIRouter:
    """The routes. Without ``read_health`` there is ``/metrics`` alone."""
    router = APIRouter(tags=["monitoring"])

    @router.get("/metrics", summary="Metrics for Prometheus")
    async def metrics(request: Request) -> Response:
        if not may_read(request, token):
            return PlainTextResponse(REFUSED, 401, {"WWW-Authenticate": "Bearer"})
        # On the event loop, because the collectors read objects of the loop.
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=content_type)

    if read_health is None:
        return router
    read = read_health

    @router.get("/healthz", summary="Whether the process is alive")
    async def healthz() -> Response:
        """The event loop answers, so the process is alive."""
        return JSONResponse({"alive": True})

    @router.get("/readyz", summary="Whether it can answer in calls; 503 with the reasons if not")
    async def readyz(request: Request) -> Response:
        parts = read()
        ready = is_ready(parts)
        body = as_json(parts, project_version()) if may_read(request, token) else {"ready": ready}
        return JSONResponse(body, 200 if ready else 503)

    return router
