"""``WS /v1/realtime?intent=transcription``: live audio in, words out while it is spoken."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

from server.errors import ApiError
from server.realtime.session import RealtimeSession
from server.transcription.listening_models import ListeningModels
from server.transcription.state import needed_listening

log = logging.getLogger(__name__)
router = APIRouter()

_SUBPROTOCOL: Final = "realtime"
"""What OpenAI's client in a browser asks for."""
_MOST_WAITING: Final = 32
"""Events of a client that wait; more wait in its connection."""
_TRY_LATER: Final = 1013
_GONE: Final = (WebSocketDisconnect, RuntimeError, ConnectionError)
"""What Starlette and uvicorn raise on a connection that is closed."""


@router.websocket("/v1/realtime")
async def realtime(websocket: WebSocket) -> None:
    """A session, until the client closes it or sends nothing for a while."""
    offered = websocket.scope.get("subprotocols", ())
    await websocket.accept(_SUBPROTOCOL if _SUBPROTOCOL in offered else None)
    listening = needed_listening(websocket.app)
    with _counted(websocket.app) as sessions:
        if sessions > listening.settings.realtime_sessions:
            error = ApiError(
                f"There are {sessions - 1} sessions, the most at once: try again later.",
                kind="server_error",
                code="session_limit",
            )
            await _refuse(websocket, error, _TRY_LATER)
            return
        await _serve(websocket, listening)


async def _serve(websocket: WebSocket, listening: ListeningModels) -> None:
    outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    incoming: asyncio.Queue[str | bytes] = asyncio.Queue(_MOST_WAITING)
    session = RealtimeSession(listening, outgoing.put_nowait)
    try:
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(_work(session, incoming), name="realtime session")
            sending = tasks.create_task(_send(websocket, outgoing), name="realtime events")
            await _receive(websocket, incoming, listening.settings.realtime_idle_s)
            working.cancel()
            sending.cancel()
    finally:
        await session.aclose()


async def _receive(
    websocket: WebSocket, incoming: asyncio.Queue[str | bytes], idle_s: float
) -> None:
    """Queue the client's events until it closes, or sends nothing for ``idle_s``."""
    while True:
        try:
            async with asyncio.timeout(idle_s):
                message = await websocket.receive()
        except TimeoutError:
            with contextlib.suppress(*_GONE):
                await websocket.close(1000, f"nothing came for {idle_s:.0f} s")
            return
        if message["type"] == "websocket.disconnect":
            return
        await incoming.put(message.get("text") or message.get("bytes") or b"")


async def _work(session: RealtimeSession, incoming: asyncio.Queue[str | bytes]) -> None:
    while True:
        message = await incoming.get()
        try:
            await session.handle(message, more_waits=not incoming.empty())
        except Exception:
            log.exception("an event of a realtime session failed; the session goes on")
            session.report_failure()


async def _send(websocket: WebSocket, outgoing: asyncio.Queue[dict[str, Any]]) -> None:
    with contextlib.suppress(*_GONE):
        while True:
            await websocket.send_text(json.dumps(await outgoing.get(), ensure_ascii=False))


async def _refuse(websocket: WebSocket, error: ApiError, code: int) -> None:
    with contextlib.suppress(*_GONE):
        await websocket.send_text(json.dumps({"type": "error", "error": error.body}))
        await websocket.close(code, error.message[:120])


@contextlib.contextmanager
def _counted(app: FastAPI) -> Iterator[int]:
    """Count the session, and yield how many there are."""
    app.state.realtime_sessions = getattr(app.state, "realtime_sessions", 0) + 1
    try:
        yield app.state.realtime_sessions
    finally:
        app.state.realtime_sessions -= 1
