from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from server.protection.bodies import BodyLimits
from server.protection.settings import LimitSettings
from tests.server.protection.asgi import Exchange, answer, piece, reads_all

pytestmark = pytest.mark.virtual_time

LIMITS = LimitSettings(json_bytes=1_000, upload_bytes=5_000, body_timeout_s=20)
UPLOAD = "/v1/audio/transcriptions"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}


def limited(app: object = reads_all) -> BodyLimits:
    return BodyLimits(app, LIMITS)  # type: ignore[arg-type]


async def test_a_body_within_the_limit_arrives_whole() -> None:
    pieces = [piece(b"x" * 600, more=True), piece(b"x" * 400)]
    assert (await Exchange(pieces).with_(limited())).body == b"1000"


async def test_an_announced_body_is_refused_before_it_is_read() -> None:
    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("the route was asked")

    exchange = Exchange([piece(b"x" * 900, more=True)] * 2, headers={"Content-Length": "1001"})
    await exchange.with_(limited(never))
    assert exchange.status == 413
    assert exchange.header["connection"] == "close"
    assert exchange.error["code"] == "request_too_large"
    assert "1000 bytes" in exchange.error["message"]


async def test_a_body_without_a_length_is_cut_at_the_limit() -> None:
    def endless() -> Iterator[Message]:
        for _ in range(1_000):
            yield piece(b"x" * 600, more=True)

    largest = 0

    async def keeps(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal largest
        kept = bytearray()
        while (message := await receive())["type"] != "http.disconnect":
            kept += message["body"]
        largest = len(kept)
        await answer(send, b"the route's own opinion")

    exchange = await Exchange(endless()).with_(limited(keeps))
    assert exchange.status == 413
    assert exchange.error["code"] == "request_too_large"
    assert largest <= 1_000


async def test_a_form_may_be_as_large_as_an_upload() -> None:
    exchange = Exchange([piece(b"x" * 5_000)], path=UPLOAD, headers=FORM)
    assert (await exchange.with_(limited())).body == b"5000"
    too_large = Exchange([piece(b"x" * 5_001)], path=UPLOAD, headers=FORM)
    assert (await too_large.with_(limited())).status == 413
    elsewhere = Exchange([piece(b"x" * 5_000)], headers=FORM)
    assert (await elsewhere.with_(limited())).status == 413, "its route reads it into memory"


async def test_a_body_that_stops_is_given_up_in_time() -> None:
    began = asyncio.get_running_loop().time()
    exchange = await Exchange([piece(b"{", more=True)]).with_(limited())
    assert exchange.status == 408
    assert exchange.error["code"] == "request_timeout"
    assert 20 <= asyncio.get_running_loop().time() - began < 22.1


async def test_a_slow_body_gets_a_second_for_each_ten_kilobytes() -> None:
    slow = BodyLimits(reads_all, LimitSettings(upload_bytes=1_000_000, body_timeout_s=20))

    class Slow(Exchange):
        async def with_(self, app: object) -> Exchange:
            async def at_this_rate(scope: Scope, receive: Receive, send: Send) -> None:
                async def later() -> Message:
                    await asyncio.sleep(self.every_s)
                    return await receive()

                await slow(scope, later, send)

            return await super().with_(at_this_rate)

        every_s = 2.0

    pieces = [piece(b"x" * 20_000, more=True)] * 30 + [piece(b"x")]
    assert (await Slow(pieces, path=UPLOAD, headers=FORM).with_(slow)).body == b"600001"
    pieces = [piece(b"x" * 200, more=True)] * 30 + [piece(b"x")]
    assert (await Slow(pieces, path=UPLOAD, headers=FORM).with_(slow)).status == 408
