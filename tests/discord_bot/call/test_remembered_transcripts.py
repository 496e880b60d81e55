"""Transcripts in the memory that agents share: who is told, what goes there, what is forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from database.location import Location
from database.store import open_store
from database.transcripts import TranscriptLine
from discord_bot.call import call_transcripts
from discord_bot.consent.call_consent import CallConsent
from state import StateError
from testing.calls import Calls, calls
from tests.discord_bot.call.test_call_transcripts import answer, say

IN_MEMORY = "It also goes into the memory of the operator's agents"


class Memory:
    """A `SharedMemory` that keeps lines, and wishes to forget."""

    def __init__(self) -> None:
        self.allowed = True
        self.full = False
        self.lines: list[tuple[str, TranscriptLine]] = []
        self.forgotten: list[tuple[int | None, int | None]] = []
        self.gone: list[int] = []

    def takes(self, guild_id: int) -> bool:
        return self.allowed

    async def remember(self, guild_id: int, place: str, lines: Sequence[TranscriptLine]) -> None:
        self.lines += [(place, line) for line in lines]

    async def forget(self, member_id: int, guild_id: int | None = None) -> None:
        if self.full:
            raise StateError("the disk is full")
        self.forgotten.append((member_id, guild_id))

    async def forget_transcripts(self, guild_id: int) -> None:
        self.forgotten.append((None, guild_id))

    async def forget_guild(self, guild_id: int) -> None:
        if self.full:
            raise StateError("the disk is full")
        self.gone.append(guild_id)

    @property
    def words(self) -> list[str]:
        return [line.words for _, line in self.lines]


@pytest.fixture
def memory() -> Memory:
    return Memory()


@asynccontextmanager
async def remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Memory, *, on: bool = True
) -> AsyncIterator[Calls]:
    """Alice is in a call with the bot, whose server keeps transcripts, in memory too if ``on``."""
    monkeypatch.setattr(call_transcripts, "POST_EVERY_S", 0.05)
    async with (
        open_store(Location(tmp_path / "guilds.db")) as store,
        calls(dave=False, store=store, memory=memory) as c,
    ):
        await store.settings.set(c.guild.id, "transcripts", True)
        await store.settings.set(c.guild.id, "transcripts_in_memory", on)
        await c.call_in()
        await c.until(lambda: c.alice.id in consent(c).told_of_transcript)
        yield c
        assert c.sim.violations == []


def consent(c: Calls) -> CallConsent:
    return c.bot.sessions[c.guild.id].consent


async def test_the_words_of_those_who_were_told_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Memory
) -> None:
    async with remembered(tmp_path, monkeypatch, memory) as c:
        assert IN_MEMORY in c.sim.messages(c.room)[-1].content
        say(c, c.alice, "I like green tea.")
        answer(c, c.alice, "Noted.")
        say(c, c.ben, "I was not told.")
        await c.until(lambda: len(memory.lines) == 2)
        (place, mine), (_, reply) = memory.lines
        assert (place, mine.name, mine.words) == ("Room", "Alice", "I like green tea.")
        assert (reply.name, reply.member_id) == ("Jarvis", c.alice.id)


@pytest.mark.parametrize("way", ["server", "operator"])
async def test_nothing_is_remembered_unless_server_and_operator_want_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Memory, way: str
) -> None:
    memory.allowed = way != "operator"
    async with remembered(tmp_path, monkeypatch, memory, on=way != "server") as c:
        assert IN_MEMORY not in c.sim.messages(c.room)[-1].content
        say(c, c.alice, "I like green tea.")
        await c.until(lambda: c.bot.transcripts.place_of(c.guild.id) is not None)
        assert memory.lines == []


async def test_a_server_that_begins_during_a_call_tells_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Memory
) -> None:
    async with remembered(tmp_path, monkeypatch, memory, on=False) as c:
        say(c, c.alice, "Before.")
        await c.until(lambda: c.bot.transcripts.place_of(c.guild.id) is not None)
        await c.bot.store.settings.set(c.guild.id, "transcripts_in_memory", True)
        await c.until(lambda: c.alice.id in consent(c).told_of_memory)
        assert any(IN_MEMORY in each.content for each in c.sim.messages(c.room))
        say(c, c.alice, "After.")
        await c.until(lambda: memory.words == ["After."])
        await c.bot.store.settings.set(c.guild.id, "transcripts_in_memory", False)
        await c.until(lambda: not consent(c).told_of_memory)


async def test_a_member_without_transcripts_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Memory
) -> None:
    async with remembered(tmp_path, monkeypatch, memory) as c:
        await c.bot.store.members.choose(c.alice.id, c.guild.id, transcript=False)
        say(c, c.alice, "Not for the record.")
        answer(c, c.alice, "Neither is this.")
        await c.bot.transcripts.aclose()
        assert memory.lines == []


async def test_forgetting_reaches_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Memory
) -> None:
    async with remembered(tmp_path, monkeypatch, memory) as c:
        asked = await c.ask("forget")
        await c.alice.click(asked, "Delete it")
        await c.until(lambda: "What the agents' memory has of it is removed" in asked.content)
        assert memory.forgotten == [(c.alice.id, None)]
        asked = await c.ask("transcript delete", whose="mine")
        await c.alice.click(asked, "Delete mine")
        await c.until(lambda: memory.forgotten[1:] == [(c.alice.id, c.guild.id)])
        assert "Agents can note facts" in (await c.ask("privacy")).content


async def test_a_wish_that_cannot_be_kept_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Memory
) -> None:
    memory.full = True
    async with remembered(tmp_path, monkeypatch, memory) as c:
        asked = await c.ask("forget")
        await c.alice.click(asked, "Delete it")
        await c.until(lambda: "I could not delete it in the agents' memory" in asked.content)


async def test_words_that_wait_are_forgotten_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Memory
) -> None:
    async with remembered(tmp_path, monkeypatch, memory) as c:
        monkeypatch.setattr(call_transcripts, "POST_EVERY_S", 3_600.0)
        say(c, c.alice, "A secret.")
        asked = await c.ask("forget")
        await c.alice.click(asked, "Delete it")
        await c.until(lambda: memory.forgotten)
        await c.bot.transcripts.aclose()
        assert memory.words == []


async def test_a_server_that_the_bot_has_left_is_forgotten(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    memory: Memory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with remembered(tmp_path, monkeypatch, memory) as c:
        guild = c.bot.get_guild(c.guild.id)
        assert guild is not None
        memory.full = True
        await c.bot.on_guild_remove(guild)
        assert "its lines stay in the agents' memory: the disk is full" in caplog.text
        memory.full = False
        await c.bot.on_guild_remove(guild)
        assert memory.gone == [c.guild.id]
