"""A call and the outages of Discord, at full length, by a clock that jumps.

`python -m bench.discord_faults` runs every kind and every pair; these are some of each.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from bench import discord_faults as faults
from discord_bot.call.supervisor import LONGEST_RETRY_S
from testing.call_troubles import MOVES, PACKETS, PEOPLE, RIGHTS, SERVERS, UDP
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


@pytest.mark.parametrize(
    "kind", [kind for kind in AWAY if kind not in SHOWN_IN], ids=lambda kind: kind.name
)
def test_the_call_survives(kind: Outage) -> None:
    length_s = 40.0
    result = faults.run_scenario(partial(faults.outage, kind, length_s))
    assert result.good, result
    assert result.back_s is not None
    assert result.back_s <= LONGEST_RETRY_S + ATTEMPT_S
    assert result.lost_s <= length_s + result.back_s


@pytest.mark.parametrize("kind", REFUSALS[2::6], ids=lambda kind: kind.name)
def test_no_close_code_ends_it(kind: Outage) -> None:
    result = faults.run_scenario(partial(faults.outage, kind, 12.0))
    assert result.good, result
    assert result.told_s is not None
    assert result.told_s < 10


@pytest.mark.parametrize(
    "kind",
    [*PACKETS[:2], *PEOPLE[:1], *SERVERS[:2], *UDP[::2], *MOVES, *RIGHTS[:3]],
    ids=lambda kind: kind.name,
)
def test_no_trouble_ends_it_and_each_is_told_that_must_be(kind: Outage) -> None:
    result = faults.run_scenario(partial(faults.outage, kind, 8.0))
    assert result.good, result


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        *((action, NO_OUTAGE) for action in MEMBER_ACTIONS),
        *((MEMBER_ACTIONS[0], kind) for kind in SHOWN_IN),
        *zip(MEMBER_ACTIONS[1:], SHOWN_IN, strict=True),
    ],
    ids=lambda each: each.name,
)
def test_what_somebody_does_is_heeded_in_any_of_them(action: MemberAction, kind: Outage) -> None:
    result = faults.run_scenario(partial(faults.member_action, action, kind))
    assert result.good, result


def test_nobody_is_told_twice_in_a_long_outage(tmp_path: Path) -> None:
    async def scene(harness: OutageHarness) -> None:
        await harness.until(lambda: harness.told, 5, "told that it listens")
        await AWAY[0].begin(harness)
        await asyncio.sleep(130)
        assert len(harness.told) == 2
        await AWAY[0].end(harness)
        mended = harness.now
        await harness.until(lambda: len(harness.told) == 3, 90, "told of the end")
        assert harness.told[-1][1].startswith("I can hear you again. It was")
        assert harness.heard_since(mended)

    run_scene(tmp_path, scene)


def test_ten_minutes_in_which_nobody_talks_are_no_fault(tmp_path: Path) -> None:
    async def scene(harness: OutageHarness) -> None:
        await harness.until(lambda: harness.told, 5, "told that it listens")
        harness.quiet = True
        await asyncio.sleep(600)
        assert len(harness.told) == 1
        assert harness.sim.counters.keepalives >= 595

    run_scene(tmp_path, scene)


def test_a_server_that_stops_answering_keepalives_is_believed_three_times(tmp_path: Path) -> None:
    async def scene(harness: OutageHarness) -> None:
        await harness.until(lambda: harness.told, 5, "told that it listens")
        harness.quiet, faults = True, harness.sim.faults
        for answers in (True, False) * 5:
            faults.echo_keepalives = faults.answer_later_discovery = answers
            await asyncio.sleep(10)
        lost = [text for _, text in harness.told if "over UDP" in text]
        assert len(lost) == 3
        harness.quiet, began = False, harness.now
        await harness.until(lambda: harness.heard_since(began), 10, "heard")

    run_scene(tmp_path, scene)


def test_a_channel_that_is_deleted_while_the_bot_is_away_ends_the_call(tmp_path: Path) -> None:
    async def scene(harness: OutageHarness) -> None:
        harness.sim.faults.voice_gateway_away = True
        harness.sim.abort_voice(harness.guild)
        await asyncio.sleep(30)
        harness.sim.delete_channel(harness.room)
        await harness.until(lambda: not harness.bot.sessions, 60, "ended")
        await harness.until(
            lambda: any("no longer exists" in text for _, text in harness.told), 5, "told why"
        )

    run_scene(tmp_path, scene)


def test_a_call_that_it_may_no_longer_enter_waits_and_says_why(tmp_path: Path) -> None:
    async def scene(harness: OutageHarness) -> None:
        harness.room.forbid(connect=True)
        harness.sim.close_voice(harness.guild, 4006)
        await asyncio.sleep(60)
        assert "I lack these permissions" in harness.told[-1][1]
        harness.room.forbid()
        allowed = harness.now
        await harness.until(lambda: harness.heard_since(allowed), 60, "heard again")

    run_scene(tmp_path, scene)


def test_a_kick_with_the_network_gone_is_heeded_the_second_time_at_the_latest(
    tmp_path: Path,
) -> None:
    """It cannot be told from what Discord does by itself after a while."""

    async def scene(harness: OutageHarness) -> None:
        harness.sim.cut_off()
        await asyncio.sleep(5)
        harness.sim.kick(harness.guild)
        await asyncio.sleep(60)
        harness.sim.reconnect()
        mended = harness.now
        await harness.until(lambda: harness.heard_since(mended), 60, "heard again")
        harness.sim.kick(harness.guild)
        await harness.until(lambda: not harness.bot.sessions, 10, "ended")
        await asyncio.sleep(60)
        assert harness.sim.bot_channel(harness.guild) is None
        assert harness.told[-1][1] == "I was disconnected from the call."

    run_scene(tmp_path, scene)


def test_a_kick_just_after_the_connection_broke_is_heeded(tmp_path: Path) -> None:
    async def scene(harness: OutageHarness) -> None:
        harness.sim.abort_voice(harness.guild)
        harness.sim.kick(harness.guild)
        await harness.until(lambda: not harness.bot.sessions, 10, "ended")
        await asyncio.sleep(60)
        assert harness.sim.bot_channel(harness.guild) is None

    run_scene(tmp_path, scene)


def test_a_call_that_came_up_elsewhere_only_later_is_kept_there(tmp_path: Path) -> None:
    async def scene(harness: OutageHarness) -> None:
        await AWAY[0].begin(harness)
        await asyncio.sleep(9)
        options = {"channel": harness.other}
        asked = await harness.sim.run_command(harness.alice, "join", options, channel=harness.text)
        answer = (await asked.answered(60)).content
        assert answer.startswith(f"I could not join <#{harness.other.id}>: ")
        assert answer.endswith(". I keep trying.")
        await AWAY[0].end(harness)
        await harness.alice.join(harness.other)
        mended = harness.now
        await harness.until(lambda: harness.heard_since(mended), 60, "heard again")
        kept = harness.running_call()
        assert kept is not None
        assert kept.channel_id == harness.other.id

    run_scene(tmp_path, scene)


def test_put_out_of_the_guild_while_it_is_away_it_ends_the_call(tmp_path: Path) -> None:
    """Discord's next session does not name the guild, and says nothing of why."""

    async def scene(harness: OutageHarness) -> None:
        harness.sim.faults.gateway_away = True
        harness.sim.drop_gateway(resumable=False)
        await asyncio.sleep(5)
        harness.sim.remove_bot(harness.guild)
        harness.sim.reconnect()
        await harness.until(lambda: not harness.bot.sessions, 60, "ended")
        assert harness.running_call() is None

    run_scene(tmp_path, scene)


def test_a_new_voice_session_acknowledges_nothing_of_the_one_before(tmp_path: Path) -> None:
    async def scene(harness: OutageHarness) -> None:
        harness.sim.drag(harness.other)
        await asyncio.sleep(20)  # heartbeats, of which `play` knows the violations

    run_scene(tmp_path, scene)
