"""The bot as a node: when it runs, and what its commands do in the calls."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from app.fleet.bot_node import SOUND_FILE, BotRooms, voice_node
from app.services import Services, make_bot
from database.store import GuildStore
from discord_bot.bot import VoiceBot
from discord_bot.receive import load_libopus
from discord_bot.rights import ServerRights
from openclaw_client import ConnectionState, DeviceStore, PerGuildOpenClawClient, VoiceRooms
from openclaw_client.errors import BadArguments, CannotNow, OutOfReach
from openclaw_client.node.rooms import Person, SayRequest, SpeechResult
from openclaw_client.node.settings import COMMANDS
from pipeline.listening.audio_input import AudioInput
from pipeline.ports import AgentTurn
from pipeline.settings import SpeechTextSettings
from server.synthesis.chain import SpeechChain
from server.synthesis.chain_link import SpeechServer
from server.synthesis.client import HttpSynthesizer
from settings import Settings
from simulators.discord import (
    DiscordSimulator,
    SimulatedGuild,
    SimulatedPerson,
    TextChannel,
    VoiceChannel,
)
from simulators.gateway import GatewaySimulator
from testing.manual_clock import eventually
from testing.room import FakeModels, FakeSynthesizer, FakeVad
from tests.app.test_services import TOKEN, services_of


def shared_by(gateway: GatewaySimulator, store: DeviceStore, **node: object) -> Services:
    """Services with the one connection that the node looks itself up by."""
    settings = Settings.model_validate(
        {"openclaw": {"base_url": gateway.url, "auth_token": TOKEN, "node": node}}
    )
    return Services(
        settings,
        FakeModels(AudioInput(FakeVad(), time.monotonic)),
        PerGuildOpenClawClient(settings.openclaw, devices=store),
        SpeechChain([(HttpSynthesizer(settings.tts, url="http://127.0.0.1:9"), "")]),
        GuildStore(),
    )


@pytest.fixture
def store(tmp_path: Path) -> DeviceStore:
    return DeviceStore(tmp_path)


async def test_by_default_it_is_none(store: DeviceStore) -> None:
    async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS) as gateway:
        shared = shared_by(gateway, store)
        async with shared.gateway, make_bot(shared) as bot, voice_node(shared, bot, store) as node:
            await gateway.wait_for(lambda: gateway.connected)
            assert node is None
        assert gateway.nodes.all == {}


async def test_as_a_node_it_is_there_as_long_as_the_bot_is(store: DeviceStore) -> None:
    async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS) as gateway:
        shared = shared_by(gateway, store, enabled=True)
        async with shared.gateway, make_bot(shared) as bot, voice_node(shared, bot, store) as node:
            assert node is not None
            await eventually(lambda: node.status.state is ConnectionState.UP)
            await eventually(lambda: node.advice)
            (there,) = gateway.nodes.all.values()
            assert there.id == store.key().id
            assert str(there.pending) in node.advice, "its own connection is shown the request"
        await eventually(lambda: there.peer is None)


HELLO = SayRequest("Hi.", "wait")
LONG = SayRequest("Once upon a time there was a village by the sea.", "wait")


@dataclass
class CallRig:
    """A server with two voice channels, Alice and Bob, and the bot, logged in."""

    sim: DiscordSimulator
    bot: VoiceBot
    rooms: VoiceRooms
    voice: FakeSynthesizer
    guild: SimulatedGuild
    text: TextChannel
    room: VoiceChannel
    other: VoiceChannel
    alice: SimulatedPerson
    bob: SimulatedPerson
    asked: list[tuple[int, AgentTurn]] = field(default_factory=list)

    async def enter(self, person: SimulatedPerson, channel: VoiceChannel) -> None:
        """Somebody joins a channel, and the bot knows."""
        await person.join(channel)
        known = self.bot.guilds[0].get_channel(channel.id)
        await eventually(lambda: person.id in known.voice_states)  # type: ignore[union-attr]

    async def call(self) -> None:
        """Alice calls the bot in."""
        await self.enter(self.alice, self.room)
        interaction = await self.sim.run_command(self.alice, "join", channel=self.text)
        await interaction.answered()
        await self.sim.wait_for_call(self.room)


@asynccontextmanager
async def opened() -> AsyncIterator[CallRig]:
    load_libopus()
    voice = FakeSynthesizer()
    shared = dataclasses.replace(
        services_of(discord={"guild_ready_timeout_s": 0.05}, guilds={"notice_spoken": False}),
        synthesizer=SpeechChain(embedded=cast(SpeechServer, voice)),
    )
    shared.models.audio_input.start()
    async with DiscordSimulator(dave=False) as sim:
        guild = sim.add_guild("A server")
        text = guild.add_text_channel("general")
        room, other = guild.add_voice_channel("Room"), guild.add_voice_channel("Other")
        alice, bob = sim.add_person(guild, "Alice"), sim.add_person(guild, "Bob")
        asked: list[tuple[int, AgentTurn]] = []

        def session_of(guild_id: int, turn: AgentTurn) -> str:
            asked.append((guild_id, turn))
            return "the session"

        async with make_bot(shared, connector=sim.connector()) as bot, asyncio.TaskGroup() as tasks:
            rooms = BotRooms(bot, voice, session_of, SpeechTextSettings())
            tasks.create_task(bot.start(sim.token))
            await eventually(bot.is_ready)
            yield CallRig(sim, bot, rooms, voice, guild, text, room, other, alice, bob, asked)
            await bot.close()
        await shared.models.audio_input.aclose()
        assert sim.violations == []


@pytest.fixture
async def rig() -> AsyncIterator[CallRig]:
    async with opened() as one:
        yield one


async def test_it_tells_of_its_servers_and_calls(rig: CallRig) -> None:
    assert [(guild.id, guild.name) for guild in rig.rooms.guilds()] == [(rig.guild.id, "A server")]
    assert list(rig.rooms.agents()) == ["jarvis", "sage"]
    assert rig.rooms.guild_of_channel(rig.text.id) == rig.guild.id
    assert rig.rooms.guild_of_channel(1) is None
    assert rig.rooms.rooms() == []
    await rig.call()
    (room,) = rig.rooms.rooms()
    assert (room.channel, room.channel_id) == ("Room", rig.room.id)
    assert room.text_channel_id == rig.text.id
    assert room.people == (Person(rig.alice.id, "Alice"),)
    assert (room.agent, room.sensitivity, room.answering, room.waiting) == (
        "jarvis",
        "medium",
        None,
        0,
    )


async def test_what_is_said_sounds_in_the_call(rig: CallRig) -> None:
    await rig.call()
    said = await rig.rooms.say(rig.guild.id, HELLO, within_s=10)
    assert said == SpeechResult("spoken", "Hi.")
    assert rig.alice.hearing.first_sound_at() is not None
    assert list(rig.rooms.transcript(rig.guild.id, 5)) == ["jarvis: Hi."]
    assert rig.asked == [], "words of its own accord are nobody's turn"


async def test_after_its_time_limit_say_returns_the_progress(rig: CallRig) -> None:
    await rig.call()
    assert await rig.rooms.say(rig.guild.id, LONG, within_s=0.5) == SpeechResult("speaking")
    (room,) = rig.rooms.rooms()
    assert room.answering is None
    assert await rig.rooms.say(rig.guild.id, HELLO, within_s=0) == SpeechResult("queued")


async def test_a_caller_that_goes_away_takes_unsaid_words_along(rig: CallRig) -> None:
    await rig.call()
    await rig.rooms.say(rig.guild.id, LONG, within_s=0.1)
    task = asyncio.create_task(rig.rooms.say(rig.guild.id, HELLO, within_s=30))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    session = rig.bot.sessions[rig.guild.id]
    session.room._floor.stop()
    await eventually(lambda: session.room.waiting == 0 and session.room.answering is None)
    assert "Hi." not in [text for _, text in rig.voice.spoken]


async def test_without_a_call_nothing_can_be_said(rig: CallRig) -> None:
    with pytest.raises(CannotNow, match="has just left"):
        await rig.rooms.say(rig.guild.id, HELLO, within_s=1)


async def test_it_joins_the_person_who_asks(rig: CallRig) -> None:
    await rig.enter(rig.alice, rig.room)
    await rig.enter(rig.bob, rig.other)
    room = await rig.rooms.join(rig.guild.id, None, rig.bob.id)
    assert room.channel == "Other"
    await rig.sim.wait_for_call(rig.other)
    announced = await rig.sim.wait_for_message(rig.other)
    assert "is listening" in announced.content


async def test_it_joins_the_only_channel_with_people_in_it(rig: CallRig) -> None:
    await rig.enter(rig.alice, rig.other)
    assert (await rig.rooms.join(rig.guild.id, None, None)).channel == "Other"


@pytest.mark.parametrize("by_id", [True, False])
async def test_a_channel_can_be_named_and_it_moves_there_and_says_so(
    rig: CallRig, by_id: bool
) -> None:
    await rig.call()
    name = str(rig.other.id) if by_id else "other"
    joined = await rig.rooms.join(rig.guild.id, name, None, entitled=True)
    assert joined.channel == "Other"
    await rig.sim.wait_for_call(rig.other)
    await rig.sim.wait_for_message(rig.text, lambda m: str(rig.other.id) in m.content)


async def test_in_doubt_the_channels_are_listed(rig: CallRig) -> None:
    with pytest.raises(
        BadArguments, match=r"no voice channel has people in it.*Room \(\d+\), Other"
    ):
        await rig.rooms.join(rig.guild.id, None, None)
    with pytest.raises(BadArguments, match=r"no channel matches; there are Room"):
        await rig.rooms.join(rig.guild.id, "Cellar", None)
    await rig.enter(rig.alice, rig.room)
    await rig.enter(rig.bob, rig.other)
    with pytest.raises(BadArguments, match="several channels match"):
        await rig.rooms.join(rig.guild.id, None, None)
    with pytest.raises(CannotNow, match="no longer in that server"):
        await rig.rooms.join(1, None, None)


async def test_where_it_may_not_speak_it_does_not_come(rig: CallRig) -> None:
    rig.room.forbid(speak=True)
    known = rig.bot.guilds[0].get_channel(rig.room.id)
    assert known is not None
    await eventually(lambda: not known.permissions_for(known.guild.me).speak)
    with pytest.raises(CannotNow, match="permissions"):
        await rig.rooms.join(rig.guild.id, "Room", None)


async def test_it_leaves(rig: CallRig) -> None:
    await rig.call()
    assert await rig.rooms.leave(rig.guild.id, entitled=True)
    await rig.sim.wait_for_no_call(rig.room)
    assert not await rig.rooms.leave(rig.guild.id)


async def test_from_outside_the_call_it_neither_moves_nor_ends_it(rig: CallRig) -> None:
    await rig.call()
    for person in (None, rig.bob.id):
        with pytest.raises(OutOfReach, match="only those in the call may move it"):
            await rig.rooms.join(rig.guild.id, "Other", person)
        with pytest.raises(OutOfReach, match="only those in the call may end it"):
            await rig.rooms.leave(rig.guild.id, person)
    assert rig.sim.bot_channel(rig.guild) is rig.room
    assert await rig.rooms.leave(rig.guild.id, rig.alice.id), "for one of its members"


async def test_a_private_channel_is_neither_joined_nor_named(rig: CallRig) -> None:
    secret = rig.guild.add_voice_channel("Secret")
    secret.hide(rig.alice.member)
    guild = rig.bot.guilds[0]
    await eventually(
        lambda: (
            (known := guild.get_channel(secret.id))
            and not known.permissions_for(guild.default_role).view_channel
        )
    )
    for person in (None, rig.bob.id, 1):
        with pytest.raises(BadArguments) as refused:
            await rig.rooms.join(rig.guild.id, "Secret", person)
        assert "Room" in str(refused.value)
        assert "Secret (" not in str(refused.value)
        assert str(secret.id) not in str(refused.value)
    await rig.enter(rig.alice, secret)
    with pytest.raises(BadArguments, match="no voice channel has people in it"):
        await rig.rooms.join(rig.guild.id, None, None)
    assert (await rig.rooms.join(rig.guild.id, None, rig.alice.id)).channel == "Secret"


async def test_where_the_server_chose_its_channels_it_joins_no_other(rig: CallRig) -> None:
    rig.bot.rights = lambda _: ServerRights(channels=frozenset({rig.other.id}))
    with pytest.raises(BadArguments, match=r"there are Other \(\d+\)$"):
        await rig.rooms.join(rig.guild.id, "Room", None)
    assert (await rig.rooms.join(rig.guild.id, "Other", None)).channel == "Other"


async def test_a_private_channel_that_the_server_chose_is_joined_and_not_named(
    rig: CallRig,
) -> None:
    rig.bot.rights = lambda _: ServerRights(channels=frozenset({rig.other.id}))
    rig.other.hide(rig.alice.member)
    guild = rig.bot.guilds[0]
    await eventually(
        lambda: (
            (known := guild.get_channel(rig.other.id))
            and not known.permissions_for(guild.default_role).view_channel
        )
    )
    with pytest.raises(BadArguments, match=r"there are none$"):
        await rig.rooms.join(rig.guild.id, "Cellar", rig.bob.id)
    assert (await rig.rooms.join(rig.guild.id, "Other", None)).channel == "Other"


# -- direct messages ---------------------------------------------------------------------------


async def test_a_message_goes_to_one_person_alone(rig: CallRig) -> None:
    to = await rig.rooms.notify([rig.guild.id], str(rig.bob.id), "Tea.", spoken_by=None)
    assert to == Person(rig.bob.id, "Bob")
    message = await rig.sim.wait_for_message(rig.sim.direct_channel(rig.bob))
    assert (message.content, message.files) == ("Tea.", [])
    assert rig.sim.messages(rig.text) == []


async def test_its_words_can_come_along_as_a_sound_file(rig: CallRig) -> None:
    await rig.call()
    await rig.rooms.notify([rig.guild.id], "alice", "Tea is ready. Come!", spoken_by="sage")
    message = await rig.sim.wait_for_message(rig.sim.direct_channel(rig.alice))
    (file,) = message.files
    assert file.name == SOUND_FILE
    assert file.content.startswith(b"OggS")
    assert rig.voice.spoken == [("sage", "Tea is ready."), ("sage", "Come!")]


async def test_an_unknown_person_and_a_refused_message_are_errors(rig: CallRig) -> None:
    with pytest.raises(BadArguments, match="no member has the name or id 'Zoe'"):
        await rig.rooms.notify([rig.guild.id], "Zoe", "Tea.", spoken_by=None)
    rig.sim.direct_channel(rig.bob).shut = True
    with pytest.raises(CannotNow, match="Bob takes no direct messages"):
        await rig.rooms.notify([rig.guild.id], str(rig.bob.id), "Tea.", spoken_by=None)
    me = rig.bot.user
    assert me is not None
    with pytest.raises(BadArguments, match="is a bot"):
        await rig.rooms.notify([rig.guild.id], str(me.id), "Tea.", spoken_by=None)


async def test_of_two_of_one_name_the_id_is_asked_for(rig: CallRig) -> None:
    twin = rig.sim.add_person(rig.guild, "Alice")
    await rig.enter(rig.alice, rig.room)
    await rig.enter(twin, rig.room)
    guild = rig.bot.guilds[0]
    await eventually(lambda: guild.get_member(twin.id) and guild.get_member(rig.alice.id))
    with pytest.raises(BadArguments, match=rf"several have that name.*\({twin.id}\)"):
        await rig.rooms.notify([rig.guild.id], "Alice", "Tea.", spoken_by=None)


async def test_without_speech_no_message_is_sent(rig: CallRig) -> None:
    rig.voice.broken = True
    began = time.monotonic()
    with pytest.raises(CannotNow, match="500"):
        await rig.rooms.notify([rig.guild.id], str(rig.bob.id), "Tea.", spoken_by="sage")
    assert time.monotonic() - began < 5
    assert rig.sim.messages(rig.sim.direct_channel(rig.bob)) == []
