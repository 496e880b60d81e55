"""A line in the log for each request, without any text of it, as ASGI middleware."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from logs import placed
from server.protection.keys import OWN

log = logging.getLogger(__name__)

_LONGEST_PATH: Final = 200
_QUIET: Final = ("/health",)
"""Paths that monitors ask for every few seconds; they are logged at DEBUG."""


def _is_quiet(path: str) -> bool:
    return path.startswith(_QUIET)


class AccessLog:
    """Logs method, path, status, time, bytes of the response and the key's name at INFO.

    The query is left out: it may hold what a client wants said. A request whose client left before
    the end of the response has ``cut`` in its line. The requests of the bot to its own server are
    logged at DEBUG; the line of their turn says more.
    """

    def __init__(self, app: ASGIApp, quiet: Callable[[str], bool] = _is_quiet) -> None:
        """``quiet`` says whether requests for a path are logged at DEBUG."""
        self._app = app
        self._quiet = quiet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, sent, complete = time.monotonic(), 0, 0, False

        async def counted(message: Message) -> None:
            nonlocal status, sent, complete
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
                complete = not message.get("more_body", False)
            await send(message)

        scope.setdefault("state", {})
        try:
            await self._app(scope, receive, counted)
        except asyncio.CancelledError:
            pass  # the server stops; uvicorn would log it with a traceback
        finally:
            path, key = scope["path"], scope["state"].get("key_name", "-")
            with placed(scope["state"].get("place", "")):
                log.log(
                    logging.DEBUG if self._quiet(path) or key == OWN else logging.INFO,
                    "%s %s %s %.0f ms %d bytes%s key %s",
                    scope["method"],
                    path[:_LONGEST_PATH],
                    status or "-",
                    (time.monotonic() - began) * 1000,
                    sent,
                    "" if complete else " (cut)",
                    key,
                )
