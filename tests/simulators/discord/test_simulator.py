"""Unmodified discord.py in the simulated Discord: it is given a connector and nothing else."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import davey
import discord
import numpy as np
import pytest

from pipeline.audio import Pcm16
from simulators.discord import (
    CannotRun,
    DiscordSimulator,
    LineFaults,
    SimulatedGuild,
    SimulatedPerson,
    TextChannel,
    VoiceChannel,
    intervals_ms,
    rtp,
)
from simulators.discord.codec import PersonDecoder
from testing.waiting import eventually
from tests.simulators.discord.sounds import pitch, tone
from tests.simulators.discord.stock import StockBot, Tape, stock_bot


class Place:
    """A server with a text and two voice channels, a stage, and Ann in none of them."""

    def __init__(self, sim: DiscordSimulator) -> None:
        self.sim = sim
        self.guild: SimulatedGuild = sim.add_guild("A server")
        self.text: TextChannel = self.guild.add_text_channel("general")
        self.room: VoiceChannel = self.guild.add_voice_channel("room")
        self.hall: VoiceChannel = self.guild.add_voice_channel("hall")
        self.ann: SimulatedPerson = sim.add_person(self.guild, "Ann")


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with DiscordSimulator() as sim:
        yield Place(sim)


@pytest.fixture
async def bot(place: Place) -> AsyncIterator[StockBot]:
    async with stock_bot(place.sim) as client:
        yield client


# -- logging in and commands ---------------------------------------------------------------------


async def test_the_bot_logs_in_and_finds_its_place(place: Place, bot: StockBot) -> None:
    (guild,) = bot.guilds
    assert guild.name == "A server"
    assert [channel.name for channel in guild.channels] == ["general", "room", "hall"]
    assert guild.me.guild_permissions.connect
    assert sorted(command["name"] for command in place.sim.commands()) == [
        "agent",
        "manage",
        "voice",
    ]
    assert place.sim.violations == []


async def test_a_wrong_token_is_refused() -> None:
    async with DiscordSimulator() as sim:
        client = StockBot(sim.connector())
        with pytest.raises(discord.LoginFailure):
            await client.login("wrong")
        await client.close()


async def test_a_command_is_answered_edited_and_followed_up(place: Place, bot: StockBot) -> None:
    interaction = await place.sim.run_command(place.ann, "agent", {"name": "sage", "loud": True})
    await interaction.answered()
    hello = await interaction.answered_with("hello")
    assert hello.ephemeral
    assert interaction.responses[0].content == "sage is here."
    assert [message.content for message in place.sim.messages(place.text)] == ["sage is here."]
    assert bot.errors == []
    assert place.sim.violations == []


async def test_autocomplete_suggests(place: Place, bot: StockBot) -> None:
    choices = await place.sim.autocomplete(place.ann, "agent", {"name": "sa"}, focus="name")
    assert [(choice.name, choice.value) for choice in choices] == [("Sage", "sage")]


async def test_what_a_person_cannot_run(place: Place, bot: StockBot) -> None:
    with pytest.raises(CannotRun, match="may not use /manage"):
        await place.sim.run_command(place.ann, "manage")
    with pytest.raises(CannotRun, match="not registered /dance"):
        await place.sim.run_command(place.ann, "dance")
    manager = place.sim.add_person(
        place.guild, "Max", permissions=discord.Permissions(manage_guild=True)
    )
    interaction = await place.sim.run_command(manager, "manage")
    assert (await interaction.answered()).content == "Managed."


async def test_the_bot_writes_to_a_channel(place: Place, bot: StockBot) -> None:
    channel = bot.get_channel(place.text.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("A note", embed=discord.Embed(title="Look"))
    note = await place.sim.wait_for_message(place.text, lambda m: m.content == "A note")
    assert note.embeds[0]["title"] == "Look"
    await sent.edit(content="Another")
    await sent.delete()
    assert place.sim.messages(place.text) == []
    with pytest.raises(discord.HTTPException, match="2000"):
        await channel.send("x" * 2001)
    assert len(place.sim.violations) == 1


async def test_a_dropped_gateway_is_resumed_without_loss(place: Place, bot: StockBot) -> None:
    resumed = asyncio.create_task(bot.wait_for("resumed", timeout=5))
    await asyncio.sleep(0)
    place.sim.drop_gateway(resumable=True)
    await place.ann.join(place.hall)
    await resumed
    guild = bot.guilds[0]
    assert [m.name for m in guild.voice_channels[1].members] == ["ann"]
    assert place.sim.violations == []


async def test_a_gateway_that_cannot_be_resumed_makes_a_new_session(
    place: Place, bot: StockBot
) -> None:
    ready = asyncio.create_task(bot.wait_for("ready", timeout=5))
    await asyncio.sleep(0)
    place.sim.drop_gateway(resumable=False, abruptly=True)
    await ready
    assert [guild.name for guild in bot.guilds] == ["A server"]
    assert place.sim.violations == []


# -- voice ---------------------------------------------------------------------------------------


async def play(client: discord.VoiceClient, pcm: Pcm16) -> float:
    """Play and return when it began."""
    begun = time.monotonic()
    client.play(Tape(pcm), application="voip", signal_type="voice")
    return begun


async def finished(client: discord.VoiceClient, listener: SimulatedPerson) -> None:
    """Until all was played, and heard."""
    await eventually(lambda: not client.is_playing())
    await listener.hearing.wait_for_quiet(0.1)


async def encrypting(client: discord.VoiceClient) -> None:
    """Until discord.py's own MLS session is ready; it has no event for that."""
    await eventually(lambda: client._connection.can_encrypt)


