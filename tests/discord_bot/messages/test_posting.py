"""Text of any length in Discord: in order, whole, and not in too many messages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp
import discord
import pytest

from discord_bot.messages.posting import FILE_NAME, MAX_MESSAGES, Attachment, post
from pipeline.events import Unspoken
from pipeline.ports import Persona, Voice
from testing.calls import PERSONAS, Calls, calls
from tests.discord_bot.commands.conftest import permit
from translations import verbatim


class Channel:
    """Records messages, and refuses some of them."""

    def __init__(self, *refused: int, error: Exception | None = None) -> None:
        self.refused = refused
        self.error = error or discord.DiscordException("not this one")
        self.messages: list[str] = []
        self.files: list[list[str]] = []

    async def send(self, text: str, files: Sequence[discord.File]) -> None:
        self.messages.append(text)
        self.files.append([file.filename for file in files])
        if len(self.messages) in self.refused:
            raise self.error


def letters(text: str) -> str:
    return "".join(text.split())


async def test_a_refused_part_does_not_stop_the_next() -> None:
    channel = Channel(2)
    with pytest.raises(discord.DiscordException, match="not this one"):
        await post(channel.send, verbatim("word " * 1500), "en")
    assert letters("".join(channel.messages)) == "word" * 1500
    assert len(channel.messages) == 4


@pytest.mark.parametrize(
    "error", [ConnectionResetError("gone"), aiohttp.ServerDisconnectedError(), TimeoutError()]
)
async def test_a_network_error_is_raised_as_an_error_of_discord(error: Exception) -> None:
    channel = Channel(1, error=error)
    with pytest.raises(discord.DiscordException, match="out of reach"):
        await post(channel.send, verbatim("word " * 1000), "en")
    assert len(channel.messages) == 3


async def test_a_refused_file_is_sent_as_messages() -> None:
    channel = Channel(1, error=ConnectionResetError("gone"))
    await post(channel.send, verbatim("word " * 5000), "en", as_file=True)
    assert channel.files[0] == [FILE_NAME]
    assert letters("".join(channel.messages[1:])) == "word" * 5000


async def test_white_space_is_not_sent() -> None:
    channel = Channel()
    await post(channel.send, verbatim(" \n\n "), "en", as_file=True)
    assert channel.messages == []


async def test_an_attachment_goes_with_the_first_message_alone() -> None:
    channel = Channel()
    await post(
        channel.send, verbatim("word " * 1000), "en", attachment=Attachment("a.ogg", b"OggS")
    )
    assert channel.files == [["a.ogg"], [], []]


async def test_half_an_emoji_in_a_long_text_is_sent() -> None:
    channel = Channel()
    await post(channel.send, verbatim("a \ud83d " * 10_000), "en", as_file=True)
    assert channel.files == [[FILE_NAME]]


def unspoken(c: Calls, text: str) -> None:
    c.rooms[-1].observer(Unspoken("jarvis", text, "the speech server is away", 0.0))


async def written(c: Calls, end: str) -> list[str]:
    """The posted messages, up to the one with the end of the answer."""
    await c.sim.wait_for_message(c.text, lambda message: end in message.content)
    return [text for text in c.posted() if "is listening" not in text]


async def test_an_answer_is_posted_whole_and_in_order_after_its_agents_name() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        sentences = [f"This is sentence number {number}." for number in range(200)]
        unspoken(c, " ".join(sentences))
        messages = await written(c, "number 199.")
        assert " ".join(messages) == "**Jarvis**: " + " ".join(sentences)
        assert len(messages) > 1
        assert c.sim.violations == []


async def test_two_answers_do_not_mix() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        unspoken(c, "one " * 1200 + "end.")
        unspoken(c, "two " * 1200 + "END.")
        messages = await written(c, "END.")
        assert ["one" in text for text in messages] == [True] * 3 + [False] * 3


async def test_a_very_long_answer_is_a_message_and_a_file() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        text = "\n\n".join(f"Paragraph {number}: größer. " * 9 for number in range(100))
        unspoken(c, text)
        assert len(await written(c, FILE_NAME)) == 1
        message = await c.sim.wait_for_message(c.text, lambda message: FILE_NAME in message.content)
        (file,) = message.files
        assert file.name == FILE_NAME
        assert file.content.decode() == f"**Jarvis**: {text}"
        assert message.content.startswith("**Jarvis**: Paragraph 0: größer.")
        assert c.sim.violations == []


async def test_without_permission_for_files_all_of_it_is_messages() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        await permit(c, c.text, attach_files=True)
        words = [f"word{number}" for number in range(1500)]
        unspoken(c, " ".join(words))
        messages = await written(c, "word1499")
        assert len(messages) > MAX_MESSAGES
        assert " ".join(messages).split() == ["**Jarvis**:", *words]
        assert c.sim.violations == []


async def test_without_permission_to_write_it_does_not_retry() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        await permit(c, c.text, send_messages=True)
        session = c.bot.sessions[c.guild.id]
        await session.announce(verbatim("word " * 20_000))
        await permit(c, c.text)
        async with asyncio.timeout(5):
            await session.announce(verbatim("I am back."))
        assert c.posted()[-1] == "I am back."


async def test_a_long_answer_to_a_command_goes_on_in_further_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with calls(dave=False) as c:
        for number in range(60):
            persona = Persona(f"a{number}", f"Agent {number} " + "x" * 60, Voice("jarvis"))
            monkeypatch.setitem(PERSONAS, persona.agent, persona)
        await c.call_in()
        asked = await c.sim.run_command(c.alice, "agent", {"name": "?"}, channel=c.text)
        await asked.answered_with("and Sage.")
        told = " ".join(message.content for message in asked.responses)
        assert all(f"Agent {number} " in told for number in range(60))
        assert all(message.ephemeral for message in asked.responses)
        assert c.sim.violations == []
