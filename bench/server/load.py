"""Load on a speech server from another process: ``python -m bench.server.load URL KIND``.

``speech`` is eight clients that have texts spoken one after the other. ``flood`` is what a process
without the server's key can do: connections, large bodies and wrong requests, as fast as it can.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Final
from urllib.parse import urlsplit

import httpx

CLIENTS: Final = 8
_FLOOD_LINES: Final = 64
_TEXT: Final = "The harbour was quiet in the early morning, and only a few boats had left. " * 3
_LARGE: Final = b"POST /v1/audio/speech HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"


async def speech(url: str) -> None:
    """Have texts spoken without end."""
    async with httpx.AsyncClient(trust_env=False, timeout=None) as client, asyncio.TaskGroup() as t:
        for _ in range(CLIENTS):
            t.create_task(_speaks(client, url))


async def flood(url: str) -> None:
    """Send requests without the key, without end."""
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    async with asyncio.TaskGroup() as tasks:
        for _ in range(_FLOOD_LINES):
            tasks.create_task(_floods(address.hostname, address.port))


async def _speaks(client: httpx.AsyncClient, url: str) -> None:
    body = {"input": _TEXT, "voice": "jarvis", "response_format": "pcm"}
    while True:
        async with client.stream("POST", url + "/v1/audio/speech", json=body) as response:
            async for _ in response.aiter_raw():
                pass


async def _floods(host: str, port: int) -> None:
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(_LARGE + bytes(65_536))
            await reader.read(1_000)
            writer.transport.abort()
        except OSError:
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run({"speech": speech, "flood": flood}[sys.argv[2]](sys.argv[1]))
