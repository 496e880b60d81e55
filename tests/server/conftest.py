from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from server.app import create_app
from server.runner import espeak_only


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client of our own application with the real engine, without a socket."""
    app = create_app(espeak_only)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://speech") as client,
    ):
        yield client
