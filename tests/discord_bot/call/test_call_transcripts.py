"""Transcripts of calls: who is told first, what is posted and stored, and whose words are not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import pytest

from database.location import Location
from database.store import open_store
from discord_bot.call import call_transcripts
from discord_bot.call.call_transcripts import CallTranscripts
from pipeline.echo.guard import ECHO
from pipeline.events import ReplyEnded, TurnDecided
from pipeline.ports import Speaker
from simulators.discord import SimulatedPerson, Thread, VoiceChannel
from testing.calls import Calls, calls


@asynccontextmanager
async def written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, on: bool = True
) -> AsyncIterator[Calls]:
    """Alice is in a call with the bot, whose server keeps transcripts in a database."""
    monkeypatch.setattr(call_transcripts, "POST_EVERY_S", 0.05)
    location = Location(tmp_path / "guilds.db")
    async with open_store(location) as store, calls(dave=False, store=store) as c:
        c.guild.grant(c.guild.bot, create_public_threads=True, send_messages_in_threads=True)
        await c.until(lambda: c.bot.guilds[0].me.guild_permissions.create_public_threads)
        if on:
            await store.settings.set(c.guild.id, "transcripts", True)
        await c.call_in()
        if on:
            await c.until(lambda: c.alice.id in told(c))
        yield c
        assert c.sim.violations == []


def told(c: Calls) -> set[int]:
    """The members who know that their words are written down."""
    return c.bot.sessions[c.guild.id].consent.told_of_transcript


async def begun(c: Calls) -> object:
    """The place of the transcript, whose first words are Alice's."""
    say(c, c.alice, "Good evening.")
    await c.until(lambda: c.bot.transcripts.place_of(c.guild.id) is not None)
    return c.bot.transcripts.place_of(c.guild.id)


def say(c: Calls, person: SimulatedPerson, words: str, *reasons: str) -> None:
    session = c.bot.sessions[c.guild.id]
    speaker = Speaker(person.id, person.name)
    session._observe(TurnDecided(speaker, words, True, reasons, 0.0))


def answer(c: Calls, person: SimulatedPerson, words: str, heard: str | None = None) -> None:
    session = c.bot.sessions[c.guild.id]
    speaker = Speaker(person.id, person.name)
    heard = words if heard is None else heard
    session._observe(ReplyEnded("jarvis", speaker, words, heard, heard != words, 0.0))


def thread(c: Calls) -> Thread:
    (found,) = (each for each in c.guild.threads.values() if isinstance(each, Thread))
    return found


def posted(c: Calls, place: Thread | VoiceChannel) -> list[str]:
    """The lines of a transcript, without their times."""
    texts = [each.content for each in c.sim.messages(place)]
    return [line.partition("> ")[2] for text in texts for line in text.splitlines()]


async def first_lines(c: Calls) -> list[str]:
    """The lines of the call's transcript, as soon as there are some."""
    await c.until(lambda: c.bot.transcripts.place_of(c.guild.id) is not None)
    place = thread(c)
    await c.until(lambda: posted(c, place))
    return posted(c, place)


async def test_what_is_said_is_posted_in_a_thread_and_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(tmp_path, monkeypatch) as c:
        say(c, c.alice, "Jarvis, what *time* is it?")
        answer(c, c.alice, "It is half past seven. Supper is at eight.", "It is half past seven.")
        await c.until(lambda: c.bot.transcripts.place_of(c.guild.id) is not None)
        place = thread(c)
        await c.until(lambda: len(posted(c, place)) == 2)
        assert posted(c, place) == [
            "**Alice**: Jarvis, what \\*time\\* is it?",
            "**Jarvis**: It is half past seven.",
        ]
        await c.bot.store.drain()
        (kept,) = await c.bot.store.transcripts.of(c.guild.id)
        assert kept.thread_id == place.id
        assert [(line.member_id, line.agent, line.words) for line in kept.lines] == [
            (c.alice.id, None, "Jarvis, what *time* is it?"),
            (c.alice.id, "jarvis", "It is half past seven."),
        ]


