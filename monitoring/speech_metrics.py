"""``/metrics/speech`` of the bot: the metrics of the speech server beside it on this machine.

The bot's own server listens on a free port of loopback, and one beside it (`TTS_URL`) on loopback
too: no collector on another machine or in another container reaches them. The bot passes their
metrics on. A speech server on another machine is asked at its own ``/metrics``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

import httpx
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import SecretStr

from monitoring.access import may_read
from monitoring.routes import REFUSED

_WITHIN_S: Final = 3.0
_LARGEST: Final = 4 << 20
_OURS: Final = b"openclaw_voice_http_"
_NONE: Final = "no speech server on the bot's machine gives metrics\n"


def speech_metrics_router(
    addresses: Callable[[], Sequence[str]], *, token: SecretStr | None = None
) -> APIRouter:
    """The route. ``addresses`` are those of the bot's speech servers, such as
    ``http://127.0.0.1:8090``; the first of ours on loopback answers."""
    router = APIRouter(tags=["monitoring"])

    @router.get("/metrics/speech", summary="Metrics of the speech server beside the bot")
    async def metrics(request: Request) -> Response:
        if not may_read(request, token):
            return PlainTextResponse(REFUSED, 401, {"WWW-Authenticate": "Bearer"})
        accept = request.headers.get("accept", "")
        # No proxy reaches this machine's loopback.
        async with httpx.AsyncClient(trust_env=False, timeout=_WITHIN_S) as client:
            for address in filter(_on_this_machine, addresses()):
                if (found := await _metrics_of(client, address, accept)) is not None:
                    return found
        return PlainTextResponse(_NONE, 503)

    return router


async def _metrics_of(client: httpx.AsyncClient, address: str, accept: str) -> Response | None:
    """What one server answers; None if it does not, or is none of ours."""
    try:
        async with client.stream("GET", f"{address}/metrics", headers={"Accept": accept}) as answer:
            body = b""
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > _LARGEST:
                    return None
    except httpx.HTTPError:
        return None
    if not answer.is_success or _OURS not in body:
        return None
    return Response(body, media_type=answer.headers.get("content-type"))


def _on_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
