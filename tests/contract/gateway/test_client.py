"""The bot's client at either Gateway: the main behaviours."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from openclaw_client import (
    Doubt,
    GatewayRefused,
    OpenClawClient,
    OpenClawConfig,
    TurnAborted,
    TurnFailed,
    TurnLost,
    TurnTimeout,
    create_client,
)
from openclaw_client.identity.device_store import DeviceStore
from testing.manual_clock import ManualClock
from testing.real_gateway.directives import numbered_words
from tests.contract.gateway.gateways import AGENTS, Gateway
from tests.contract.gateway.tcp_relay import relay

SETTLE_S = 15.0
"""For what the client does on its own: reconnecting, finding a run again."""


def client_of(gateway: Gateway, url: str | None = None, **settings: Any) -> OpenClawClient:
    return create_client(url or gateway.url, gateway.token, "jarvis", **settings)


async def test_answer(gateway: Gateway, session: str) -> None:
    """client: a question is answered; the deltas joined are the answer"""
    async with client_of(gateway) as client:
        assert await client.send_message(None, "#say:Good evening.", speaker=session) == (
            "Good evening."
        )
        deltas = client.stream("sage", "#words=20 #delay=40", speaker=session)
        texts = [delta.text async for delta in deltas]
        assert len(texts) > 1
        assert "".join(texts) == numbered_words(20)


async def test_agents(gateway: Gateway) -> None:
    """client: list_agents returns the Gateway's agents"""
    async with client_of(gateway) as client:
        assert {agent.id for agent in await client.list_agents()} == set(AGENTS)


async def test_chosen_silence(gateway: Gateway, session: str) -> None:
    """client: a silent reply gives no delta and no error"""
    async with client_of(gateway) as client:
        for message, doubt in (
            ("#silent", None),
            ("#say:HEARTBEAT_OK", None),
            ("#say:NOT_FOR_ME", Doubt()),
        ):
            stream = client.stream(None, message, speaker=session, doubt=doubt)
            assert [delta async for delta in stream] == []


async def test_refused(gateway: Gateway) -> None:
    """client: a wrong token is refused finally; the error names the token"""
    client = create_client(gateway.url, "wrong", "jarvis")
    with pytest.raises(GatewayRefused) as refused:
        await client.connect()
    assert refused.value.code == "AUTH_TOKEN_MISMATCH"
    assert refused.value.heals is False


async def test_walking_away(gateway: Gateway, session: str) -> None:
    """client: closing a stream aborts its run; the session answers the next question"""
    async with client_of(gateway) as client:
        stream = client.stream(None, f"#words=40 #hold=3 {session}", speaker=session)
        async with aclosing(stream) as deltas:
            async for _ in deltas:
                break
        answer = await client.send_message(None, "#say:Free again.", speaker=session)
        assert answer == "Free again."


async def test_interrupting(gateway: Gateway, session: str) -> None:
    """client: an interrupting turn replaces the running one"""
    message = f"#words=40 #hold=3 {session}"
    async with client_of(gateway) as client:
        first = asyncio.ensure_future(client.send_message(None, message, speaker=session))
        await gateway.held(message)
        answer = await client.send_message(None, "#say:My turn.", speaker=session, interrupt=True)
        assert answer == "My turn."
        with pytest.raises(TurnAborted):
            await first


async def test_failure(gateway: Gateway, session: str) -> None:
    """client: the model's error is reported once, with its kind"""
    async with client_of(gateway) as client:
        with pytest.raises(TurnFailed, match="HTTP 401") as failed:
            await client.send_message("ailing", "#error=401", speaker=session)
        assert failed.value.kind == "auth"


async def test_too_slow(gateway: Gateway, session: str) -> None:
    """client: a model that does not start is aborted at the timeout"""
    async with client_of(gateway, timeout=1.0) as client:
        with pytest.raises(TurnTimeout):
            await client.send_message(None, f"#hold=0 {session}", speaker=session)
        answer = await client.send_message(None, "#say:In time.", speaker=session, timeout=20)
        assert answer == "In time."


async def test_lost_connection(gateway: Gateway, session: str) -> None:
    """client: the connection breaks during an answer; the answer continues once, without a gap"""
    message = f"#words=12 #hold=4 #delay=30 {session}"
    async with relay(gateway.url) as middle, client_of(gateway, middle.url) as client:
        texts = []
        stream = client.stream(None, message, speaker=session)
        async with asyncio.timeout(SETTLE_S), aclosing(stream) as deltas:
            async for delta in deltas:
                assert not delta.replace
                texts.append(delta.text)
                if len(texts) == 1:
                    await gateway.held(message)
                    middle.cut()
                    gateway.release()
        assert "".join(texts) == numbered_words(12)
        assert gateway.times_asked(message) == 1
        assert client.stats.reconnects == 1


async def test_abort_over_the_next_connection(
    gateway: Gateway, session: str, tmp_path: Path
) -> None:
    """client with a device key: a turn closed while the connection is down is still aborted"""
    message = f"#words=12 #hold=4 {session}"
    async with (
        relay(gateway.url) as middle,
        client_of(gateway, middle.url, state_dir=tmp_path) as client,
    ):
        async with asyncio.timeout(SETTLE_S):
            async with aclosing(client.stream(None, message, speaker=session)) as deltas:
                async for _ in deltas:
                    await gateway.held(message)
                    middle.cut()
                    break
            answer = await client.send_message(None, "#say:Free again.", speaker=session)
        assert answer == "Free again."


async def test_silence(gateway: Gateway, session: str, tmp_path: Path) -> None:
    """client: after two missed ticks it reconnects and continues"""
    message, clock = f"#words=12 #hold=4 {session}", ManualClock()
    config = OpenClawConfig.model_validate(
        {"base_url": gateway.url, "auth_token": gateway.token, "timeout": 300.0}
    )
    async with OpenClawClient(config, clock=clock, devices=DeviceStore(tmp_path)) as client:
        turn = asyncio.ensure_future(client.send_message("jarvis", message, speaker=session))
        await gateway.held(message)
        gateway.freeze()
        try:
            await clock.advance(61)
        finally:
            gateway.thaw()
        gateway.release()
        async with asyncio.timeout(SETTLE_S):
            while not turn.done():
                await clock.advance(0.5)
                await asyncio.wait([turn], timeout=0.05)
        assert await turn == numbered_words(12)
        assert client.stats.reconnects == 1


@pytest.mark.ends_the_gateway
@pytest.mark.timeout(120)
async def test_restart(gateway: Gateway, session: str) -> None:
    """client: the Gateway is killed during an answer and restarts; the turn is reported as lost,
    the next one is answered"""
    message = f"#words=12 #hold=4 {session}"
    async with client_of(gateway, retry_timeout=60.0) as client:
        turn = asyncio.ensure_future(client.send_message(None, message, speaker=session))
        await gateway.held(message)
        await gateway.kill()
        await gateway.start()
        with pytest.raises(TurnLost):
            await turn
        gateway.release()
        answer = await client.send_message(None, "#say:Here again.", speaker="another")
        assert answer == "Here again."
