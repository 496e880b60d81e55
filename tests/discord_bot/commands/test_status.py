"""/status, as the member who runs it sees it."""

from __future__ import annotations

import re

import pytest

from discord_bot.rights import ServerRights
from pipeline.events import (
    HearingReplaced,
    QuestionSent,
    QuestionWithdrawn,
    ReplyBegan,
    TurnDecided,
    VoiceReplaced,
)
from pipeline.latency import TurnLatency
from pipeline.ports import Speaker
from testing.calls import Calls, tone
from tests.discord_bot.commands.conftest import manage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_without_a_call_there_is_no_status(c: Calls) -> None:
    answer = await c.ask("status")
    assert answer.content == "I am in no voice channel: `/join` calls me."
    assert answer.ephemeral


WELL = "All is well: I can hear and be heard, and reach Jarvis."


async def test_a_new_call_is_well(c: Calls) -> None:
    await c.call_in()
    answer = await c.ask("status")
    assert answer.ephemeral
    first, second, *_ = answer.content.splitlines()
    assert first == WELL
    assert re.fullmatch(rf"I joined <#{c.room.id}> <t:\d+:R>\..*", second)
    assert second.endswith(" **Jarvis** answers here; sensitivity is medium.")


async def test_those_who_manage_the_server_read_the_counts_in_small_letters(c: Calls) -> None:
    await manage(c)
    room = await c.call_in()
    assert "-# Questions in this call: 0, sent early: 0" in await c.run("status")
    alice, latency = Speaker(c.alice.id, "Alice"), TurnLatency()
    latency.mark("speech_end", 1.0)
    latency.mark("first_frame", 1.8)
    room.observer(QuestionSent("jarvis", alice, True, 1.0))
    room.observer(QuestionWithdrawn("jarvis", alice, 1.2))
    room.observer(QuestionSent("jarvis", alice, True, 1.4))
    room.observer(TurnDecided(alice, "Jarvis, a story", True, ("called by name",), 1.5))
    room.observer(ReplyBegan("jarvis", alice, latency, 1.8))
    room.waiting = 2
    assert await c.hears(c.alice, 1.5) >= 1300
    status = (await c.run("status")).splitlines()
    small = status[status.index("-# For those who manage this server:") :]
    assert all(line.startswith("-# ") for line in small)
    for line in (
        "-# I am neither muted nor deafened.",
        "-# The call is encrypted up to Discord.",
        "-# Questions in this call: 1, sent early: 2, withdrawn because the speaker went on: 1.",
        "-# Half of the answers came within 0.8 s, the last after 0.8 s.",
        "-# Questions that wait for their answer: 2.",
    ):
        assert line in small
    (audio,) = [line for line in small if "Packets" in line]
    found = re.fullmatch(
        r"-# Packets: (\d+) received, (\d+) decrypted, (\d+) decoded, (\d+) left out\.", audio
    )
    assert found is not None
    received, decrypted, decoded, _ = map(int, found.groups())
    assert received >= decrypted >= 75
    assert decoded >= 75
    await manage(c, may=False)
    assert "-#" not in await c.run("status")


async def test_who_speaks_in_the_place_of_the_agents_voice_and_why(c: Calls) -> None:
    room = await c.call_in()
    why = "the speech server does not answer"
    stands_in = f"**Jarvis** speaks with a stand-in voice for now: {why}."
    assert stands_in not in (await c.run("status")).splitlines()
    room.stand_ins.voice = VoiceReplaced("jarvis", why, 0.0)
    assert stands_in in (await c.run("status")).splitlines()
    room.stand_ins.voice = VoiceReplaced("jarvis", why, 0.0, "the server in the office")
    told = f"**Jarvis** speaks through the server in the office for now: {why}."
    assert told in (await c.run("status")).splitlines()
    room.stand_ins.hearing = HearingReplaced(why, 0.0)
    told = f"I transcribe with my own speech model for now: {why}."
    assert told in (await c.run("status")).splitlines()


async def test_who_is_heard_and_since_when(c: Calls) -> None:
    await c.ben.join(c.room)
    c.bot.rights = lambda _: ServerRights(users=frozenset({c.alice.id}))
    room = await c.call_in()
    await c.until(lambda: c.ben.id in room.people)
    assert await c.hears(c.alice, 1.5) >= 1300
    await c.ben.say(tone(0.4))
    await c.until(lambda: c.alice.id in c.bot.sessions[c.guild.id].consent.heard_since)
    lines = (await c.run("status")).splitlines()
    assert re.fullmatch(r"I hear: Alice \(since <t:\d+:t>, [12] s of speech\)\.", lines[2])
    assert lines[3] == "I do not hear: Ben."
    assert len(lines) == 4


async def test_what_is_wrong_comes_first_with_who_can_mend_it(c: Calls) -> None:
    await c.call_in()
    c.sim.mute(c.guild)
    await c.until(lambda: c.bot.sessions[c.guild.id].obstacles())
    first, *_ = (await c.run("status")).splitlines()
    assert first == (
        "**I am muted in this server, so you cannot hear me.** Members who may mute members can "
        "undo it: right-click me, Server Mute."
    )
    c.sim.mute(c.guild, False)
    await c.until(lambda: not c.bot.sessions[c.guild.id].obstacles())
    assert (await c.run("status")).startswith(WELL)


async def test_a_member_who_left_themselves_out_can_come_back_by_a_button(c: Calls) -> None:
    await c.call_in()
    await c.run("ignore")
    answer = await c.ask("status")
    assert answer.content.startswith("I do not hear you, because you chose to be left out.")
    back = await (await c.alice.click(answer, "Hear me again")).answered()
    assert back.content.startswith("I hear you in the calls of this server.")
    assert (await c.ask("status")).components == []


async def test_an_unreachable_agent_is_shown(c: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    await c.call_in()
    monkeypatch.setattr(c.bot.agents, "within_reach", False)
    assert (await c.run("status")).startswith(
        "**I cannot reach Jarvis just now.** I keep trying; the operator of this bot can see why."
    )


async def test_a_private_call_is_not_shown_to_others(c: Calls) -> None:
    secret = c.guild.add_voice_channel("Secret")
    secret.hide(c.alice.member)
    await c.alice.join(secret)
    guild = c.bot.guilds[0]
    await c.until(
        lambda: [each for each in guild.voice_channels if c.alice.id in each.voice_states]
    )
    assert "I am in" in await c.run("join")
    asked = await c.sim.run_command(c.ben, "status", {}, channel=c.text)
    assert (await asked.answered()).content == "I am in a call in a channel that you cannot see."
    refused = await c.sim.run_command(c.ben, "leave", {}, channel=c.text)
    assert "I am in a call in another channel" in (await refused.answered()).content
    c.sim.delete_channel(secret)
    await c.until(lambda: c.bot.sessions == {})
