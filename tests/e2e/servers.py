"""Servers that the bot depends on, in a bad way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web
from aiohttp.typedefs import Handler


@asynccontextmanager
async def broken_speech_server() -> AsyncIterator[str]:
    """An HTTP server that answers every request for speech with 500; its address."""

    async def fail(_: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "out of memory"}}, status=500)

    async with _serving(fail) as url:
        yield url


@asynccontextmanager
async def moody_speech_server(
    speech_url: str, mood: Callable[[str], web.Response | None]
) -> AsyncIterator[str]:
    """A speech server that passes each sentence on to the one at ``speech_url``, unless ``mood``
    answers in its place; its address."""

    async def speak(request: web.Request) -> web.Response:
        body = await request.json()
        if (refusal := mood(body["input"])) is not None:
            return refusal
        async with session.post(speech_url + request.path, json=body) as answer:
            audio = await answer.read()
            kind = {"Content-Type": answer.headers["Content-Type"]}
            return web.Response(body=audio, status=answer.status, headers=kind)

    async with ClientSession() as session, _serving(speak) as url:
        yield url


@asynccontextmanager
async def _serving(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()
