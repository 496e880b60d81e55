"""Frames that are too big, readers that are too slow, and signs of life."""

from __future__ import annotations

from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import connect_params, knock

TOO_BIG = 1009


async def test_oversized_before_hello(gateway: Gateway) -> None:
    """a frame of more than 64 KiB before hello-ok: closed with 1009"""
    async with knock(gateway.url) as probe:
        params = connect_params(gateway.token, userAgent=70_000 * "x")
        await probe.ask_only("connect", params)
        assert (await probe.closed())[0] == TOO_BIG


async def test_oversized_after_hello(gateway: Gateway) -> None:
    """a frame of more than maxPayload after hello-ok: closed with 1009"""
    async with let_in(gateway) as probe:
        params = {"sessionKey": "x", "message": 26_214_400 * "x", "idempotencyKey": "big"}
        await probe.ask_only("chat.send", params)
        assert (await probe.closed())[0] == TOO_BIG
