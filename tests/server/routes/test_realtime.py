from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from server.runner import EmbeddedServer
from server.settings import ServerSettings
from server.transcription.settings import TranscriptionSettings
from tests.server.api_server import RunningServer, running_server


@pytest.fixture(scope="module")
def small() -> Iterator[RunningServer]:
    """A server for two sessions, which end when nothing comes for a second."""
    settings = TranscriptionSettings(realtime_sessions=2, realtime_idle_s=1)
    server = ServerSettings(port=0, cors_origins=("https://app.example.org",))
    with running_server(server, settings) as running:
        yield running


def session(server: RunningServer, origin: str | None = None) -> ClientConnection:
    address = server.url.replace("http://", "ws://")
    where = f"{address}/v1/realtime?intent=transcription"
    return connect(where, proxy=None, origin=None if origin is None else Origin(origin))


def test_there_is_a_limit_of_sessions_and_a_place_is_free_again(small: RunningServer) -> None:
    with session(small) as one, session(small) as other:
        assert {json.loads(each.recv())["type"] for each in (one, other)} == {"session.created"}
        with session(small) as third:
            refused = json.loads(third.recv())
            assert (refused["type"], refused["error"]["code"]) == ("error", "session_limit")
            with pytest.raises(ConnectionClosed) as closed:
                third.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
    with session(small) as again:
        assert json.loads(again.recv())["type"] == "session.created"


def test_pages_of_other_sites_are_refused(small: RunningServer) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(InvalidStatus), session(small, origin):
            pass
    for origin in (small.url, "https://app.example.org"):
        with session(small, origin) as page:
            assert json.loads(page.recv())["type"] == "session.created"


def test_a_session_without_events_is_closed(small: RunningServer) -> None:
    with session(small) as idle:
        idle.recv()
        with pytest.raises(ConnectionClosed) as closed:
            idle.recv(timeout=10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000
        assert "nothing came" in closed.value.rcvd.reason


async def test_a_server_that_only_speaks_refuses_sessions() -> None:
    async with EmbeddedServer(ServerSettings(port=0)) as server:
        address = server.url.replace("http://", "ws://")
        async with connect_async(f"{address}/v1/realtime", proxy=None) as refused:
            error = json.loads(await refused.recv())["error"]
            assert "only speaks" in error["message"]
