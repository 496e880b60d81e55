"""The client as a script uses it: its parameters and errors."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import ValidationError

from openclaw_client import (
    ConnectionState,
    GatewayRefused,
    GatewayUnreachable,
    NotConnected,
    OpenClawClient,
    SpeakerRef,
    create_client,
)
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN, config_for
from testing.manual_clock import ManualClock
from testing.ports import closed_port


async def test_the_users_own_script(gateway: GatewaySimulator) -> None:
    base_url = gateway.url.replace("ws://", "http://")

    client = create_client(base_url=base_url, auth_token=TOKEN, agent_id="main")
    await client.connect()
    reply = await client.send_message(
        agent="jarvis", message="What time is it?", speaker="test_user"
    )
    await client.disconnect()

    assert reply == "It is half past seven, sir."
    assert gateway.runs[0].session.key == "agent:jarvis:discord:dm:test_user"
    assert gateway.runs[0].heard.speaker == SpeakerRef("test_user", "test_user")


async def test_the_configured_agent_answers_when_none_is_named(gateway: GatewaySimulator) -> None:
    async with create_client(gateway.url, TOKEN, agent_id="sage") as client:
        reply = await client.send_message(None, "Who are you?", speaker="alice")
    assert reply == "I am Sage, and I have all the time in the world."


async def test_a_channel_can_share_its_memory(gateway: GatewaySimulator) -> None:
    async with create_client(gateway.url, TOKEN, session_scope="channel") as client:
        await client.send_message("sage", "Hi", speaker="alice", channel_id=99)
        with pytest.raises(ValueError, match="needs a channel id"):
            client.stream("sage", "Hi", speaker="alice")
    assert gateway.runs[0].session.key == "agent:sage:discord:channel:99"


async def test_invalid_arguments_raise_at_once(client: OpenClawClient) -> None:
    with pytest.raises(ValueError, match="not an agent id"):
        client.stream("no such agent", "Hi", speaker="alice")
    with pytest.raises(ValueError, match="needs words"):
        client.stream("sage", "  ", speaker="alice")
    with pytest.raises(ValueError, match="timeout must be positive"):
        client.stream("sage", "Hi", speaker="alice", timeout=0)


async def test_a_wrong_token_fails_connect_and_leaves_nothing_running(
    gateway: GatewaySimulator,
) -> None:
    client = create_client(gateway.url, "hunter2")
    with pytest.raises(GatewayRefused, match="OPENCLAW_AUTH_TOKEN"):
        await client.connect()
    assert client.status.state is ConnectionState.IDLE
    with pytest.raises(NotConnected):
        await client.send_message("jarvis", "Hi", speaker="alice")


async def test_connect_fails_after_retry_timeout_without_a_gateway(clock: ManualClock) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    client = OpenClawClient(config_for(url, retry_timeout=2), clock=clock)
    connecting = asyncio.create_task(client.connect())
    while not connecting.done():
        await clock.advance(0.5)
    with pytest.raises(GatewayUnreachable, match="within 2 s: no answer"):
        await connecting
    assert client.status.state is ConnectionState.IDLE


async def test_a_gateway_that_is_still_starting_is_waited_for(gateway: GatewaySimulator) -> None:
    clock = ManualClock()
    gateway.faults.refuse_connects(2)
    client = OpenClawClient(config_for(gateway.url), clock=clock)
    connecting = asyncio.create_task(client.connect())
    while not connecting.done():
        await clock.advance(0.1)
    await connecting
    assert client.status.state is ConnectionState.UP
    await client.disconnect()


async def test_connecting_twice_and_disconnecting_twice(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    await client.connect()
    assert gateway.handshakes == 1
    await client.disconnect()
    await client.disconnect()
    await client.connect()
    assert gateway.handshakes == 2


async def test_the_agents_there_are(client: OpenClawClient) -> None:
    assert [(agent.id, agent.name) for agent in await client.list_agents()] == [
        ("jarvis", "Jarvis"),
        ("sage", "Sage"),
    ]


def test_a_client_is_made_without_an_event_loop() -> None:
    client = create_client("http://127.0.0.1:1", "hunter2")
    assert client.status.state is ConnectionState.IDLE
    assert "hunter2" not in repr(vars(client))


def test_a_wrong_address_is_refused_when_the_client_is_made() -> None:
    with pytest.raises(ValidationError, match="base_url"):
        create_client("127.0.0.1:18789", "token")
