"""/why, as the member who runs it sees it."""

from __future__ import annotations

import discord
import pytest

from discord_bot.commands.why import SHOWN, SHOWN_OF_EVERYBODY
from pipeline.events import (
    ReplyBegan,
    ReplyDeclined,
    ReplyEnded,
    ReplyFailed,
    TurnDecided,
    TurnRejected,
    Unspoken,
)
from pipeline.latency import TurnLatency
from pipeline.ports import Speaker
from testing.calls import Calls, ListeningRoom
from tests.discord_bot.commands.conftest import manage

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY_CALLED = ("other people are here", "nobody was called by name")


def now(c: Calls) -> float:
    return c.bot.sessions[c.guild.id].now


def heard(c: Calls, room: ListeningRoom, text: str, *, addressed: bool = False) -> Speaker:
    alice = Speaker(c.alice.id, "Alice")
    reasons = ("called by name",) if addressed else NOBODY_CALLED
    room.observer(TurnDecided(alice, text, addressed, reasons, now(c) - 12))
    return alice


async def test_without_a_call_there_is_nothing_to_explain(c: Calls) -> None:
    answer = await c.ask("why")
    assert answer.content == "I am in no voice channel: `/join` calls me."
    assert answer.ephemeral


async def test_why_it_kept_silent_and_what_helps(c: Calls) -> None:
    heard(c, await c.call_in(), "what time is it")
    answer = await c.ask("why")
    assert answer.ephemeral
    said, why, hint = answer.content.splitlines()
    assert said == "**12 seconds ago, you**: “what time is it”"
    assert why == "I did not answer: other people are here and nobody was called by name."
    assert "`/sensitivity`" in hint


async def test_an_answered_turn_is_shown_with_its_latency(c: Calls) -> None:
    room = await c.call_in()
    alice = heard(c, room, "Jarvis, a story", addressed=True)
    latency = TurnLatency()
    latency.mark("speech_end", 1.0)
    latency.mark("first_frame", 1.4)
    room.observer(ReplyBegan("jarvis", alice, latency, 1.4))
    assert "\nI answered after 0.4 s: you called me by name." in await c.run("why")
    room.observer(ReplyEnded("jarvis", alice, "Once upon a time", "Once", True, 2.0))
    told = await c.run("why")
    assert "I answered after 0.4 s and was interrupted: you called me by name." in told


async def test_a_failed_answer_is_shown_with_its_cause(c: Calls) -> None:
    room = await c.call_in()
    alice = heard(c, room, "Jarvis, a story", addressed=True)
    assert "I took it for me: you called me by name." in await c.run("why")
    inside = "Connect call failed ('127.0.0.1', 9)"
    room.observer(ReplyFailed("jarvis", alice, inside, "I cannot reach my brain.", 1.0))
    told = await c.run("why")
    assert "I wanted to answer, but could not: I cannot reach my brain." in told
    assert "127" not in told


async def test_an_answer_that_was_only_written_says_why(c: Calls) -> None:
    room = await c.call_in()
    alice = heard(c, room, "Jarvis, a story", addressed=True)
    why, reason = "http://10.0.0.7:8090 answered 503", "the speech server is too busy"
    room.observer(Unspoken("jarvis", "Long ago.", why, 1.0, reason, alice))
    told = await c.run("why")
    assert "I answered, but could only write it: the speech server is too busy." in told
    assert "10.0.0.7" not in told
    latency = TurnLatency()
    latency.mark("speech_end", 1.0)
    latency.mark("first_frame", 1.3)
    room.observer(ReplyBegan("jarvis", alice, latency, 1.3))
    told = await c.run("why")
    assert "I answered after 0.3 s, but could only write a part of it: the speech" in told


async def test_those_who_manage_the_server_read_the_cause_too(c: Calls) -> None:
    room = await c.call_in()
    carol = c.sim.add_person(c.guild, "Carol", permissions=discord.Permissions(manage_guild=True))
    await carol.join(c.room)
    await c.until(lambda: carol.id in room.people)
    room.observer(TurnDecided(Speaker(carol.id, "Carol"), "Jarvis!", True, ("called",), now(c)))
    room.observer(ReplyFailed("jarvis", Speaker(carol.id, "Carol"), "529 {json}", "", 1.0))
    asked = await c.sim.run_command(carol, "why", {}, channel=c.text)
    answer = await asked.answered()
    assert answer.ephemeral
    assert "I wanted to answer, but could not: the agent did not answer." in answer.content
    assert "-# For those who manage this server: 529 {json}" in answer.content
    await carol.leave()


