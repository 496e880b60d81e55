"""A Gateway that ends in mid-run, and comes back."""

from __future__ import annotations

import pytest

from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.test_aborts import held_run
from tests.contract.gateway.test_turns import text_of

pytestmark = [pytest.mark.ends_the_gateway, pytest.mark.timeout(120)]
RESTARTS = 1012


async def test_orderly_stop(gateway: Gateway, session: str) -> None:
    """stopped: every connection gets shutdown, and is closed with 1012"""
    async with let_in(gateway) as probe, let_in(gateway, scopes=[]) as other:
        await gateway.stop()
        closes = await probe.closed(), await other.closed()
        await gateway.start()
        assert closes == 2 * ((RESTARTS, "service restart"),)
        assert (await probe.event("shutdown"))["reason"] == "gateway stopping"
        assert (await other.event("shutdown"))["reason"] == "gateway stopping"


async def test_kill_in_mid_run(gateway: Gateway, session: str) -> None:
    """killed during a run: the connection breaks; the new process does not know the run"""
    async with let_in(gateway) as probe:
        boot = probe.hello["server"]["bootId"]
        run = await held_run(probe, gateway, session)
        await gateway.kill()
        assert await probe.closed() == (1006, "")
    await gateway.start()
    gateway.release()
    async with let_in(gateway) as back:
        assert back.hello["server"]["bootId"] != boot
        history = await back.call("chat.history", {"sessionKey": session})
        assert "inFlightRun" not in history
        outcome = await back.call("agent.wait", {"runId": run, "timeoutMs": 10})
        assert outcome == {"runId": run, "status": "timeout"}
        elsewhere = f"{session}:b"
        final = await back.end(await back.turn(elsewhere, "#say:Here again."))
        assert text_of(final) == "Here again."
