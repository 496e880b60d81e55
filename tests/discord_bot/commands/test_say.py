"""/say, as the members see it."""

from __future__ import annotations

import discord
import pytest

from pipeline.speaking.announcement import Announcement, AnnouncementResult
from simulators.discord import CannotRun
from testing.calls import Calls

# The first thing that the bot says in a call is that it listens.

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_text_is_said_and_those_in_the_call_read_who_wanted_it(c: Calls) -> None:
    room = await c.call_in()
    await c.settle()
    answer = await c.ask("say", text="Dinner is *ready*.")
    assert room.said[1:] == ["Dinner is *ready*."]
    assert answer.content == "Alice has me say: “Dinner is \\*ready\\*.”"
    assert not answer.ephemeral
    await c.settle()
    assert c.sim.messages(c.room)[-1].content == answer.content


async def test_it_pings_no_one(c: Calls) -> None:
    await c.call_in()
    answer = await c.ask("say", text=f"@everyone <@{c.ben.id}>, come here.")
    assert not answer.pings.everyone
    assert not answer.pings.users


async def test_from_outside_the_call_nothing_is_said(c: Calls) -> None:
    room = await c.call_in()
    refused = await (await c.ben.run("say", {"text": "Boo."}, channel=c.text)).answered()
    assert refused.ephemeral
    assert "you are not in it, so you cannot have me say something" in refused.content
    assert room.said[1:] == []


async def test_what_cannot_be_queued_is_told(c: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    room = await c.call_in()
    full = Announcement("")
    full.finish(AnnouncementResult.DROPPED)
    monkeypatch.setattr(room, "say", lambda _: full)
    answer = await c.ask("say", text="And another thing.")
    assert answer.ephemeral
    assert answer.content == "Too much waits to be said already. Try again in a moment."


async def test_a_text_without_end_is_refused_by_discord(c: Calls) -> None:
    await c.call_in()
    with pytest.raises(CannotRun):
        await c.alice.run("say", {"text": "x" * 501}, channel=c.text)


async def test_while_muted_it_says_that_it_is_not_heard(c: Calls) -> None:
    room = await c.call_in()
    c.sim.mute(c.guild)
    me = c.bot.guilds[0].me
    await c.until(lambda: isinstance(me.voice, discord.VoiceState) and me.voice.mute)
    answer = await c.ask("say", text="Hello.")
    assert room.said[1:] == ["Hello."]
    assert "But: " in answer.content
    c.sim.mute(c.guild, False)
    await c.until(lambda: isinstance(me.voice, discord.VoiceState) and not me.voice.mute)
