"""Pages of other sites, as ASGI middleware.

A browser sends a form, or JSON as plain text, to any address without asking it first. Without this,
every page that somebody opens could use the server of their machine; CORS only hides the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import ApiError
from server.protection.refusals import refuse

_READING: Final = ("GET", "HEAD", "OPTIONS")
_REFUSED: Final = 1008


class KnownSites:
    """Refuses what a page of a site sends that is neither this server nor in ``origins``.

    ``*`` among them is any site. Requests that only read pass: browsers keep their answers from the
    page. Programs send no ``Origin``.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        changes = kind == "websocket" or (kind == "http" and scope["method"] not in _READING)
        if not changes or self._is_known(Headers(scope=scope)):
            await self._app(scope, receive, send)
        elif kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _REFUSED})
        else:
            error = ApiError(
                "This request comes from a page of another site: server.cors_origins has to name "
                "that site.",
                status=403,
                code="foreign_origin",
            )
            await refuse(receive, send, error)

    def _is_known(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None or origin.partition("://")[2] == headers.get("host"):
            return True
        return not {"*", origin}.isdisjoint(self._origins)
