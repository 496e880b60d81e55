from __future__ import annotations

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from server.protection.disconnects import CancelledWithClient
from testing.manual_clock import settle
from tests.server.protection.asgi import GONE, Exchange, answer, piece

pytestmark = pytest.mark.virtual_time


class Working:
    """Reads the body, works for ten seconds and answers; notes how it ended."""

    ended = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while (await receive()).get("more_body", False):
                pass
            await asyncio.sleep(10)
            await answer(send)
            await asyncio.sleep(1)  # what a route does after its response
            self.ended = "served"
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise


async def test_the_work_ends_with_its_client() -> None:
    working = Working()
    exchange = await Exchange([piece(b"{", more=True), piece(b"}"), GONE]).with_(
        CancelledWithClient(working)
    )
    assert working.ended == "cancelled"
    assert exchange.sent == []


async def test_the_end_of_the_response_cancels_nothing() -> None:
    working = Working()

    async def like_uvicorn(scope: Scope, receive: Receive, send: Send) -> None:
        """A receive that reports a disconnect once the response is complete."""
        complete = asyncio.Event()

        async def until_complete() -> object:
            if not complete.is_set() and not body:
                await complete.wait()
            return body.pop() if body else GONE

        async def noting(message: object) -> None:
            await send(message)  # type: ignore[arg-type]
            if message["type"] == "http.response.body":  # type: ignore[index]
                complete.set()

        body = [piece(b"{}")]
        await CancelledWithClient(working)(scope, until_complete, noting)  # type: ignore[arg-type]

    assert (await Exchange().with_(like_uvicorn)).status == 200
    assert working.ended == "served"


async def test_a_route_that_waits_for_the_disconnect_gets_it() -> None:
    seen = []

    async def streams(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        seen.append(await receive())

    serving = asyncio.create_task(Exchange([piece(b"{}")]).with_(CancelledWithClient(streams)))
    await settle()
    assert seen == []
    serving.cancel()
    await asyncio.wait([serving])


async def test_a_client_that_leaves_within_its_body_is_the_routes_affair() -> None:
    seen = []

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend([await receive(), await receive()])

    await Exchange([piece(b"{", more=True), GONE]).with_(CancelledWithClient(reads))
    assert seen[1] == GONE


async def test_the_error_of_a_route_is_raised() -> None:
    async def fails(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Exchange().with_(CancelledWithClient(fails))
