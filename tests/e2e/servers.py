"""Servers that the bot depends on, in a bad way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def broken_speech_server() -> AsyncIterator[str]:
    """An HTTP server that answers every request for speech with 500; its address."""

    async def fail(_: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "out of memory"}}, status=500)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fail)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()
