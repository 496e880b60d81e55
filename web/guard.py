"""The outer layer of the application: it refuses what no page sends, and sets the safe headers."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.access import Access

CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing inline, nothing from elsewhere, no frame around it."""
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it browsers send no Origin with a form.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LARGEST_BODY: Final = 8 * 1024
"""Bytes of a request's body: a login form is the largest."""
_CLOSED_TOO_BIG: Final = "the request is too big"


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        why = self._access.refusal(headers)
        if scope["type"] == "websocket":
            if why or not self._access.from_own_page(headers):
                await receive()
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._app(scope, receive, send)
            return
        status = 403 if why else 0
        if not why and scope["method"] not in ("GET", "HEAD"):
            status, why = self._refused_change(headers)
        with_headers = _sender(send)
        if status:
            response = PlainTextResponse(f"{why}\n", status)
            await response(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    def _refused_change(self, headers: Headers) -> tuple[int, str]:
        if not self._access.from_own_page(headers):
            return 403, "this request comes from another site"
        length = headers.get("content-length", "")
        if not length.isdigit():
            return 411, "the request does not say how long it is"
        return (413, _CLOSED_TOO_BIG) if int(length) > LARGEST_BODY else (0, "")


def _sender(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return with_headers
