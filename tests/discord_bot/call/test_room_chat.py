"""Those in a call are told in the voice channel's own chat and in the text channel, once each."""

from __future__ import annotations

from testing.calls import Calls, calls
from tests.discord_bot.commands.conftest import permit
from translations import verbatim


def told(c: Calls, words: str) -> tuple[int, int]:
    """How often the words were posted in the voice channel's chat and in the text channel."""
    places = (c.room, c.text)
    room, text = (sum(words in m.content for m in c.sim.messages(place)) for place in places)
    return room, text


async def test_both_places_are_told() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        assert await c.bot.sessions[c.guild.id].tell(verbatim("Hello."))
        assert told(c, "Hello.") == (1, 1)


async def test_a_call_from_the_rooms_own_chat_is_told_once() -> None:
    async with calls(dave=False) as c:
        await c.alice.join(c.room)
        asked = await c.sim.run_command(c.alice, "join", {}, channel=c.room)
        await asked.answered()
        await c.bot.sessions[c.guild.id].tell(verbatim("Hello."))
        assert told(c, "Hello.") == (1, 0)


async def test_a_place_that_was_answered_is_left_out() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        assert await c.bot.sessions[c.guild.id].tell(verbatim("Hello."), answered_in=c.text.id)
        assert told(c, "Hello.") == (1, 0)


async def test_where_it_may_not_write_the_other_place_is_told() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        session = c.bot.sessions[c.guild.id]
        await permit(c, c.room, send_messages=True)
        assert await session.tell(verbatim("Hello."))
        assert told(c, "Hello.") == (0, 1)
        await permit(c, c.text, send_messages=True)
        assert not await session.tell(verbatim("Hello again."))
