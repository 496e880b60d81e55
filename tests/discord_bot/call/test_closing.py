"""Members leave just before the bot closes: no task remains, and no exception is lost."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, cast

import aiohttp
import pytest

from discord_bot.call.room_chat import TextChannel
from pipeline.events import Unspoken
from testing.calls import calls
from testing.manual_clock import eventually, settle


@pytest.fixture
async def complaints() -> list[dict[str, Any]]:
    """What asyncio reports about tasks and futures whose result was never read."""
    seen: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))
    return seen


async def closed_before(tasks: set[asyncio.Task[Any]]) -> None:
    """Wait until only ``tasks`` are left, and asyncio has reported the others."""
    await eventually(lambda: asyncio.all_tasks() <= tasks)
    gc.collect()
    await settle()


@pytest.mark.parametrize("dave", [False, True])
@pytest.mark.parametrize("steps", [0, 5, 50])
async def test_everybody_leaves_just_before_the_bot_closes(
    complaints: list[dict[str, Any]], dave: bool, steps: int
) -> None:
    before = asyncio.all_tasks()
    async with calls(dave, leave_when_alone_s=0.0, supervise_every_s=0.05) as c:
        await c.ben.join(c.room)
        await c.call_in()
        await c.alice.leave()
        await c.ben.leave()
        await settle(steps)
        await c.bot.close()
    await closed_before(before)
    assert complaints == []


@pytest.mark.parametrize("steps", range(0, 12, 2))
async def test_a_member_leaves_while_the_bot_closes(
    complaints: list[dict[str, Any]], steps: int
) -> None:
    """The new keys of the remaining members must be answered over a closing connection."""
    before = asyncio.all_tasks()
    async with calls() as c:
        await c.ben.join(c.room)
        await c.call_in()

        async def close() -> None:
            await settle(steps)
            await c.bot.close()

        await asyncio.gather(c.ben.leave(), close())
    await closed_before(before)
    assert complaints == []


class CutOff:
    """A text channel that cannot be reached."""

    async def send(self, *_: object, **__: object) -> None:
        raise aiohttp.ClientConnectionError("Cannot connect to host discord.com:443")


async def test_an_unreachable_text_channel_does_not_block_the_bot(
    complaints: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    async with calls(dave=False, leave_when_alone_s=0.0, supervise_every_s=0.05) as c:
        room = await c.call_in()
        c.bot.sessions[c.guild.id].text = cast(TextChannel, CutOff())
        room.observer(Unspoken("jarvis", "It is half past seven.", "the voice is away", 0.0))
        await c.alice.leave()
        await c.until(lambda: c.bot.sessions == {})
    assert "could not post to the text channel: Discord is out of reach" in caplog.text
    assert "Traceback" not in caplog.text
    assert complaints == []
