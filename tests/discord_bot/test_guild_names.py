"""The names of the ids in an agent's text."""

from __future__ import annotations

from discord_bot.guild_names import GuildNames
from testing.calls import calls


async def test_people_channels_and_roles_have_the_names_of_their_guild() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        names = GuildNames(c.bot, c.guild.id, lambda: "Jarvis")
        assert c.bot.user is not None
        assert names.person(c.bot.user.id) == "Jarvis"
        assert names.person(c.alice.id) == "Alice"
        assert names.person(4711) is None
        assert names.channel(c.text.id) == c.text.name
        assert names.channel(4711) is None
        assert names.role(c.guild.id) == "everyone"
        assert names.role(4711) is None


async def test_an_unknown_guild_has_no_names() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        names = GuildNames(c.bot, 4711, lambda: "Jarvis")
        assert names.channel(c.text.id) is names.role(4711) is None