async def test_a_reply_that_was_spoken_while_the_bot_was_muted_was_not_heard(c: Calls) -> None:
    room = await c.call_in()
    c.sim.mute(c.guild)
    await c.until(lambda: c.bot.sessions[c.guild.id].obstacles())
    alice = heard(c, room, "Jarvis, a story", addressed=True)
    latency = TurnLatency()
    latency.mark("speech_end", 1.0)
    latency.mark("first_frame", 1.3)
    room.observer(ReplyBegan("jarvis", alice, latency, 1.3))
    room.observer(ReplyEnded("jarvis", alice, "Once upon a time", "Once upon a time", False, 2.0))
    first, _, line, *_ = (await c.run("why")).splitlines()
    assert first.startswith("Right now: I am muted in this server, so you cannot hear me.")
    assert line == (
        "I answered, but you could not hear it. At that time: “I am muted in this server, so you "
        "cannot hear me.”"
    )
    c.sim.mute(c.guild, False)
    await c.until(lambda: not c.bot.sessions[c.guild.id].obstacles())
    assert "you could not hear it" in await c.run("why"), "it is still so of that reply"
    written = await c.sim.wait_for_message(c.text, lambda m: "Once upon a time" in m.content)
    assert "I am muted in this server" in written.content


async def test_a_silent_reply_is_shown_as_chosen(c: Calls) -> None:
    room = await c.call_in()
    alice = heard(c, room, "Jarvis, never mind.", addressed=True)
    room.observer(ReplyDeclined("jarvis", alice, now(c)))
    assert "I took it for me, but had nothing to say: you called me by name." in await c.run("why")


async def test_a_turn_that_the_agent_declined_is_shown_as_not_meant_for_it(c: Calls) -> None:
    room = await c.call_in()
    alice = heard(c, room, "And tomorrow?", addressed=True)
    room.observer(ReplyDeclined("jarvis", alice, now(c), "not meant"))
    assert "I thought that it might be for me, and then saw that it was not: " in await c.run("why")
    room.observer(ReplyDeclined("jarvis", alice, now(c), "gave way"))
    told = await c.run("why")
    assert "I was not sure that it was for me, and then another member called me: " in told


async def test_noise_is_shown_as_such(c: Calls) -> None:
    room = await c.call_in()
    room.observer(TurnRejected(Speaker(c.alice.id, "Alice"), "no words in it", now(c) - 130))
    assert await c.run("why") == "**2 minutes ago, you**: I understood no words: no words in it."


async def test_only_the_members_own_latest_turns_are_shown_by_default(c: Calls) -> None:
    room = await c.call_in()
    for number in range(20):
        heard(c, room, f"sentence {number}")
        room.observer(
            TurnDecided(Speaker(c.ben.id, "B*e*n"), "Hi!", False, NOBODY_CALLED, now(c) - 1.0)
        )
    mine = await c.run("why")
    assert mine.count("you**") == SHOWN
    assert "sentence 19" in mine
    assert "Ben" not in mine
    everybody = await c.run("why", everybody=True)
    assert everybody.count(" ago, ") == SHOWN_OF_EVERYBODY
    assert "B\\*e\\*n" in everybody


async def test_long_texts_are_cut_and_every_turn_is_shown(c: Calls) -> None:
    room = await c.call_in()
    for _ in range(20):
        room.observer(
            TurnDecided(Speaker(c.alice.id, "Alice"), "_wörd_ " * 900, False, ("why " * 200,), 0.0)
        )
    asked = await c.sim.run_command(c.alice, "why", {"everybody": True}, channel=c.text)
    await asked.answered_with("`/sensitivity`")
    assert all(0 < len(message.content) <= 2000 for message in asked.responses)
    assert all(message.ephemeral for message in asked.responses)
    told = "\n".join(message.content for message in asked.responses)
    assert told.count(" ago, you**") == SHOWN_OF_EVERYBODY
    assert told.count("wörd") < 20 * SHOWN_OF_EVERYBODY


async def test_a_member_outside_the_call_is_shown_nothing(c: Calls) -> None:
    room = await c.call_in()
    heard(c, room, "a secret")
    await c.ben.join(c.room)
    await c.alice.leave()
    session = c.bot.sessions[c.guild.id]
    await c.until(lambda: session.channel is None or c.alice.id not in session.channel.voice_states)
    answer = await c.run("why", everybody=True)
    assert "secret" not in answer
    assert answer.startswith("Join the call first")


async def test_a_member_who_was_never_heard_is_told_what_to_check(c: Calls) -> None:
    await c.call_in()
    await c.until(lambda: c.bot.sessions[c.guild.id].problem() is None)
    assert "Are you muted" in await c.run("why")
    assert await c.run("why", everybody=True) == "I have heard nothing from anybody yet."


async def test_the_two_weightiest_reasons_are_told_to_the_speaker_and_to_others(c: Calls) -> None:
    room = await c.call_in()
    await c.ben.join(c.room)
    await c.until(lambda: c.ben.id in room.people)
    alice = Speaker(c.alice.id, "Alice")
    reasons = (
        "the rules decided otherwise",
        "it comes right after the agent's answer to them",
        "it is a question",
        "it continues what was said before",
        "although other people are here",
    )
    room.observer(TurnDecided(alice, "And in London?", True, reasons, now(c)))
    told = await c.run("why")
    assert told.endswith(
        "I took it for me: it came right after my answer to you and it is a question."
    )
    asked = await c.ben.run("why", {"everybody": True}, channel=c.text)
    others = (await asked.answered()).content
    assert "**1 second ago, Alice**: “And in London?”" in others
    assert others.endswith("it came right after my answer to them and it is a question.")
    await manage(c)
    assert "-# All reasons: the rules decided otherwise; it comes right after" in await c.run("why")
    await manage(c, may=False)
