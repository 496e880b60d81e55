"""The Gateway as a whole: going away, coming back, and being looked at."""

from __future__ import annotations

import pytest
from websockets.asyncio.client import connect

from simulators.gateway import GatewaySimulator, ProtocolBroken
from testing.gateways import TOKEN
from testing.manual_clock import ManualClock
from tests.simulators.gateway.device import Device
from tests.simulators.gateway.raw_client import connect_params, greeted, raw

TURN = {"sessionKey": "agent:sage:discord:dm:1", "message": "Hi", "idempotencyKey": "r"}


async def test_away_and_back_on_the_same_port(gateway: GatewaySimulator) -> None:
    url = gateway.url
    async with greeted(url) as client, gateway.away():
        assert (await client.closed())[0] == 1006
        with pytest.raises(ConnectionRefusedError):
            await connect(url)
    assert gateway.url == url
    async with greeted(url):
        pass


async def test_runs_do_not_outlive_the_gateway(gateway: GatewaySimulator) -> None:
    gateway.faults.silence_run()
    async with greeted(gateway.url) as client:
        await client.ask("chat.send", TURN)
        await gateway.go_away()
    assert gateway.runs[0].status == "aborted"


async def test_an_orderly_stop(gateway: GatewaySimulator) -> None:
    gateway.faults.silence_run()
    async with greeted(gateway.url) as client:
        await client.ask("chat.send", TURN)
        await gateway.shut_down(restart_expected_ms=5_000)
        assert await client.closed() == (1012, "service restart")
    (notice,) = [frame for frame in client.events if frame["event"] == "shutdown"]
    assert notice["payload"] == {"reason": "gateway stopping", "restartExpectedMs": 5_000}
    errors = [event for event in client.chat("r") if event["state"] == "error"]
    assert len(errors) == 2


async def test_close_codes(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        await gateway.wait_for(lambda: gateway.connected)
        await gateway.close_connections(1008, "slow consumer")
        assert await client.closed() == (1008, "slow consumer")


async def test_ticks_by_the_clock(gateway: GatewaySimulator, clock: ManualClock) -> None:
    async with greeted(gateway.url) as client:
        await gateway.wait_for(lambda: gateway.connected)
        await clock.advance(60.0)
        while sum(frame["event"] == "tick" for frame in client.events) < 2:
            await client.frame()
    assert set(client.events[-1]["payload"]) == {"ts"}


async def test_a_gap_in_the_numbering(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        await client.frame()
        gateway.skip_events(3)
        gateway.tick()
        assert (await client.frame())["seq"] == 5


async def test_an_answer_that_never_comes(gateway: GatewaySimulator) -> None:
    gateway.faults.leave_unanswered("agents.list")
    async with greeted(gateway.url) as client:
        await client.send({"type": "req", "id": "x", "method": "agents.list", "params": {}})
        answer = await client.ask("agents.list", {})
        assert answer["id"] != "x"
    assert len(gateway.asked("agents.list")) == 2


async def test_frames_after_the_handshake_are_judged_as_strictly() -> None:
    gateway = await GatewaySimulator(token=TOKEN).__aenter__()
    async with greeted(gateway.url) as client:
        await client.send("garbage")
        await client.send({"type": "zzz"})
        while (answer := await client.frame()).get("id") != "invalid":
            pass
        assert answer["error"]["code"] == "INVALID_REQUEST"
    with pytest.raises(ProtocolBroken, match=r"no JSON; invalid request frame"):
        await gateway.__aexit__(None, None, None)


async def test_a_node_is_let_in_but_has_no_conversations(gateway: GatewaySimulator) -> None:
    async with raw(gateway.url) as client:
        challenge = client.events[0]["payload"]
        proof = Device().proof(
            ident="node-host",
            mode="node",
            role="node",
            scopes=(),
            nonce=challenge["nonce"],
            signedAt=challenge["ts"],
        )
        assert (await client.ask("connect", connect_params(**proof)))["ok"]
        answer = await client.ask("chat.send", TURN)
    assert answer["error"]["message"] == "unauthorized role: node"


async def test_a_token_is_made_up_if_none_is_given() -> None:
    async with GatewaySimulator() as one, GatewaySimulator() as two:
        assert one.token != two.token
        async with greeted(one.url, auth={"token": one.token}):
            pass
