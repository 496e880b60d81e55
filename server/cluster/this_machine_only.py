"""A cluster without keys serves the machine of its HTTP proxy alone, as ASGI middleware."""

from __future__ import annotations

import ipaddress
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import ApiError
from server.protection.refusals import refuse

_CLOSED: Final = 1008


class ThisMachineOnly:
    """Refuses what does not come from loopback.

    Ray chooses the address that its proxies listen on, so that it cannot be checked at the start.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _is_loopback(scope):
            await self._app(scope, receive, send)
            return
        error = ApiError(
            "This server has no keys, and serves its own machine alone: make a key with `python "
            "run.py serve keys add NAME` and start it again, or set server.open_to_everyone.",
            status=403,
            code="no_keys",
        )
        if scope["type"] == "http":
            await refuse(receive, send, error)
        else:
            close = {"type": "websocket.close", "code": _CLOSED, "reason": error.message[:120]}
            await send(close)


def _is_loopback(scope: Scope) -> bool:
    host = (scope.get("client") or ("", 0))[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
