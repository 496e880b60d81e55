from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import openai
import pytest

from server.app import create_app
from server.runner import espeak_only
from tests.server.api_server import RunningServer, running_server


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


@pytest.fixture(scope="session")
def api() -> Iterator[RunningServer]:
    """The server with espeak and the fixture Whisper, with a socket."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def openai_client(api: RunningServer) -> Iterator[openai.OpenAI]:
    """OpenAI's own client of it."""
    with openai.OpenAI(
        base_url=f"{api.url}/v1",
        api_key="not-needed",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(trust_env=False),
    ) as client:
        yield client
