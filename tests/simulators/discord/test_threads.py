"""Threads, with unmodified discord.py and with a bare REST client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import discord
import pytest

from simulators.discord import (
    CannotRun,
    DiscordSimulator,
    Moderation,
    SimulatedGuild,
    SimulatedPerson,
    TextChannel,
    Thread,
    VoiceChannel,
)
from testing.waiting import eventually
from tests.simulators.discord.panel import PanelBot, panel_bot
from tests.simulators.discord.rest_client import Rest


@dataclass
class Place:
    sim: DiscordSimulator
    guild: SimulatedGuild
    text: TextChannel
    ann: SimulatedPerson
    bot: PanelBot

    @property
    def channel(self) -> discord.TextChannel:
        channel = self.bot.get_channel(self.text.id)
        assert isinstance(channel, discord.TextChannel)
        return channel

    def thread(self, thread: discord.Thread) -> Thread:
        found = self.guild.threads[thread.id]
        assert isinstance(found, Thread)
        return found


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with DiscordSimulator(dave=False) as sim:
        guild = sim.add_guild("A server")
        text, ann = guild.add_text_channel("general"), sim.add_person(guild, "Ann")
        async with panel_bot(sim) as bot:
            yield Place(sim, guild, text, ann, bot)
        assert sim.violations == []


async def test_a_thread_from_a_message_is_written_in_and_archived(place: Place) -> None:
    message = await place.channel.send("The transcript of today")
    thread = await message.create_thread(name="Transcript", auto_archive_duration=60)
    assert thread.id == message.id
    assert thread.type is discord.ChannelType.public_thread
    await thread.send("Ann: hello")
    ours = place.thread(thread)
    assert [each.content for each in place.ann.messages(ours)] == ["Ann: hello"]
    await place.ann.write(ours, "I said that")
    assert place.ann.id in ours.people
    await thread.edit(archived=True)
    assert ours.payload()["thread_metadata"]["archived"]
    with pytest.raises(CannotRun, match="archived"):
        await place.ann.run("panel", channel=ours)
    await thread.send("More")
    assert not ours.archived, "a message wakes it"
    await eventually(lambda: place.bot.guilds[0].get_thread(thread.id) is not None)
    assert "archived True" in place.bot.told
    assert "thread Transcript" in place.bot.told
    with pytest.raises(discord.HTTPException) as refused:
        await message.create_thread(name="Again")
    assert refused.value.code == 160004
    place.sim.violations.clear()


async def test_a_private_thread_is_seen_by_those_who_are_in_it(place: Place) -> None:
    thread = await place.channel.create_thread(name="Only us")
    assert thread.is_private()
    ours = place.thread(thread)
    assert not place.ann.can_see(ours)
    await thread.send("hidden")
    assert place.ann.messages(ours) == []
    with pytest.raises(CannotRun, match="may not write"):
        await place.ann.write(ours, "hello")
    await thread.add_user(discord.Object(place.ann.id))
    assert [each.content for each in place.ann.messages(ours)] == ["hidden"]
    await thread.remove_user(discord.Object(place.ann.id))
    assert place.ann.messages(ours) == []


async def test_a_locked_thread_is_closed_for_those_without_the_right(place: Place) -> None:
    thread = await place.channel.create_thread(name="Log", type=discord.ChannelType.public_thread)
    ours = place.thread(thread)
    with pytest.raises(discord.Forbidden):
        await thread.edit(locked=True)
    ours.change(archived=True, locked=True)
    with pytest.raises(discord.Forbidden) as refused:
        await thread.send("hello")
    assert refused.value.code == 160005
    with pytest.raises(discord.Forbidden):
        await thread.delete()
    Moderation(place.guild).change_everyone(manage_threads=True)
    await thread.send("hello")
    await thread.delete()
    assert place.guild.threads == {}
    await eventually(lambda: not list(place.bot.guilds[0].threads))


@pytest.mark.parametrize(
    ("right", "private"), [("create_public_threads", False), ("create_private_threads", True)]
)
async def test_threads_need_their_permissions(place: Place, right: str, private: bool) -> None:
    kind = discord.ChannelType.private_thread if private else discord.ChannelType.public_thread
    thread = await place.channel.create_thread(name="First", type=kind)
    place.text.overwrite(place.guild, **{right: False})
    with pytest.raises(discord.Forbidden):
        await place.channel.create_thread(name="Second", type=kind)
    place.text.overwrite(place.guild, send_messages=False)
    await thread.send("Send Messages does not count in a thread")
    place.text.overwrite(place.guild, send_messages_in_threads=False)
    with pytest.raises(discord.Forbidden):
        await thread.send("hello")


async def test_active_and_archived_threads_are_listed(place: Place) -> None:
    first = await place.channel.create_thread(name="A", type=discord.ChannelType.public_thread)
    second = await place.channel.create_thread(name="B", type=discord.ChannelType.public_thread)
    await second.edit(archived=True)
    assert [each.id for each in await place.bot.guilds[0].active_threads()] == [first.id]
    assert [each.id async for each in place.channel.archived_threads()] == [second.id]
    members = await first.fetch_members()
    assert [each.id for each in members] == [place.sim.bot.id]


async def test_a_voice_channel_has_no_threads(
    sim: DiscordSimulator, room: VoiceChannel, rest: Rest
) -> None:
    _, message = await rest("POST", f"/channels/{room.id}/messages", json={"content": "hello"})
    base = f"/channels/{room.id}"
    for path in (f"{base}/threads", f"{base}/messages/{message['id']}/threads"):
        status, refusal = await rest("POST", path, json={"name": "A thread", "type": 11})
        assert (status, refusal["code"]) == (400, 50024)


async def test_the_chat_of_a_voice_channel_needs_connect(
    guild: SimulatedGuild, room: VoiceChannel, rest: Rest
) -> None:
    path = f"/channels/{room.id}/messages"
    assert (await rest("POST", path, json={"content": "hello"}))[0] == 200
    room.overwrite(guild.bot, connect=False)
    assert (await rest("POST", path, json={"content": "hello"}))[1]["code"] == 50001
    assert (await rest("GET", path))[1]["code"] == 50001
