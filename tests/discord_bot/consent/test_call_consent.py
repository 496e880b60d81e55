"""Every member is told that the bot listens before it hears them, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable

import discord
import pytest

from discord_bot.receive import FrameKind
from simulators.discord import Message, Moderation, TextChannel
from testing.calls import Calls, calls, tone
from tests.discord_bot.commands.conftest import labels, permit

LISTENING = "Jarvis is listening in"
LATE = "Jarvis is listening in this call."


def notices(c: Calls, channel: TextChannel, words: str = LISTENING) -> list[Message]:
    return [each for each in c.sim.messages(channel) if words in each.content]


def latest(c: Calls, channel: TextChannel) -> str:
    return c.sim.messages(channel)[-1].content


def heard(c: Calls) -> Callable[[int], bool]:
    return c.bot.sessions[c.guild.id].hears


async def called_from_outside(c: Calls) -> None:
    """Alice, in #general and no call, sends the bot to Ben in Room."""
    await c.ben.join(c.room)
    await c.ask("join", channel=c.room)
    await c.sim.wait_for_call(c.room)


async def test_the_room_to_which_it_was_sent_is_told_in_its_own_chat() -> None:
    async with calls(dave=False) as c:
        await called_from_outside(c)
        (posted,) = notices(c, c.room)
        assert posted.content == (
            f"Jarvis is listening in <#{c.room.id}>. No audio is stored.\n"
            "- What you say is turned into text on the computer of this bot's operator.\n"
            "- What is meant for Jarvis, or seems to be, goes with your name to the operator's "
            "OpenClaw Gateway. "
            "There, each of you has a conversation of your own with Jarvis, which others do not "
            "hear. It stays there until those who run the Gateway delete it.\n"
            "- No transcript is kept.\n"
            f"- Long answers and links stand in <#{c.text.id}>, for all who can read it.\n"
            "- The button below, or `/ignore`, leaves you out. `/privacy` says more."
        )
        assert labels(posted) == ["Leave me out", "Privacy"]
        (pointer,) = notices(c, c.text)
        assert pointer.content == (
            f"Jarvis is listening in <#{c.room.id}>. What that means: "
            f"https://discord.com/channels/{c.guild.id}/{c.room.id}/{posted.id}"
        )
        assert c.rooms[-1].said == ["Jarvis is listening now. The chat of this channel says more."]
        assert await c.hears(c.ben) >= 360
        assert c.sim.violations == []


async def test_the_notice_is_in_the_servers_language_and_says_what_the_server_chose() -> None:
    async with calls(dave=False) as c:
        Moderation(c.guild).change_locale("de")
        await c.until(lambda: c.bot.guilds[0].preferred_locale is discord.Locale.german)
        settings = c.bot.store.settings
        await settings.set(c.guild.id, "transcripts", True)
        await settings.set(c.guild.id, "session_scope", "guild")
        await settings.set(c.guild.id, "context_of_others", True)
        await called_from_outside(c)
        (posted,) = notices(c, c.room, "hört")
        for words in (
            f"Eine Mitschrift mit euren Namen wird in <#{c.text.id}> gepostet und 30 Tage",
            "Dort teilt dieser ganze Server eine Unterhaltung mit Jarvis.",
            "Ebenso, was andere kurz zuvor gesagt haben.",
        ):
            assert words in posted.content
        assert c.rooms[-1].said[0].startswith("Jarvis hört jetzt zu.")
        await c.ben.click(posted, "Mich ausnehmen")


async def test_the_spoken_line_is_in_the_calls_language_and_can_be_turned_off() -> None:
    async with calls(dave=False) as c:
        settings = c.bot.store.settings
        await settings.set(c.guild.id, "languages", ["fr"])
        await called_from_outside(c)
        assert c.rooms[-1].said[0].startswith("Jarvis vous écoute maintenant.")
        await (await c.sim.run_command(c.ben, "leave", {}, channel=c.text)).answered()
        await settings.set(c.guild.id, "notice_spoken", False)
        await c.ask("join", channel=c.room)
        assert c.rooms[-1].said == []


async def test_those_who_come_later_are_told_together_and_once() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        people = [c.sim.add_person(c.guild, name) for name in ("Carol", "Dave", "Eve")]
        for person in (c.ben, *people):
            await person.join(c.room)
        session = c.bot.sessions[c.guild.id]
        everybody = {c.ben.id, *(each.id for each in people)}
        await c.until(lambda: everybody <= session.consent.told)
        late = notices(c, c.room, LATE)
        assert 1 <= len(late) <= 2, "the first at once, the others together"
        for person in (c.ben, *people):
            assert sum(person.mention in each.content for each in late) == 1
        assert all(not each.pings.users for each in late)
        await c.ben.leave()
        await c.ben.join(c.room)
        assert await c.hears(c.ben) >= 360
        assert len(notices(c, c.room, LATE)) == len(late), "they know it in this call"