async def test_those_in_the_call_are_told_before_the_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(tmp_path, monkeypatch, on=False) as c:
        may = asyncio.Event()
        chat = c.bot.sessions[c.guild.id].consent._chat
        tell = chat.tell_of_listening

        async def later(*arguments: object) -> object:
            await may.wait()
            return await tell(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(chat, "tell_of_listening", later)
        await c.bot.store.settings.set(c.guild.id, "transcripts", True)
        await asyncio.sleep(0.05)
        say(c, c.alice, "This is between us.")
        may.set()
        await c.until(lambda: told(c) == {c.alice.id})
        assert (
            f"A transcript with your names is posted in <#{c.text.id}>"
            in c.sim.messages(c.room)[-1].content
        )
        say(c, c.alice, "This is not.")
        assert await first_lines(c) == ["**Alice**: This is not."]


async def test_without_a_place_to_tell_it_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(tmp_path, monkeypatch, on=False) as c:
        for channel in (c.room, c.text):
            channel.forbid(send_messages=True)
        known = c.bot.get_channel(c.text.id)
        assert isinstance(known, discord.TextChannel)
        await c.until(lambda: not known.permissions_for(known.guild.me).send_messages)
        await c.bot.store.settings.set(c.guild.id, "transcripts", True)
        await c.until(lambda: len(c.rooms[-1].said) == 2)
        assert "transcript" not in c.rooms[-1].said[-1], "told aloud alone, it is not kept"
        say(c, c.alice, "This is between us.")
        await asyncio.sleep(0.1)
        answered = await c.run("transcript status")
        assert answered.startswith("This call is not written down: I could not tell its members")
        assert await c.bot.store.transcripts.of(c.guild.id) == []


async def test_a_latecomer_is_told_and_only_then_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(tmp_path, monkeypatch) as c:
        say(c, c.ben, "I am not even here.")
        await c.ben.join(c.room)
        await c.until(lambda: c.ben.id in told(c))
        assert "A transcript with your names is posted" in c.sim.messages(c.room)[-1].content
        say(c, c.ben, "Hello.")
        assert await first_lines(c) == ["**Ben**: Hello."]


async def test_members_who_want_none_are_left_out_with_what_answers_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(tmp_path, monkeypatch) as c:
        await c.ben.join(c.room)
        await c.until(lambda: c.ben.id in told(c))
        await c.bot.store.members.choose(c.ben.id, c.guild.id, transcript=False)
        say(c, c.ben, "My number is 555.")
        answer(c, c.ben, "I note 555.")
        await c.bot.hearing.leave_out(c.alice.id, c.guild.id)
        say(c, c.alice, "Nor mine.")
        await asyncio.sleep(0.15)
        await c.bot.hearing.agree(c.alice.id, c.guild.id)
        say(c, c.alice, "Mine is.")
        assert await first_lines(c) == ["**Alice**: Mine is."]


async def test_echo_of_a_reply_is_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with written(tmp_path, monkeypatch) as c:
        say(c, c.alice, "It is half past seven.", ECHO)
        say(c, c.alice, "Thanks.")
        assert await first_lines(c) == ["**Alice**: Thanks."]


async def test_the_last_lines_are_kept_at_the_end_of_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(tmp_path, monkeypatch) as c:
        monkeypatch.setattr(call_transcripts, "POST_EVERY_S", 60.0)
        await asyncio.sleep(0.1)
        say(c, c.alice, "Good night.")
        await c.run("leave")
        await c.until(lambda: c.guild.threads and posted(c, thread(c)))
        assert posted(c, thread(c)) == ["**Alice**: Good night."]
        assert c.bot.transcripts.place_of(c.guild.id) is None


async def test_a_repaired_call_goes_on_in_its_thread_and_a_moved_one_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(tmp_path, monkeypatch) as c:
        first = await begun(c)
        session = c.bot.sessions[c.guild.id]
        c.bot._session_joined(session)
        assert c.bot.transcripts.place_of(c.guild.id) is first
        await c.alice.join(c.other)
        await c.run("join")
        await c.sim.wait_for_call(c.other)
        await c.until(lambda: c.bot.transcripts.place_of(c.guild.id) is None)
        assert await begun(c) is not first


async def test_switched_off_it_ends_and_the_call_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(tmp_path, monkeypatch) as c:
        await c.bot.store.settings.set(c.guild.id, "transcripts", False)
        await c.settle()
        end = "\n- No transcript is kept."
        await c.until(lambda: c.sim.messages(c.room)[-1].content.endswith(end))
        say(c, c.alice, "Finally.")
        await asyncio.sleep(0.1)
        assert not c.guild.threads


async def test_talk_in_a_private_room_stays_in_its_own_chat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(tmp_path, monkeypatch, on=False) as c:
        everyone = c.bot.guilds[0].default_role
        room = c.bot.get_channel(c.room.id)
        assert isinstance(room, discord.VoiceChannel)
        for subject in (c.guild.bot, c.alice.member):
            c.room.overwrite(subject, view_channel=True, connect=True)
        c.room.overwrite(c.guild, view_channel=False)
        await c.until(lambda: not room.permissions_for(everyone).view_channel)
        await c.bot.store.settings.set(c.guild.id, "transcripts", True)
        await c.until(lambda: c.alice.id in told(c))
        assert f"with your names is posted in <#{c.room.id}>" in c.sim.messages(c.room)[-1].content
        await begun(c)
        assert not [each for each in c.guild.threads.values() if isinstance(each, Thread)]
        say(c, c.alice, "A secret.")
        await c.until(lambda: "**Alice**: A secret." in posted(c, c.room))


async def test_without_a_database_it_is_posted_and_not_stored() -> None:
    async with calls(dave=False) as c:
        assert isinstance(c.bot.transcripts, CallTranscripts)
        await c.bot.store.settings.set(c.guild.id, "transcripts", True)
        await c.call_in()
        await c.until(lambda: c.alice.id in told(c))
        await begun(c)
        assert c.bot.transcripts._running[c.guild.id].number is None
