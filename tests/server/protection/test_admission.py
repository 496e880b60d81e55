from __future__ import annotations

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from server.protection.admission import RequestAdmission, admitted
from server.protection.settings import LimitSettings
from testing.manual_clock import settle
from tests.server.protection.asgi import GONE, Exchange, answer, piece

pytestmark = pytest.mark.virtual_time

LIMITS = LimitSettings(
    speech_requests=3, transcription_requests=3, requests_per_client=2, transcriptions_at_once=1
)
TRANSCRIPTIONS = "/v1/audio/transcriptions"


class Slow:
    """An application whose answer takes ten seconds after the body."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body", False):
            pass
        self.begun.append(scope["client"][0])
        await asyncio.sleep(10)
        await answer(send)


async def several(
    app: RequestAdmission, *clients: str, path: str = "/v1/audio/speech"
) -> list[Exchange]:
    exchanges = [Exchange(path=path, client=client) for client in clients]
    async with asyncio.TaskGroup() as tasks:
        for exchange in exchanges:
            tasks.create_task(exchange.with_(app))
    return exchanges


async def test_beyond_the_limit_of_a_client_it_is_429_and_of_the_server_503() -> None:
    app = RequestAdmission(Slow(), LIMITS)
    exchanges = await several(app, "a", "a", "a", "b", "b")
    assert [each.status for each in exchanges] == [200, 200, 429, 200, 503]
    assert exchanges[2].error["type"] == "rate_limit_error"
    assert exchanges[4].error["code"] == "server_busy"
    for refused in (exchanges[2], exchanges[4]):
        assert int(refused.header["retry-after"]) >= 1
        assert refused.header["connection"] == "close"
    assert [each.status for each in await several(app, "a", "a", "b")] == [200, 200, 200]


async def test_a_key_counts_and_not_its_address() -> None:
    app = RequestAdmission(Slow(), LIMITS)
    exchanges = [Exchange(state={"key_name": name}) for name in ("alice", "alice", "bob")]
    async with asyncio.TaskGroup() as tasks:
        for exchange in exchanges:
            tasks.create_task(exchange.with_(app))
    assert [each.status for each in exchanges] == [200, 200, 200]


async def test_other_paths_are_not_counted() -> None:
    app = RequestAdmission(Slow(), LIMITS)
    exchanges = await several(app, *"aaaaaa", path="/health")
    assert {each.status for each in exchanges} == {200}


async def test_transcriptions_wait_for_each_other_with_their_file() -> None:
    slow = Slow()
    app = RequestAdmission(slow, LIMITS)
    began = asyncio.get_running_loop().time()
    working = asyncio.create_task(several(app, "a", "b", "c", "d", path=TRANSCRIPTIONS))
    await settle()
    assert slow.begun == ["a"]
    exchanges = await working
    assert [each.status for each in exchanges] == [200, 200, 200, 503]
    assert asyncio.get_running_loop().time() - began == pytest.approx(30)


async def test_a_client_that_is_gone_gives_its_place_back() -> None:
    app = RequestAdmission(Slow(), LIMITS)
    leaves = asyncio.create_task(Exchange(path=TRANSCRIPTIONS).with_(app))
    await settle()
    leaves.cancel()
    await asyncio.wait([leaves])
    began = asyncio.get_running_loop().time()
    assert (await Exchange(path=TRANSCRIPTIONS).with_(app)).status == 200
    assert asyncio.get_running_loop().time() - began == pytest.approx(10)


async def test_an_upload_that_is_not_complete_holds_no_place() -> None:
    slow = Slow()
    app = RequestAdmission(slow, LIMITS)
    uploading = asyncio.create_task(
        Exchange([piece(b"x", more=True)], path=TRANSCRIPTIONS, client="a").with_(app)
    )
    await settle()
    assert (await Exchange(path=TRANSCRIPTIONS, client="b").with_(app)).status == 200
    uploading.cancel()
    await asyncio.wait([uploading])


async def test_the_route_knows_for_whom_it_works() -> None:
    seen = []

    async def looks(scope: Scope, receive: Receive, send: Send) -> None:
        request = admitted.get()
        seen.append(request and request.client)
        await answer(send)

    app = RequestAdmission(looks, LIMITS)
    await Exchange([GONE]).with_(app)
    await Exchange(state={"key_name": "alice"}).with_(app)
    await Exchange(path="/health").with_(app)
    assert seen == ["192.0.2.1", "key alice", None]
