"""Bearer keys, as ASGI middleware."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from logs import placed
from server.errors import ApiError
from server.protection.keys import OWN, KeyRing
from server.protection.refusals import error_body, refuse
from server.protection.turn_place import PLACE_HEADER, place_in

_PUBLIC: Final = ("/health", "/metrics")
"""Without a key: load balancers and container runtimes look at the first, which has no secrets; the
second checks its own token."""
_LONGEST_KEY: Final = 1_000
_PLACE: Final = PLACE_HEADER.lower().encode()
_CHALLENGE: Final = (b"www-authenticate", b'Bearer realm="openclaw-voice speech"')


class Authentication:
    """Lets requests with a key pass, and notes the key's name in the scope's state, and the turn
    that a request of the bot itself belongs to.

    Besides ``Authorization: Bearer KEY`` it takes the key as the password of HTTP Basic, which is
    how every client sends a key that stands in its URL. Without any key in the ring, all pass.
    """

    def __init__(self, app: ASGIApp, keys: KeyRing) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _is_public(scope) or not self._keys:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        key = key_in(headers.get(b"authorization", b""))
        name = self._keys.name_of(key) if key else None
        if name is not None:
            state = scope.setdefault("state", {})
            state["key_name"] = name
            if name == OWN and (turn := place_in(headers.get(_PLACE, b""))) is not None:
                state["place"] = turn
            with placed(state.get("place", "")):
                await self._app(scope, receive, send)
            return
        error = _no_key() if key is None else _wrong_key()
        if scope["type"] == "websocket":
            await _refuse_websocket(scope, send, error)
        else:
            await refuse(receive, send, error, _CHALLENGE)


def key_in(header: bytes) -> str | None:
    """The key in an ``Authorization`` header of 7-bit characters; None if it has none."""
    scheme, _, rest = header[:_LONGEST_KEY].decode("latin-1").strip().partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        return rest or None
    if scheme.lower() == "basic":
        try:
            login = base64.b64decode(rest, validate=True).decode("latin-1")
        except (binascii.Error, ValueError):
            return None
        return login.partition(":")[2] or None
    return None


def _is_public(scope: Scope) -> bool:
    path: str = scope["path"]
    return any(path == public or path.startswith(f"{public}/") for public in _PUBLIC)


def _no_key() -> ApiError:
    return ApiError(
        "You did not provide an API key. Send it as a header: Authorization: Bearer YOUR_KEY. "
        "`run.py serve keys add NAME` makes one.",
        status=401,
        code="missing_api_key",
    )


def _wrong_key() -> ApiError:
    return ApiError("Incorrect API key provided.", status=401, code="invalid_api_key")


async def _refuse_websocket(scope: Scope, send: Send, error: ApiError) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": error.message[:120]})
        return
    await send(
        {
            "type": "websocket.http.response.start",
            "status": error.status,
            "headers": [(b"content-type", b"application/json"), _CHALLENGE],
        }
    )
    await send({"type": "websocket.http.response.body", "body": error_body(error)})
