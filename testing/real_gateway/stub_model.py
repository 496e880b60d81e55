"""A scripted model: an OpenAI-compatible streaming server in this process.

``script`` answers each request, or else the directives in the user's last message (directives.py).
So tests get the traffic of a real model, but repeatable.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from testing.real_gateway.chat_completions import (
    ChunkWriter,
    flat_text,
    last_prompt,
    tool_names,
    tool_result,
    whole_answer,
)
from testing.real_gateway.directives import SILENT, DirectedReply, read_directives
from testing.waiting import eventually

_LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class ModelRequest:
    """One request of the Gateway, and its state. Times are of ``time.perf_counter``."""

    agent: str
    prompt: str
    """The user's last message, without OpenClaw's additions."""
    tools: tuple[str, ...]
    body: dict[str, Any]
    asked_at: float
    outcome: str = "running"
    """running, done, held, cut, error or left (the Gateway disconnected)."""
    first_word_at: float | None = None
    last_word_at: float | None = None
    words_sent: int = 0


class StubModel:
    """One server for the models of all agents; ``pace`` has the default times.

    ``script`` may answer a request; if it returns None, the directives do.
    """

    def __init__(self, *, pace: DirectedReply | None = None) -> None:
        self.pace = pace or DirectedReply("")
        self.script: Callable[[ModelRequest], DirectedReply | None] = lambda request: None
        self.requests: list[ModelRequest] = []
        self.port = 0
        self._disturbed: set[str] = set()
        self._release = asyncio.Event()
        self._activity = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://{_LOOPBACK}:{self.port}/v1"

    def release(self) -> None:
        """Resume all held answers; later ones are held again."""
        self._release.set()
        self._release = asyncio.Event()

    async def wait_for(self, true: Callable[[], object], timeout_s: float = 20.0) -> None:
        """Until ``true()``, by polling.

        Raises:
            AssertionError: it stayed false.
        """
        await eventually(true, timeout_s, seen=lambda: self.requests[-3:])

    async def request(self, prompt: str, timeout_s: float = 20.0) -> ModelRequest:
        """The last request whose prompt holds that text, as soon as there is one."""

        def found() -> list[ModelRequest]:
            return [request for request in self.requests if prompt in request.prompt]

        await self.wait_for(found, timeout_s)
        return found()[-1]

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/chat/completions", self._complete)
        # Without cancellation an answer to a disconnected Gateway would never end.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, _LOOPBACK, 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    # -- one request -------------------------------------------------------------------------------

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        asked = ModelRequest(
            agent=str(body.get("model", "")).rsplit("/", 1)[-1],
            prompt=last_prompt(body.get("messages") or []),
            tools=tool_names(body),
            body=body,
            asked_at=time.perf_counter(),
        )
        self.requests.append(asked)
        self._happened()
        try:
            return await self._answer(request, asked, self._plan(asked))
        except (asyncio.CancelledError, ConnectionError):
            asked.outcome = "left"
            raise
        finally:
            self._happened()

    def _plan(self, asked: ModelRequest) -> DirectedReply:
        scripted = self.script(asked)
        if scripted is not None:
            return scripted
        result = tool_result(asked.body.get("messages") or [])
        if result is not None:
            return DirectedReply(result, between_words_s=self.pace.between_words_s)
        if any(SILENT in flat_text(message) for message in asked.body.get("messages") or []):
            return DirectedReply("NO_REPLY")
        reply = read_directives(asked.prompt, asked.agent, pace=self.pace)
        if reply.cut_after_words is None and reply.hold_after_words is None:
            return reply
        # In a repeated request OpenClaw adds its own text around the message.
        if any(message in asked.prompt for message in self._disturbed):
            return replace(reply, cut_after_words=None, hold_after_words=None)
        self._disturbed.add(asked.prompt)
        return reply

    async def _answer(
        self, request: web.Request, asked: ModelRequest, reply: DirectedReply
    ) -> web.StreamResponse:
        if reply.error_status is not None:
            asked.outcome = "error"
            error = {"message": f"stub error {reply.error_status}", "type": "stub_error"}
            return web.json_response({"error": error}, status=reply.error_status)
        if asked.body.get("stream"):
            return await self._stream(request, asked, reply)
        await asyncio.sleep(reply.first_s)
        asked.outcome = "done"
        return web.json_response(whole_answer(asked.agent, reply))

    async def _stream(
        self, request: web.Request, asked: ModelRequest, reply: DirectedReply
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        chunks = ChunkWriter(asked.agent)
        await response.write(chunks.start())
        await asyncio.sleep(reply.first_s)
        for number in range(1, reply.thought_words + 1):
            await response.write(chunks.thought(f"thought{number} "))
        await self._hold(asked, reply, 0)
        for number, word in enumerate(reply.words, 1):
            if number > 1:
                await asyncio.sleep(reply.between_words_s)
            await response.write(chunks.words(word))
            self._note_word(asked)
            if number == reply.cut_after_words:
                asked.outcome = "cut"
                if request.transport is not None:
                    request.transport.abort()
                return response
            await self._hold(asked, reply, number)
        for chunk in chunks.end(reply.tool):
            await response.write(chunk)
        asked.outcome = "done"
        await response.write_eof()
        return response

    async def _hold(self, asked: ModelRequest, reply: DirectedReply, words: int) -> None:
        if reply.hold_after_words != words:
            return
        asked.outcome = "held"
        self._happened()
        await self._release.wait()
        asked.outcome = "running"

    def _note_word(self, asked: ModelRequest) -> None:
        asked.last_word_at = time.perf_counter()
        if asked.first_word_at is None:
            asked.first_word_at = asked.last_word_at
        asked.words_sent += 1

    def _happened(self) -> None:
        self._activity.set()
        self._activity.clear()