@pytest.mark.parametrize("dave", [True, False])
async def test_people_hear_the_bot(dave: bool) -> None:
    async with DiscordSimulator(dave=dave) as sim:
        place = Place(sim)
        ben = sim.add_person(place.guild, "Ben")
        await place.ann.join(place.room)
        await ben.join(place.room)
        async with stock_bot(sim) as bot:
            interaction = await sim.run_command(place.ann, "voice join")
            assert (await interaction.answered()).content == "In room."
            assert sim.bot_channel(place.guild) is place.room
            await sim.wait_for_call(place.room)
            (client,) = bot.voice_clients
            assert isinstance(client, discord.VoiceClient)
            if dave:
                await encrypting(client)
            begun = await play(client, tone(1000, 0.4))
            assert await place.ann.hearing.wait_for_sound(begun) > begun
            await finished(client, place.ann)
            for person in (place.ann, ben):
                assert len(list(person.hearing.sounds())) == 20
                assert person.hearing.unheard == {}
                assert pitch(person.hearing.timeline()[4800:19200]) == pytest.approx(1000, abs=4)
        assert np.median(intervals_ms(sim.sent(place.room))) == pytest.approx(20, abs=3)
        assert bool(sim.dave_history(place.room)) is dave
        assert sim.counters.unencrypted == 0
        assert sim.violations == []


class Listener:
    """Opens what the bot's socket receives, with discord.py's keys; a reader thread feeds it."""

    def __init__(self, client: discord.VoiceClient) -> None:
        self._state = client._connection
        self._datagrams: list[bytes] = []
        self._lock = threading.Lock()
        self._state.add_socket_listener(self._received)

    def _received(self, datagram: bytes) -> None:
        with self._lock:
            self._datagrams.append(datagram)

    def _of(self, person: SimulatedPerson) -> list[bytes]:
        with self._lock:
            audio = [datagram for datagram in self._datagrams if datagram[0] >> 6 == 2]
        return [datagram for datagram in audio if rtp.ssrc_of(datagram) == person.ssrc]

    def count(self, person: SimulatedPerson) -> int:
        return len(self._of(person))

    def pcm(self, person: SimulatedPerson) -> Pcm16:
        """``int16[n]`` of one person, decoded; what does not open fails the test."""
        cipher = rtp.cipher(rtp.XCHACHA20, bytes(self._state.secret_key))
        session, ear, decoded = self._state.dave_session, PersonDecoder(), []
        for datagram in self._of(person):
            packet, _ = rtp.unseal(datagram, cipher)
            opus = packet.payload
            if session is not None and opus != rtp.SILENCE:
                opus = bytes(session.decrypt(person.id, davey.MediaType.audio, opus))
            decoded.append(ear.decode(opus))
        return np.concatenate(decoded) if decoded else np.zeros(0, dtype=np.int16)


async def test_the_bot_can_open_what_people_say(place: Place, bot: StockBot) -> None:
    await place.ann.join(place.room)
    client = await bot.enter(place.room)
    await place.sim.wait_for_call(place.room)
    await encrypting(client)
    listener = Listener(client)
    await place.ann.say(tone(440, 0.4), LineFaults(padding=77, padded=0.5))
    await eventually(lambda: listener.count(place.ann) == 25)
    heard = listener.pcm(place.ann)
    assert pitch(heard[4800:19200]) == pytest.approx(440, abs=4)
    assert place.sim.violations == []


