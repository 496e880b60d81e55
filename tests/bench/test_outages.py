"""A call and the outages of Discord, at full length, by a clock that jumps (`bench.faults`)."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from bench import faults
from discord_bot.call.supervisor import LONGEST_RETRY_S
from discord_bot.guild_state import RunningCalls
from testing.outage_harness import OutageHarness, run_scene
from testing.outages import (
    AWAY,
    MEMBER_ACTIONS,
    NO_OUTAGE,
    REFUSALS,
    SHOWN_IN,
    MemberAction,
    Outage,
)

ATTEMPT_S = 25.0
"""The longest that one attempt takes, with what discord.py does after its timeout."""


@pytest.mark.parametrize("kind", AWAY, ids=lambda kind: kind.name)
def test_the_call_survives(kind: Outage) -> None:
    length_s = 40.0
    came = faults.run_scenario(partial(faults.outage, kind, length_s))
    assert came.good, came
    assert came.back_s is not None
    assert came.back_s <= LONGEST_RETRY_S + ATTEMPT_S
    assert came.lost_s <= length_s + came.back_s


@pytest.mark.parametrize("kind", REFUSALS[2::4], ids=lambda kind: kind.name)
def test_no_close_code_ends_it(kind: Outage) -> None:
    came = faults.run_scenario(partial(faults.outage, kind, 12.0))
    assert came.good, came
    assert came.told_s is not None
    assert came.told_s < 10


@pytest.mark.parametrize("kind", [NO_OUTAGE, *SHOWN_IN], ids=lambda kind: kind.name)
@pytest.mark.parametrize("deed", MEMBER_ACTIONS, ids=lambda deed: deed.name)
def test_what_somebody_does_is_heeded_in_any_of_them(deed: MemberAction, kind: Outage) -> None:
    came = faults.run_scenario(partial(faults.act, deed, kind))
    assert came.good, came


def test_nobody_is_told_twice_in_a_long_outage(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.until(lambda: here.told, 5, "told that it listens")
        await AWAY[0].begin(here)
        await asyncio.sleep(130)
        assert len(here.told) == 2
        await AWAY[0].end(here)
        mended = here.now
        await here.until(lambda: len(here.told) == 3, 90, "told of the end")
        assert here.told[-1][1].startswith("I can hear you again. It was")
        assert here.heard_since(mended)

    run_scene(tmp_path, scene)


def test_a_channel_that_is_deleted_while_the_bot_is_away_ends_the_call(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        here.sim.faults.voice_gateway_away = True
        here.sim.abort_voice(here.guild)
        await asyncio.sleep(30)
        here.sim.delete_channel(here.room)
        await here.until(lambda: not here.bot.sessions, 60, "ended")
        assert any("no longer exists" in text for _, text in here.told)

    run_scene(tmp_path, scene)


def test_a_call_that_it_may_no_longer_enter_waits_and_says_why(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        here.room.forbid(connect=True)
        here.sim.close_voice(here.guild, 4006)
        await asyncio.sleep(60)
        assert "I lack these permissions" in here.told[-1][1]
        here.room.forbid()
        allowed = here.now
        await here.until(lambda: here.heard_since(allowed), 60, "heard again")

    run_scene(tmp_path, scene)


def test_a_kick_with_the_network_gone_is_heeded_the_second_time_at_the_latest(
    tmp_path: Path,
) -> None:
    """It cannot be told from what Discord does by itself after a while."""

    async def scene(here: OutageHarness) -> None:
        here.sim.cut_off()
        await asyncio.sleep(5)
        here.sim.kick(here.guild)
        await asyncio.sleep(60)
        here.sim.reconnect()
        mended = here.now
        await here.until(lambda: here.heard_since(mended), 60, "heard again")
        here.sim.kick(here.guild)
        await here.until(lambda: not here.bot.sessions, 10, "ended")
        await asyncio.sleep(60)
        assert here.sim.bot_channel(here.guild) is None
        assert here.told[-1][1] == "I was disconnected from the call."

    run_scene(tmp_path, scene)


def test_a_kick_just_after_the_connection_broke_is_heeded(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        here.sim.abort_voice(here.guild)
        here.sim.kick(here.guild)
        await here.until(lambda: not here.bot.sessions, 10, "ended")
        await asyncio.sleep(60)
        assert here.sim.bot_channel(here.guild) is None

    run_scene(tmp_path, scene)


def test_a_call_that_came_up_elsewhere_only_later_is_kept_there(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await AWAY[0].begin(here)
        await asyncio.sleep(9)
        options = {"channel": here.other}
        asked = await here.sim.run_command(here.alice, "join", options, channel=here.text)
        answer = (await asked.answered(60)).content
        assert answer.startswith(f"I could not join <#{here.other.id}>: ")
        assert answer.endswith(". I keep trying.")
        await AWAY[0].end(here)
        await here.alice.join(here.other)
        mended = here.now
        await here.until(lambda: here.heard_since(mended), 60, "heard again")
        kept = RunningCalls(here.calls_file).of(here.guild.id)
        assert kept is not None
        assert kept.channel_id == here.other.id

    run_scene(tmp_path, scene)


def test_put_out_of_the_guild_while_it_is_away_it_ends_the_call(tmp_path: Path) -> None:
    """Discord's next session does not name the guild, and says nothing of why."""

    async def scene(here: OutageHarness) -> None:
        here.sim.faults.gateway_away = True
        here.sim.drop_gateway(resumable=False)
        await asyncio.sleep(5)
        here.sim.remove_bot(here.guild)
        here.sim.reconnect()
        await here.until(lambda: not here.bot.sessions, 60, "ended")
        assert RunningCalls(here.calls_file).of(here.guild.id) is None

    run_scene(tmp_path, scene)


def test_a_new_voice_session_acknowledges_nothing_of_the_one_before(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        here.sim.drag(here.other)
        await asyncio.sleep(20)  # heartbeats, of which `play` knows the violations

    run_scene(tmp_path, scene)
