"""Many calls of one bot at once, with members who talk: for `bench.soak` and `bench.scale`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from app.model_loading import speech_models
from app.speech_server import speech_server
from models.registry import FIXTURE
from models.store import ModelStore
from settings import load_settings
from simulators.discord import (
    DiscordSimulator,
    SimulatedGuild,
    SimulatedPerson,
    TextChannel,
    VoiceChannel,
)
from simulators.gateway import SimulatedAgent
from testing.harness import VOICES, ConversationHarness, conversation_harness

CHATTER: Final = (
    ("Bob", "Did you watch the game last night?"),
    ("Carol", "Thank you very much."),
    ("Dave", "How are you today?"),
)
"""What members say to each other; the fixture model knows it."""
ANSWER_S: Final = 15.0
"""How long a member waits for the answer to a command."""


@dataclass(eq=False)
class BusyRoom:
    """A guild with a text channel, two voice channels and the members of `VOICES`."""

    discord: DiscordSimulator
    guild: SimulatedGuild
    text: TextChannel
    channel: VoiceChannel
    other: VoiceChannel
    people: dict[str, SimulatedPerson] = field(default_factory=dict)

    async def command(self, who: str, name: str, **options: object) -> str:
        """Run a command as a member; returns the answer.

        Raises:
            TimedOut: there was none.
        """
        person = self.people[who]
        asked = await self.discord.run_command(person, name, options, channel=self.text)
        return (await asked.answered(ANSWER_S)).content

    async def all_join(self) -> None:
        for person in self.people.values():
            if person.channel is not self.channel:
                await person.join(self.channel)

    async def all_leave(self) -> None:
        for person in self.people.values():
            if person.channel is not None:
                await person.leave()


@dataclass(eq=False)
class ManyRooms:
    """The bot, and the rooms in which it may be called."""

    harness: ConversationHarness
    rooms: list[BusyRoom]

    async def speech(self, phrases: Iterable[tuple[str, str]]) -> None:
        """Synthesise what members will say, before time counts."""
        for who, text in phrases:
            await self.harness.speech(who, text)


@asynccontextmanager
async def many_rooms(
    count: int,
    *,
    model_size: str = FIXTURE,
    speakers: int = len(VOICES),
    agents: Iterable[SimulatedAgent] | None = None,
) -> AsyncIterator[ManyRooms]:
    """Start the simulators and the bot with ``count`` guilds of ``speakers`` members each.

    Speech to text is the Whisper model ``model_size``; the bot and the members speak through
    espeak-ng.
    """
    settings = load_settings()
    stt = settings.pipeline.stt.model_copy(update={"model_size": model_size})
    pipeline = settings.pipeline.model_copy(update={"stt": stt})
    async with (
        speech_models(ModelStore(settings.models), pipeline, print) as models,
        speech_server() as server,
        conversation_harness(
            server.url, models=models, model_size=model_size, agents=agents
        ) as harness,
    ):
        rooms = []
        for number in range(count):
            guild = harness.discord.add_guild(f"Server {number}")
            room = BusyRoom(
                harness.discord,
                guild,
                guild.add_text_channel("general"),
                guild.add_voice_channel("Room"),
                guild.add_voice_channel("Other"),
            )
            for name in list(VOICES)[:speakers]:
                room.people[name] = harness.discord.add_person(guild, name)
            rooms.append(room)
        async with asyncio.timeout(30.0):
            while len(harness.bot.guilds) <= count:  # noqa: ASYNC110 - discord.py has no event
                await asyncio.sleep(0.05)
        yield ManyRooms(harness, rooms)