async def test_the_bot_is_first_and_people_come_and_go(place: Place, bot: StockBot) -> None:
    client = await bot.enter(place.room)
    others = [place.sim.add_person(place.guild, f"P{i}") for i in range(3)]
    await place.ann.join(place.room)
    await place.sim.wait_for_call(place.room)
    await encrypting(client)
    begun = await play(client, tone(700, 1.2))
    await place.ann.hearing.wait_for_sound(begun)
    for _ in range(2):
        for person in others:
            await person.join(place.room)
            await place.sim.wait_for_call(place.room)
        for person in others:
            await person.leave()
            await place.sim.wait_for_call(place.room)
    await finished(client, place.ann)
    assert len(list(place.ann.hearing.sounds())) == 60
    assert place.ann.hearing.unheard == {}
    assert place.sim.counters.member_errors == 0
    await place.ann.leave()
    await place.sim.wait_for_call(place.room)
    await others[0].join(place.room)
    await place.sim.wait_for_call(place.room)
    await encrypting(client)
    await play(client, tone(700, 0.1))
    await others[0].hearing.wait_for_sound(timeout=2.0)
    assert place.sim.violations == []


async def test_the_bot_is_dragged_while_it_speaks(place: Place, bot: StockBot) -> None:
    ben = place.sim.add_person(place.guild, "Ben")
    await place.ann.join(place.room)
    await ben.join(place.hall)
    client = await bot.enter(place.room)
    await place.sim.wait_for_call(place.room)
    await encrypting(client)
    begun = await play(client, tone(900, 3.0))
    await place.ann.hearing.wait_for_sound(begun)
    place.sim.drag(place.hall)
    await ben.hearing.wait_for_sound(timeout=3.0)
    client.stop()
    assert place.sim.bot_channel(place.guild) is place.hall
    assert place.sim.violations == []


async def test_the_bot_is_kicked(place: Place, bot: StockBot) -> None:
    await place.ann.join(place.room)
    client = await bot.enter(place.room)
    place.sim.kick(place.guild)
    await place.sim.wait_for_no_call(place.room)
    await eventually(lambda: not bot.voice_clients)
    assert not client.is_connected()
    assert place.sim.violations == []


async def test_a_damaged_welcome_is_recovered_from(place: Place, bot: StockBot) -> None:
    place.sim.faults.corrupt_welcomes = 1
    await place.ann.join(place.room)
    client = await bot.enter(place.room)
    await encrypting(client)
    await place.sim.wait_for_call(place.room)
    history = place.sim.dave_history(place.room)
    assert any("invalid commit or welcome" in entry for entry in history)
    await play(client, tone(900, 0.2))
    await place.ann.hearing.wait_for_sound(timeout=2.0)
    assert place.sim.violations == []


async def test_a_late_commit_costs_the_bots_words_until_it_comes(
    place: Place, bot: StockBot
) -> None:
    await place.ann.join(place.room)
    client = await bot.enter(place.room)
    await place.sim.wait_for_call(place.room)
    await encrypting(client)
    session = client._connection.dave_session
    assert session is not None
    epoch = session.epoch
    place.sim.faults.stall_commits_s = 0.2
    ben = place.sim.add_person(place.guild, "Ben")
    begun = time.monotonic()
    await ben.join(place.room)
    await eventually(lambda: session.epoch != epoch)
    assert time.monotonic() - begun >= 0.2


async def test_the_bots_own_commit_wins_when_people_are_slow(place: Place, bot: StockBot) -> None:
    place.sim.faults.members_commit_after_s = 0.3
    await place.ann.join(place.room)
    client = await bot.enter(place.room)
    await encrypting(client)
    assert any(
        entry == f"commit in epoch 0: {place.sim.bot.id}"
        for entry in place.sim.dave_history(place.room)
    )
    await play(client, tone(900, 0.2))
    await place.ann.hearing.wait_for_sound(timeout=2.0)
    assert place.sim.violations == []


async def test_a_stage_has_an_audience_and_no_encryption(place: Place, bot: StockBot) -> None:
    stage = place.guild.add_stage_channel("stage")
    await place.ann.join(stage)
    await eventually(lambda: bot.get_channel(stage.id))
    client = await bot.enter(stage)
    place.guild.grant(place.guild.bot, mute_members=True)
    await client.guild.me.edit(suppress=False)
    begun = await play(client, tone(900, 0.2))
    await place.ann.hearing.wait_for_sound(begun)
    assert place.sim.dave_history(stage) == []
    assert place.sim.violations == []


async def test_a_new_voice_server_takes_over(place: Place, bot: StockBot) -> None:
    await place.ann.join(place.room)
    client = await bot.enter(place.room)
    await place.sim.wait_for_call(place.room)
    key = list(client.secret_key)
    place.sim.change_voice_server(place.guild)
    await eventually(lambda: client.is_connected() and list(client.secret_key) != key)
    await place.sim.wait_for_call(place.room)
    await encrypting(client)
    await play(client, tone(900, 0.2))
    await place.ann.hearing.wait_for_sound(timeout=2.0)
    assert place.sim.violations == []
