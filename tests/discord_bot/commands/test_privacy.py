"""/privacy and /forget, with their buttons, as members use them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from database.location import Location
from database.personal import personal_columns
from database.store import open_store
from database.transcripts import TranscriptLine
from discord_bot.consent.kept import TABLES, Conversations
from testing.calls import Calls, calls

KEY = "agent:jarvis:discord:dm:7:guild:5"
OLD = "agent:jarvis:discord:dm:7"


@asynccontextmanager
async def with_database(folder: Path) -> AsyncIterator[Calls]:
    async with (
        open_store(Location(folder / "bot.db")) as store,
        calls(dave=False, store=store) as c,
    ):
        c.bot.conversations = lambda _, __: Conversations((KEY,), (OLD,))
        yield c


async def keep_something(c: Calls) -> None:
    """A choice of Alice, and two lines of hers in a transcript."""
    await c.run("ignore")
    transcripts = c.bot.store.transcripts
    call = await transcripts.begin(c.guild.id, c.room.id)
    for words in ("Hello.", "Is it raining?"):
        line = TranscriptLine(datetime.now(UTC), c.alice.id, "Alice", words, None)
        await transcripts.add(call, line)


def test_every_table_with_personal_data_is_told_of() -> None:
    assert {each.table for each in personal_columns()} == set(TABLES)


async def test_it_tells_what_is_heard_sent_and_kept(tmp_path: Path) -> None:
    async with with_database(tmp_path) as c:
        await keep_something(c)
        answer = await c.ask("privacy")
        assert answer.ephemeral
        assert answer.content == (
            "**What I hear**\n"
            "I do not hear you, because you chose to be left out. `/unignore` undoes it. No audio "
            "is stored. While a call runs, its last words stay in memory.\n"
            "**Where it goes, and how long it stays**\n"
            "- What you say is turned into text on the computer of this bot's operator.\n"
            "- What is meant for Jarvis, or seems to be, goes with your name to the operator's "
            "OpenClaw Gateway. "
            "There, each of you has a conversation of your own with Jarvis, which others do not "
            "hear. It stays there until those who run the Gateway delete it.\n"
            "- The Gateway may also hold older conversations of yours, under other names. I have "
            "no right to delete there. Those who run the Gateway can: send them the names at the "
            "end.\n"
            "- No transcript is kept.\n"
            "**What you can do**\n"
            "- `/ignore` leaves you out of what I hear, `/unignore` undoes that.\n"
            "- `/transcript me` leaves your words out of transcripts.\n"
            "- `/forget` deletes what I keep of you.\n"
            "**What I keep of you, in all servers**\n"
            "- 1 choice of yours, such as being left out, until you change it or have it "
            "forgotten\n"
            "- 2 lines of transcripts with your name, for as many days as their server chose\n"
            f"-# Conversations at the Gateway: `{KEY}`.\n"
            f"-# Possibly older ones: `{OLD}`.\n"
            "-# The Gateway deletes them with `sessions.delete`, or empties them with "
            "`sessions.reset`."
        )


async def test_the_scope_is_that_of_the_server(tmp_path: Path) -> None:
    async with with_database(tmp_path) as c:
        await c.bot.store.settings.set(c.guild.id, "session_scope", "channel")
        text = await c.run("privacy")
        assert "in the same text channel share one conversation" in text
        assert "Others share these conversations, so their words are there too." in text


async def test_everything_kept_comes_as_a_file(tmp_path: Path) -> None:
    async with with_database(tmp_path) as c:
        await keep_something(c)
        shown = await c.ask("privacy")
        sent = await (await c.alice.click(shown, "My data as a file")).answered()
        assert sent.ephemeral
        (file,) = sent.files
        assert file.name == "my-data.json"
        data = json.loads(file.content)
        assert data["member_id"] == str(c.alice.id)
        words = [row["words"] for row in data["tables"]["transcript_lines"]["rows"]]
        assert words == ["Hello.", "Is it raining?"]


async def test_the_button_changes_the_choice(tmp_path: Path) -> None:
    async with with_database(tmp_path) as c:
        shown = await c.ask("privacy")
        assert "I hear you when we are in a voice channel of this server." in shown.content
        await (await c.alice.click(shown, "Leave me out")).answered()
        assert c.bot.store.members.of(c.guild.id, c.alice.id).hearing == "left_out"
        await (await c.alice.click(await c.ask("privacy"), "Hear me")).answered()
        assert c.bot.store.members.of(c.guild.id, c.alice.id).hearing == "agreed"


async def test_without_a_database_it_keeps_nothing_on_disk() -> None:
    async with calls(dave=False) as c:
        shown = await c.ask("privacy")
        assert "I keep nothing on disk. Your choices end when I am restarted." in shown.content
        labels = [part["label"] for row in shown.components for part in row["components"]]
        assert labels == ["Leave me out", "Forget me"]
        assert all(line.strip(" -*") for line in shown.content.splitlines())


# -- /forget -----------------------------------------------------------------------------------


async def test_it_asks_first_and_then_tells_what_went_and_what_stays(tmp_path: Path) -> None:
    async with with_database(tmp_path) as c:
        room = await c.call_in()
        await keep_something(c)
        await c.bot.store.settings.set(c.guild.id, "move_users", [c.alice.id])
        asked = await c.ask("forget")
        assert asked.ephemeral
        assert "This cannot be undone." in asked.content
        clicked = await c.alice.click(asked, "Delete it")
        await c.until(lambda: "deleted" in asked.content)
        assert clicked is not None
        assert asked.content == (
            "I deleted 2 entries about you, and what I remembered of you in running calls.\n"
            "You stay left out of voice, so that no model gets your voice later either.\n"
            "1 server names you in its own rules: only its managers can change that.\n"
            "The OpenClaw Gateway still has what you said to agents. The Gateway may also hold "
            "older conversations of yours, under other names. I have no right to delete there. "
            "Those who run the Gateway can: send them the names at the end.\n"
            f"-# Conversations at the Gateway: `{KEY}`.\n"
            f"-# Possibly older ones: `{OLD}`.\n"
            "-# The Gateway deletes them with `sessions.delete`, or empties them with "
            "`sessions.reset`."
        )
        assert asked.components == []
        assert c.alice.id in room.forgotten
        data = await c.bot.store.records.export(c.alice.id)
        assert data["tables"]["transcript_lines"]["rows"] == []
        assert not c.bot.sessions[c.guild.id].hears(c.alice.id)


async def test_a_member_may_think_again(tmp_path: Path) -> None:
    async with with_database(tmp_path) as c:
        await keep_something(c)
        asked = await c.ask("forget")
        await c.alice.click(asked, "Keep it")
        await c.until(lambda: asked.content == "I deleted nothing.")
        data = await c.bot.store.records.export(c.alice.id)
        assert len(data["tables"]["transcript_lines"]["rows"]) == 2


async def test_twice_is_no_error(tmp_path: Path) -> None:
    async with with_database(tmp_path) as c:
        first, second = await c.ask("forget"), await c.ask("forget")
        for asked in (first, second):
            await c.alice.click(asked, "Delete it")
        await c.until(lambda: "deleted 0" in first.content and "deleted 0" in second.content)


async def test_a_member_who_agreed_and_is_forgotten_is_not_heard_where_consent_is_required(
    tmp_path: Path,
) -> None:
    async with with_database(tmp_path) as c:
        await c.bot.store.settings.set(c.guild.id, "require_opt_in", True)
        await c.call_in()
        await c.run("unignore")
        assert c.bot.sessions[c.guild.id].hears(c.alice.id)
        asked = await c.ask("forget")
        await c.alice.click(asked, "Delete it")
        await c.until(lambda: "deleted 1" in asked.content)
        assert not c.bot.sessions[c.guild.id].hears(c.alice.id)
