"""One client per guild, over one connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from openclaw_client import (
    ConnectionState,
    GatewayRefused,
    GatewayUnreachable,
    PerGuildOpenClawClient,
    SessionScope,
    TurnAborted,
)
from simulators.gateway import GatewaySimulator
from simulators.gateway.refusal import Refusal
from testing.gateways import config_for
from testing.manual_clock import ManualClock, eventually, settle

LIFE = "Life is a long walk, my friend. Enjoy the view along the way."
QUESTION = ("sage", "What is the meaning of life?")


@pytest.fixture
async def guilds(
    gateway: GatewaySimulator, clock: ManualClock
) -> AsyncIterator[PerGuildOpenClawClient]:
    config = config_for(gateway.url, session_scope="guild")
    async with PerGuildOpenClawClient(config, clock=clock) as one:
        yield one


async def test_each_guild_has_its_own_client_and_session(
    guilds: PerGuildOpenClawClient, gateway: GatewaySimulator
) -> None:
    one, two = guilds.get_or_create(1), guilds.get_or_create(2)
    assert one is guilds.get_or_create("1")
    assert one is not two
    answers = await asyncio.gather(
        one.send_message(*QUESTION, speaker="alice"), two.send_message(*QUESTION, speaker="alice")
    )
    assert list(answers) == [LIFE, LIFE]
    keys = {run.session.key for run in gateway.runs}
    assert keys == {"agent:sage:discord:guild:1", "agent:sage:discord:guild:2"}


async def test_the_scope_of_each_guild_is_asked_for_before_each_turn(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    chosen = {"1": SessionScope.GUILD, "2": SessionScope.USER}
    config = config_for(gateway.url)
    async with PerGuildOpenClawClient(config, clock=clock, scope_of=chosen.__getitem__) as guilds:
        for guild in (1, 2):
            await guilds.get_or_create(guild).send_message(*QUESTION, speaker="alice")
        chosen["1"] = SessionScope.USER_EVERYWHERE
        await guilds.get_or_create(1).send_message(*QUESTION, speaker="alice")
    assert [run.session.key for run in gateway.runs] == [
        "agent:sage:discord:guild:1",
        "agent:sage:discord:dm:alice:guild:2",
        "agent:sage:discord:dm:alice",
    ]


async def test_they_share_one_connection(
    guilds: PerGuildOpenClawClient, gateway: GatewaySimulator
) -> None:
    for guild in range(5):
        await guilds.get_or_create(guild).connect()
    assert gateway.handshakes == 1
    assert gateway.connected == 1


async def test_removing_a_guild_aborts_its_turns_and_no_others(
    guilds: PerGuildOpenClawClient, gateway: GatewaySimulator
) -> None:
    pauses = [gateway.faults.pause_run(after_words=1) for _ in range(2)]
    asked = []
    for guild, pause in enumerate(pauses):
        client = guilds.get_or_create(guild)
        asked.append(asyncio.create_task(client.send_message(*QUESTION, speaker="alice")))
        await pause.reached.wait()
    waiting = asyncio.create_task(guilds.get_or_create(0).send_message(*QUESTION, speaker="bob"))
    await settle()

    await guilds.remove_guild(0)

    assert [run.status for run in gateway.runs] == ["aborted", "running"]
    for turn in (asked[0], waiting):
        with pytest.raises(TurnAborted, match="removed"):
            await turn
    pauses[1].resume()
    assert await asked[1] == LIFE


async def test_a_removed_guild_may_come_back(guilds: PerGuildOpenClawClient) -> None:
    before = guilds.get_or_create(1)
    await guilds.remove_guild(1)
    await guilds.remove_guild(1)
    after = guilds.get_or_create(1)
    assert after is not before
    assert await after.send_message(*QUESTION, speaker="alice") == LIFE


async def test_disconnecting_a_guild_leaves_the_connection(
    guilds: PerGuildOpenClawClient, gateway: GatewaySimulator
) -> None:
    await guilds.get_or_create(1).connect()
    await guilds.get_or_create(1).disconnect()
    await settle()
    assert gateway.connected == 1


async def test_one_session_shared_by_two_guilds_is_still_one_at_a_time(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    """With scope `user_everywhere`, a person who changes guilds takes their conversation along."""
    config = config_for(gateway.url, session_scope="user_everywhere")
    async with PerGuildOpenClawClient(config, clock=clock) as guilds:
        pause = gateway.faults.pause_run(after_words=1)
        one = asyncio.create_task(guilds.get_or_create(1).send_message(*QUESTION, speaker="alice"))
        await pause.reached.wait()
        two = asyncio.create_task(guilds.get_or_create(2).send_message(*QUESTION, speaker="alice"))
        await settle()
        assert len(gateway.runs) == 1
        pause.resume()
        assert [await one, await two] == [LIFE, LIFE]


async def test_a_bot_may_start_before_its_gateway(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await gateway.go_away()
    async with PerGuildOpenClawClient(config_for(gateway.url), clock=clock) as guilds:
        await eventually(lambda: guilds.status.state is ConnectionState.WAITING)
        connecting = asyncio.create_task(guilds.connect())
        while not connecting.done():
            await clock.advance(1.0)
        with pytest.raises(GatewayUnreachable):
            await connecting
        await gateway.come_back()
        asking = asyncio.create_task(
            guilds.get_or_create(1).send_message(*QUESTION, speaker="alice")
        )
        await settle()
        while not asking.done():
            await clock.advance(1.0)
        assert await asking == LIFE
        assert guilds.stats.connects == 1


async def test_after_a_refusal_for_good_a_user_can_have_it_tried_again(
    guilds: PerGuildOpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    refusal = Refusal("INVALID_REQUEST", "token mismatch", {"code": "AUTH_TOKEN_MISMATCH"})
    gateway.faults.refuse_connects(2, refusal)
    await eventually(lambda: guilds.status.stopped)
    assert "OPENCLAW_AUTH_TOKEN" in (guilds.status.problem or "")
    assert guilds.status.problem_kind == "GatewayRefused:AUTH_TOKEN_MISMATCH"
    with pytest.raises(GatewayRefused):
        await guilds.get_or_create(1).send_message(*QUESTION, speaker="alice")
    await clock.advance(1_000.0)
    assert gateway.handshakes == 1

    again = await guilds.retry()
    assert again.stopped
    await gateway.wait_for(lambda: gateway.handshakes == 2)

    mended = await guilds.get_or_create(1).retry()
    assert (mended.state, mended.problem, mended.problem_kind) == (ConnectionState.UP, None, None)
    assert await guilds.get_or_create(2).send_message(*QUESTION, speaker="bob") == LIFE


async def test_trying_again_disturbs_no_connection_that_stands(
    guilds: PerGuildOpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    asking = asyncio.create_task(guilds.get_or_create(1).send_message(*QUESTION, speaker="alice"))
    await pause.reached.wait()
    assert (await guilds.retry()).state is ConnectionState.UP
    pause.resume()
    assert await asking == LIFE
    assert gateway.handshakes == 1


async def test_trying_again_while_the_gateway_is_away_says_so(
    guilds: PerGuildOpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await guilds.connect()
    await gateway.go_away()
    await eventually(lambda: guilds.status.state is ConnectionState.WAITING)
    trying = asyncio.create_task(guilds.retry())
    while not trying.done():
        await clock.advance(1.0)
    status = await trying
    assert not status.stopped
    assert status.problem_kind == "GatewayUnreachable"
    assert status.problem
