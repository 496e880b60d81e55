"""Direct messages to members, on the simulated Discord."""

from __future__ import annotations

import pytest

from discord_bot.errors import CouldNotWrite
from discord_bot.messages.direct_messages import find_members, write_to
from discord_bot.messages.posting import Attachment
from testing.calls import calls


async def test_a_member_is_found_by_id_and_after_a_call_by_name() -> None:
    async with calls(dave=False) as c:
        guild = c.bot.guilds[0]
        (ben,) = await find_members(guild, str(c.ben.id))
        assert ben.id == c.ben.id
        assert await find_members(guild, "Alice") == [], "Discord does not send the list of members"
        await c.alice.join(c.room)
        await c.until(lambda: guild.get_member(c.alice.id))
        for name in ("Alice", " alice "):
            (alice,) = await find_members(guild, name)
            assert alice.id == c.alice.id
        assert await find_members(guild, "1") == []


async def test_a_message_mentions_nobody_and_may_have_a_file() -> None:
    async with calls(dave=False) as c:
        (ben,) = await find_members(c.bot.guilds[0], str(c.ben.id))
        await write_to(ben, "@everyone tea", Attachment("tea.ogg", b"OggS..."))
        (message,) = c.sim.messages(c.sim.direct_channel(c.ben))
        assert message.content == "@everyone tea"
        assert [(file.name, file.content) for file in message.files] == [("tea.ogg", b"OggS...")]
        assert c.sim.violations == []


async def test_a_long_message_goes_out_in_parts_with_its_file_at_the_first() -> None:
    async with calls(dave=False) as c:
        (ben,) = await find_members(c.bot.guilds[0], str(c.ben.id))
        await write_to(ben, "tea " * 1000, Attachment("tea.ogg", b"OggS..."))
        first, second = c.sim.messages(c.sim.direct_channel(c.ben))
        assert (first.content + " " + second.content).split() == ["tea"] * 1000
        assert [file.name for file in first.files] == ["tea.ogg"]
        assert second.files == []
        assert c.sim.violations == []


async def test_a_member_who_takes_no_messages_is_named() -> None:
    async with calls(dave=False) as c:
        c.sim.direct_channel(c.ben).shut = True
        (ben,) = await find_members(c.bot.guilds[0], str(c.ben.id))
        with pytest.raises(CouldNotWrite, match="Ben takes no direct messages"):
            await write_to(ben, "tea")