async def test_after_a_drag_the_other_room_is_told_before_it_is_heard() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        await c.ben.join(c.other)
        assert not heard(c)(c.ben.id)
        c.sim.drag(c.other)
        await c.until(lambda: notices(c, c.other))
        await c.until(lambda: heard(c)(c.ben.id))


async def test_where_it_may_not_write_in_the_room_it_says_it_aloud_too() -> None:
    async with calls(dave=False) as c:
        await c.bot.store.settings.set(c.guild.id, "notice_spoken", False)
        await permit(c, c.room, send_messages=True)
        await called_from_outside(c)
        assert len(notices(c, c.text)) == 1
        assert c.rooms[-1].said == ["Jarvis is listening now. The command “ignore” leaves you out."]
        assert await c.hears(c.ben) >= 360


async def test_those_who_hear_it_aloud_are_told() -> None:
    async with calls(dave=False) as c:
        for channel in (c.room, c.text):
            await permit(c, channel, send_messages=True)
        await called_from_outside(c)
        assert await c.hears(c.ben) >= 360
        assert c.bot.sessions[c.guild.id].consent.problem is None


async def test_if_nobody_can_be_told_it_hears_nobody_and_tells_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("discord_bot.consent.call_consent.RETRY_S", 0.2)
    monkeypatch.setattr("testing.calls.ListeningRoom.audible", False)
    async with calls(dave=False) as c:
        for channel in (c.room, c.text):
            await permit(c, channel, send_messages=True)
        await c.alice.join(c.room)
        answer = await c.run("join")
        assert "I hear only members whom I could tell that I listen." in answer
        await c.sim.wait_for_call(c.room)
        assert await c.hears(c.alice) == 0
        assert "I hear only members whom" in await c.run("status")
        assert await c.run("why") == (
            "I do not hear you yet: I hear only members whom I could tell that I listen."
        )
        await permit(c, c.room)
        await c.until(lambda: heard(c)(c.alice.id))
        assert len(notices(c, c.room)) == 1
        assert c.bot.sessions[c.guild.id].problem() is None


async def test_with_opt_in_only_those_who_agree_are_heard() -> None:
    async with calls(dave=False) as c:
        await c.bot.store.settings.set(c.guild.id, "require_opt_in", True)
        await c.ben.join(c.room)
        await c.call_in()
        (posted,) = notices(c, c.room)
        assert "I hear only those who agree, with the button or `/unignore`." in posted.content
        assert await c.hears(c.ben) == 0
        status = await c.run("status")
        assert status.startswith("I do not hear you: this server lets me hear only members who")
        clicked = await c.ben.click(posted, "Hear me")
        told = await clicked.answered()
        assert told.ephemeral
        assert told.content == "I hear you in the calls of this server. `/ignore` leaves you out."
        assert await c.hears(c.ben) >= 360
        assert await c.hears(c.alice) == 0


async def test_a_server_that_now_requires_consent_is_obeyed_at_once() -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()
        await c.until(lambda: heard(c)(c.alice.id))
        assert await c.hears(c.alice) >= 360
        await c.bot.store.settings.set(c.guild.id, "require_opt_in", True)
        assert room.forgotten == [c.alice.id]
        assert await c.hears(c.alice) == 0


async def test_the_buttons_of_an_earlier_run_still_work() -> None:
    """discord.py keeps no view of the notice: one that answers by the buttons' ids is enough."""
    async with calls(dave=False) as c:
        await c.call_in()
        (posted,) = notices(c, c.room)
        assert not c.bot._connection._view_store._synced_message_views
        clicked = await c.alice.click(posted, "Leave me out")
        assert "I do not hear you in this server" in (await clicked.answered()).content
        clicked = await c.alice.click(posted, "Privacy")
        assert "**What I hear**" in (await clicked.answered()).content


async def test_a_frame_that_was_decoded_before_is_dropped_too() -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()
        session = c.bot.sessions[c.guild.id]
        session.consent._hearing.leave_out(c.alice.id, c.guild.id)
        session.on_audio(c.alice.id, tone(0.02)[::3], FrameKind.SPEECH)
        assert room.loud_ms == {}


