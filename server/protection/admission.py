"""How many requests are served at once, as ASGI middleware."""

from __future__ import annotations

import asyncio
import contextlib
import enum
from collections import Counter
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import ApiError
from server.protection.bodies import UPLOADS
from server.protection.refusals import refuse, retry_after
from server.protection.settings import LimitSettings
from server.protection.turns import AT_ONCE, SynthesisTurns

_SPEECH_RETRY_S: Final = 2
_TRANSCRIPTION_RETRY_S: Final = 5


class _Work(enum.Enum):
    SPEECH = "speech requests"
    TRANSCRIPTION = "transcriptions"


_WORK: Final = {
    "/v1/audio/speech": _Work.SPEECH,
    **dict.fromkeys(UPLOADS, _Work.TRANSCRIPTION),
}


@dataclass(frozen=True, slots=True)
class AdmittedRequest:
    """A request that is being served, as what runs for it knows it."""

    client: str
    """The name of its key, or its address."""
    turns: SynthesisTurns
    buffer_bytes: int
    """How much sound may be made ahead of it."""


admitted: Final[ContextVar[AdmittedRequest | None]] = ContextVar("admitted", default=None)
"""The request of the running task; None outside a server."""


class RequestAdmission:
    """Admits requests for speech and for transcription up to `LimitSettings`.

    Beyond the limit of one client the answer is 429, beyond that of the server 503, both with
    ``Retry-After``. An admitted transcription starts when its file has arrived and one of
    ``transcriptions_at_once`` is free; an admitted speech request takes turns (`SynthesisTurns`),
    ``speech_at_once`` of them at once.
    """

    def __init__(self, app: ASGIApp, limits: LimitSettings, speech_at_once: int = AT_ONCE) -> None:
        self._app = app
        self._limits = limits
        self._turns = SynthesisTurns(speech_at_once)
        self._transcribing = asyncio.Semaphore(limits.transcriptions_at_once)
        self._most = {
            _Work.SPEECH: limits.speech_requests,
            _Work.TRANSCRIPTION: limits.transcription_requests,
        }
        self._of_work: Counter[_Work] = Counter()
        self._of_client: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        work = _WORK.get(scope.get("path", "")) if scope["type"] == "http" else None
        if work is None:
            await self._app(scope, receive, send)
            return
        client = client_of(scope)
        if refusal := self._refusal(work, client):
            wait_s = _SPEECH_RETRY_S if work is _Work.SPEECH else _TRANSCRIPTION_RETRY_S
            await refuse(receive, send, refusal, retry_after(wait_s))
            return
        async with self._counted(work, client):
            if work is _Work.TRANSCRIPTION:
                await self._transcribe(scope, receive, send)
            else:
                await self._app(scope, receive, send)

    def _refusal(self, work: _Work, client: str) -> ApiError | None:
        if self._of_client[client] >= self._limits.requests_per_client:
            return ApiError(
                f"This client has {self._of_client[client]} open requests, the most that it may "
                "have. Try again when one has ended.",
                status=429,
                kind="rate_limit_error",
                code="rate_limit_exceeded",
            )
        if self._of_work[work] >= self._most[work]:
            return ApiError(
                f"The server is busy with {self._of_work[work]} {work.value}. Try again in some "
                "seconds.",
                status=503,
                kind="server_error",
                code="server_busy",
            )
        return None

    @contextlib.asynccontextmanager
    async def _counted(self, work: _Work, client: str) -> AsyncGenerator[None, None]:
        self._of_work[work] += 1
        self._of_client[client] += 1
        token = admitted.set(AdmittedRequest(client, self._turns, self._limits.buffer_bytes))
        try:
            yield
        finally:
            admitted.reset(token)
            self._of_work[work] -= 1
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]

    async def _transcribe(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one of the few places from the end of the upload to the end of the response."""
        async with contextlib.AsyncExitStack() as stack:
            waiting_for_body = True

            async def receive_then_start() -> Message:
                nonlocal waiting_for_body
                message = await receive()
                if waiting_for_body and not message.get("more_body", False):
                    waiting_for_body = False
                    await stack.enter_async_context(self._transcribing)
                return message

            await self._app(scope, receive_then_start, send)


def client_of(scope: Scope) -> str:
    """The name of the request's key, or its address without one."""
    if key := scope.get("state", {}).get("key_name"):
        return f"key {key}"
    address = scope.get("client")
    return address[0] if address else "unknown"
