"""/transcript, as the members see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from database.location import Location
from database.store import open_store
from database.transcripts import TranscriptLine
from pipeline.events import TurnDecided
from pipeline.ports import Speaker
from simulators.discord import Message, SimulatedPerson
from testing.calls import Calls, calls
from tests.discord_bot.commands.conftest import permit


@asynccontextmanager
async def server(tmp_path: Path) -> AsyncIterator[Calls]:
    """Alice is in the call and manages the server; Ben is in it too. No transcript is kept."""
    async with (
        open_store(Location(tmp_path / "guilds.db")) as store,
        calls(dave=False, store=store) as c,
    ):
        await c.ben.join(c.room)
        await c.call_in()
        c.guild.grant(c.alice.member, manage_guild=True)
        role_id, guild = c.alice.member.role_id, c.bot.guilds[0]
        await c.until(
            lambda: (role := guild.get_role(role_id)) is not None and role.permissions.manage_guild
        )
        yield c
        assert c.sim.violations == []


async def ask(c: Calls, person: SimulatedPerson, command: str, **options: object) -> Message:
    asked = await person.run(f"transcript {command}", options, channel=c.text)
    return await asked.answered()


async def kept(c: Calls) -> int:
    """A transcript with a line of each, and an answer to Ben; returns its id."""
    transcripts = c.bot.store.transcripts
    number = await transcripts.begin(c.guild.id, c.room.id)
    now = datetime.now(UTC)
    for member, name, words, agent in (
        (c.alice.id, "Alice", "Hello, Ben.", None),
        (c.ben.id, "Ben", "Jarvis, what time is it?", None),
        (c.ben.id, "Jarvis", "Half past seven.", "jarvis"),
    ):
        await transcripts.add(number, TranscriptLine(now, member, name, words, agent))
    return number


async def say(c: Calls, said: str) -> None:
    """Alice says something in the call; returns when it is written down."""
    turn = TurnDecided(Speaker(c.alice.id, "Alice"), said, False, (), 0.0)
    c.bot.sessions[c.guild.id]._observe(turn)
    await c.until(lambda: c.bot.transcripts.place_of(c.guild.id) is not None)


async def words(c: Calls) -> list[str]:
    calls_kept = await c.bot.store.transcripts.of(c.guild.id)
    return [line.words for each in calls_kept for line in each.lines]


async def test_managers_switch_it_and_those_in_the_call_are_told(tmp_path: Path) -> None:
    async with server(tmp_path) as c:
        refused = await ask(c, c.ben, "on")
        assert "manage this server" in refused.content
        assert not c.bot.store.settings.of(c.guild.id).transcripts
        answer = await ask(c, c.alice, "on")
        assert answer.ephemeral
        assert answer.content == (
            "From now on, what is said in calls is written down and kept for 30 days. Those in a "
            "call are told first."
        )
        await c.until(lambda: c.bot.sessions[c.guild.id].consent.told_of_transcript)
        assert "A transcript with your names is posted in <#" in c.sim.messages(c.room)[-1].content
        before = (await ask(c, c.ben, "status")).content
        assert before.startswith("This call is written down from the first words on.")
        await say(c, "Good evening.")
        assert "This call is written down in <#" in (await ask(c, c.ben, "status")).content
        assert (await ask(c, c.alice, "on")).content == "Calls are written down already."
        assert (await ask(c, c.alice, "off")).content.startswith("From now on, nothing is written")
        status = await ask(c, c.ben, "status")
        assert status.content == (
            "Nothing is written down in this server. Transcripts are deleted after 30 days."
        )
        await c.settle()


async def test_a_missing_permission_for_threads_is_told_in_words(tmp_path: Path) -> None:
    async with server(tmp_path) as c:
        await permit(c, c.text, create_public_threads=True)
        answer = await ask(c, c.alice, "on")
        assert answer.content.endswith(
            f"I may not write threads in <#{c.text.id}>, so transcripts go to the chat of the "
            "voice channel. A member who may manage roles can give me: Create Public Threads."
        )


async def test_members_keep_their_own_words_out_of_it(tmp_path: Path) -> None:
    async with server(tmp_path) as c:
        answer = await ask(c, c.ben, "me", written=False)
        assert answer.content.startswith("Your words are no longer written down in this server.")
        assert c.bot.store.members.of(c.guild.id, c.ben.id).transcript is False
        assert (await ask(c, c.ben, "status")).content.endswith("Your words are left out.")
        assert "Your words are left out." not in (await ask(c, c.alice, "status")).content
        await ask(c, c.ben, "me", written=True)
        assert c.bot.store.members.of(c.guild.id, c.ben.id).transcript is True


async def test_members_export_their_own_lines_and_managers_all(tmp_path: Path) -> None:
    async with server(tmp_path) as c:
        nothing = await ask(c, c.ben, "export", whose="mine")
        assert nothing.content == "No words of yours are written down here."
        await kept(c)
        mine = await ask(c, c.ben, "export", whose="mine")
        assert mine.ephemeral
        assert mine.files[0].name == "transcript.txt"
        text = mine.files[0].content.decode()
        assert "Ben: Jarvis, what time is it?" in text
        assert "Jarvis: Half past seven." in text
        assert "Alice" not in text
        refused = await ask(c, c.ben, "export", whose="all")
        assert "manage this server" in refused.content
        assert not refused.files
        everything = await ask(c, c.alice, "export", whose="all")
        assert "# Room, " in everything.files[0].content.decode()
        assert "Alice: Hello, Ben." in everything.files[0].content.decode()


async def test_own_lines_are_deleted_after_a_second_thought(tmp_path: Path) -> None:
    async with server(tmp_path) as c:
        await kept(c)
        question = await ask(c, c.ben, "delete", whose="mine")
        assert "It cannot be undone." in question.content
        assert len(await words(c)) == 3, "nothing is deleted yet"
        done = await (await c.ben.click(question, "Delete mine")).answered()
        assert done.content == "I have deleted 2 lines."
        assert await words(c) == ["Hello, Ben."]
        question = await ask(c, c.ben, "delete", whose="mine")
        done = await (await c.ben.click(question, "Delete mine")).answered()
        assert done.content == "There was nothing to delete."


async def test_managers_delete_all_with_the_threads(tmp_path: Path) -> None:
    async with server(tmp_path) as c:
        await kept(c)
        refused = await ask(c, c.ben, "delete", whose="all")
        assert "manage this server" in refused.content
        question = await ask(c, c.alice, "delete", whose="all")
        done = await (await c.alice.click(question, "Delete all")).answered()
        assert done.content == "I have deleted 1 transcript."
        assert await words(c) == []


async def test_deleting_all_during_a_call_begins_another_one(tmp_path: Path) -> None:
    async with server(tmp_path) as c:
        await ask(c, c.alice, "on")
        await c.until(lambda: c.bot.sessions[c.guild.id].consent.told_of_transcript)
        await say(c, "Good evening.")
        (first,) = await c.bot.store.transcripts.of(c.guild.id)
        question = await ask(c, c.alice, "delete", whose="all")
        done = await (await c.alice.click(question, "Delete all")).answered()
        assert done.content == (
            f"I have deleted 1 transcript.\nI could not delete these threads: <#{first.thread_id}>."
        )
        assert await c.bot.store.transcripts.of(c.guild.id) == []
        await say(c, "And on we go.")
        (second,) = await c.bot.store.transcripts.of(c.guild.id)
        assert second.thread_id not in (None, first.thread_id)
        assert second.id > first.id, "no id is used again"


async def test_without_a_database_it_is_told() -> None:
    async with calls(dave=False) as c:
        answer = await ask(c, c.alice, "export", whose="mine")
        assert answer.content == (
            "I cannot get at the transcripts now; my operator's log says why."
        )