def changed_to(c: Calls, days: str) -> str:
    return (
        "This server has changed what I do:\n- A transcript with your names is posted in "
        f"<#{c.text.id}>, and kept for {days}. `/transcript me` leaves your words out of it."
    )


async def test_a_call_is_told_how_long_its_server_keeps_transcripts_once_for_each_change() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        consent = c.bot.sessions[c.guild.id].consent
        await c.until(lambda: c.alice.id in consent.told)
        await c.bot.store.settings.set(c.guild.id, "transcripts", True)
        await c.settle()
        assert len(notices(c, c.text)) == 1, "a change is told in the room alone"
        assert latest(c, c.room) == changed_to(c, "30 days")
        assert consent.told_of_transcript == {c.alice.id}
        await c.bot.store.settings.set(c.guild.id, "transcript_retention_days", 7)
        await c.until(lambda: latest(c, c.room) == changed_to(c, "7 days"))
        await c.bot.store.settings.set(c.guild.id, "volume_db", 1.0)
        await c.settle()
        assert latest(c, c.room) == changed_to(c, "7 days")
        await c.bot.store.settings.reset(c.guild.id)
        await c.until(lambda: latest(c, c.room).endswith("\n- No transcript is kept."))
        assert consent.told_of_transcript == set()


async def test_who_was_away_when_the_server_changed_it_is_told_when_they_come_back() -> None:
    async with calls(dave=False) as c:
        await c.ben.join(c.room)
        await c.call_in()
        consent = c.bot.sessions[c.guild.id].consent
        await c.until(lambda: c.ben.id in consent.told)
        await c.ben.leave()
        await c.until(lambda: c.ben.id not in c.rooms[-1].people)
        await c.bot.store.settings.set(c.guild.id, "transcripts", True)
        await c.until(lambda: consent.told_of_transcript == {c.alice.id})
        await c.ben.join(c.room)
        await c.until(lambda: c.ben.id in consent.told_of_transcript)
        (late,) = notices(c, c.room, LATE)
        assert f"A transcript with your names is posted in <#{c.text.id}>" in late.content


async def test_a_notice_that_a_muted_bot_says_aloud_tells_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("discord_bot.consent.call_consent.RETRY_S", 0.2)
    async with calls(dave=False) as c:
        await c.call_in()
        await c.ben.join(c.other)
        for channel in (c.other, c.text):
            await permit(c, channel, send_messages=True)
        c.sim.mute(c.guild)
        c.rooms[-1].said.clear()
        c.sim.drag(c.other)
        await c.until(lambda: c.bot.sessions[c.guild.id].consent.problem is not None)
        assert c.rooms[-1].said == []
        assert await c.hears(c.ben) == 0
        c.sim.mute(c.guild, muted=False)
        await c.until(lambda: heard(c)(c.ben.id))
        assert c.rooms[-1].said


async def test_who_was_left_out_and_comes_back_is_told_before_they_are_heard() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        await (await c.sim.run_command(c.ben, "ignore", {}, channel=c.text)).answered()
        await c.ben.join(c.room)
        session = c.bot.sessions[c.guild.id]
        await c.until(lambda: c.ben.id in c.rooms[-1].people)
        await c.settle()
        assert notices(c, c.room, LATE) == []
        await (await c.sim.run_command(c.ben, "unignore", {}, channel=c.text)).answered()
        await c.until(lambda: session.hears(c.ben.id))
        (late,) = notices(c, c.room, LATE)
        assert late.content.startswith(c.ben.mention)


async def test_joins_that_overtake_each_other_end_in_a_room_that_was_told() -> None:
    async with calls(dave=False) as c:
        c.guild.grant(c.alice.member, move_members=True)
        await c.alice.join(c.room)
        asked = [
            await c.sim.run_command(c.alice, "join", {"channel": channel}, channel=c.text)
            for channel in (c.room, c.other, c.room)
        ]
        for each in asked:
            await each.answered(10.0)
        await c.sim.wait_for_call(c.room)
        await c.until(lambda: heard(c)(c.alice.id))
        assert notices(c, c.room)


async def test_a_call_whose_notice_was_given_up_is_told_by_the_supervisor() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        consent = c.bot.sessions[c.guild.id].consent
        await c.until(lambda: c.alice.id in consent.told)
        consent.told.clear()
        consent._announced_in = None
        await c.until(lambda: c.alice.id in consent.told)
        assert len(notices(c, c.room)) == 2
