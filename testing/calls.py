"""The real VoiceBot on the simulated Discord, with a conversation that only records audio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

import numpy as np

from database.guild_settings import GuildSettings
from database.store import GuildStore
from discord_bot.agent_tools import AgentTools, WrittenQuestion
from discord_bot.bot import VoiceBot
from discord_bot.guild_state import GuildState
from discord_bot.receive import load_libopus
from discord_bot.settings import DiscordSettings
from discord_bot.shared_memory import SharedMemory
from pipeline.addressee.classifier import Decision
from pipeline.agent_context import Takeover
from pipeline.audio import FRAME_MS, SPOKEN_RATE, Pcm16
from pipeline.bystanders import WordListeners
from pipeline.errors import AgentError, SpeechUnavailable
from pipeline.events import HearingReplaced, Observer, VoiceReplaced
from pipeline.language.utterance import ParsedUtterance
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Loudspeaker, Persona, Speaker, Voice
from pipeline.room_controls import RoomChoices
from pipeline.speaking.announcement import Announcement, AnnouncementResult, Urgency
from simulators.discord import (
    DiscordSimulator,
    Message,
    SimulatedGuild,
    SimulatedPerson,
    TextChannel,
    VoiceChannel,
)
from simulators.discord.gateway import HEARTBEAT_INTERVAL_MS
from simulators.discord.voice_gateway import HEARTBEAT_INTERVAL_MS as VOICE_HEARTBEAT_MS
from testing.waiting import eventually

JARVIS = Persona("jarvis", "Jarvis", Voice("jarvis"))
SAGE = Persona("sage", "Sage", Voice("sage"))
MAIN = Persona("main", "Friday", Voice("jarvis"), aliases=("Boss",))
"""As on an OpenClaw with only its first agent, whose name is not its id."""
PERSONAS = {persona.agent: persona for persona in (JARVIS, SAGE, MAIN)}


_NO_HEARTBEAT_MS = 24 * 3_600_000


class ThreeAgents:
    """An `AgentCatalogue` whose Gateway always answers."""

    within_reach = True
    missing: frozenset[str] = frozenset()

    def answered_by(self, agent: str) -> str:
        return "main" if agent in self.missing else agent

    async def choices(self) -> list[Persona]:
        return list(PERSONAS.values())

    async def reach(self) -> bool:
        return self.within_reach

    def known(self) -> list[Persona]:
        return list(PERSONAS.values())

    def persona(self, agent: str) -> Persona:
        return PERSONAS[agent]


class RecordedControls:
    """Replaces `pipeline.room_controls.RoomControls`: records what is chosen."""

    def __init__(self) -> None:
        self.choices = RoomChoices()
        self.speaking = False
        """Whether there is a reply to stop."""
        self.listeners = WordListeners()
        self.takeover: Takeover | None = None

    def interject(self, text: str) -> bool:
        return False

    def use(self, choices: RoomChoices) -> None:
        self.choices = choices

    def stop(self, speaker_id: int) -> bool:
        stopped, self.speaking = self.speaking, False
        return stopped


class ScriptedTools:
    """An `AgentTools` that answers as it is told, and has two voices."""

    def __init__(self) -> None:
        self.answer: str | AgentError = "It is half past seven."
        self.questions: list[WrittenQuestion] = []
        self.listed = ["jarvis", "kokoro:af_heart"]
        self.silent: set[str] = set()
        """Voices without sound."""

    async def ask(self, question: WrittenQuestion) -> str:
        self.questions.append(question)
        if isinstance(self.answer, AgentError):
            raise self.answer
        return self.answer

    async def voices(self) -> list[str]:
        return self.listed

    async def sample(self, text: str, persona: Persona) -> bytes:
        if persona.voice.name in self.silent:
            raise SpeechUnavailable(f"no sound of {persona.voice.name}")
        return f"{persona.voice.name}: {text}".encode()


@dataclass(slots=True)
class RecordedStandIns:
    """Replaces `pipeline.stand_ins.StandIns`."""

    voice: VoiceReplaced | None = None
    hearing: HearingReplaced | None = None


@dataclass(eq=False)
class ListeningRoom:
    """Replaces the conversation: records its people and the audio of each."""

    loudspeaker: Loudspeaker
    observer: Observer
    persona: Persona = JARVIS
    sensitivity: str = "medium"
    names: dict[int, str] = field(default_factory=dict)
    loud_ms: dict[int, float] = field(default_factory=dict)
    waiting: int = 0
    stand_ins: RecordedStandIns = field(default_factory=RecordedStandIns)
    controls: RecordedControls = field(default_factory=RecordedControls)
    started: bool = False
    closed: bool = False
    said: list[str] = field(default_factory=list)
    """What the bot said aloud."""
    audible: ClassVar[bool] = True
    """Whether that is heard to its end."""
    forgotten: list[int] = field(default_factory=list)
    """Whose words were dropped."""

    answering: None = None

    @property
    def people(self) -> set[int]:
        return set(self.names)

    @property
    def present(self) -> list[Speaker]:
        return [Speaker(number, name) for number, name in self.names.items()]

    def hear_words(self, speaker_id: int, text: str, *, addressed: bool = False) -> bool:
        """A person said something; whether a listener took it."""
        utterance = ParsedUtterance(speaker_id, text, "en")
        decided = Decision(addressed, 0.9 if addressed else 0.1, ())
        checked = self.controls.listeners.checked(utterance, decided)
        self.controls.listeners.take(utterance, checked)
        return checked.taken_by is not None

    def start(self) -> None:
        self.started = True

    async def aclose(self) -> None:
        self.closed = True

    def person_joined(self, speaker: Speaker) -> None:
        self.names[speaker.id] = speaker.name

    def person_left(self, speaker_id: int) -> None:
        self.names.pop(speaker_id, None)

    def forget_words(self, speaker_id: int) -> None:
        self.person_left(speaker_id)
        self.forgotten.append(speaker_id)

    def say(
        self,
        text: str,
        urgency: Urgency = Urgency.WAIT,
        *,
        persona: Persona | None = None,
        language: str | None = None,
    ) -> Announcement:
        announcement = Announcement(text)
        self.said.append(text)
        result = AnnouncementResult.SPOKEN if self.audible else AnnouncementResult.UNSPOKEN
        announcement.finish(result, text)
        return announcement

    def use_agent(self, persona: Persona) -> None:
        self.persona = persona

    def name_of(self, agent: str) -> str:
        return PERSONAS[agent].name if agent in PERSONAS else agent

    def hear(self, speaker_id: int, pcm: Pcm16, at: float, *, end_of_talk: bool = False) -> None:
        if speaker_id in self.names and np.abs(pcm.astype(int)).max() > 500:
            heard = self.loud_ms.get(speaker_id, 0.0)
            self.loud_ms[speaker_id] = heard + FRAME_MS


@dataclass(slots=True)
class Calls:
    """A guild with a text channel and two voice channels, Alice and Ben, and the bot logged in."""

    sim: DiscordSimulator
    bot: VoiceBot
    guild: SimulatedGuild
    text: TextChannel
    room: VoiceChannel
    other: VoiceChannel
    alice: SimulatedPerson
    ben: SimulatedPerson
    rooms: list[ListeningRoom]
    removed_guilds: list[int]
    """Guilds for which `on_guild_removed` was called."""
    _read: int = 0

    def posted(self) -> list[str]:
        """The public messages of the bot since the last call."""
        messages = [message.content for message in self.sim.messages(self.text)]
        fresh, self._read = messages[self._read :], len(messages)
        return fresh

    async def settle(self) -> None:
        """Wait until all running commands are done, and their messages posted."""
        for names in ("CommandTree-invoker", "tell "):
            tasks = [each for each in asyncio.all_tasks() if each.get_name().startswith(names)]
            await asyncio.gather(*tasks)

    async def ask(self, command: str, /, **options: Any) -> Message:
        """Run a command as Alice; returns the only answer."""
        interaction = await self.sim.run_command(self.alice, command, options, channel=self.text)
        await interaction.answered(10.0)
        (message,) = interaction.responses
        return message

    async def run(self, command: str, /, **options: Any) -> str:
        """Run a command as Alice; returns the text of the answer."""
        return (await self.ask(command, **options)).content

    async def call_in(self) -> ListeningRoom:
        """Alice joins, and runs /join; returns the room of the new call."""
        await self.alice.join(self.room)
        await self.run("join")
        await self.sim.wait_for_call(self.room)
        return self.rooms[-1]

    async def until(self, true: Any, seconds: float = 10.0) -> None:
        """Wait until ``true()``: discord.py has no event for most conditions."""
        await eventually(true, seconds, seen=lambda: self.sim.messages(self.text))

    async def hears(self, person: SimulatedPerson, seconds: float = 0.4) -> float:
        """The ms that the newest room receives of a tone of ``seconds`` by ``person``."""
        room = self.rooms[-1]
        before = room.loud_ms.get(person.id, 0.0)
        await person.say(tone(seconds))
        await asyncio.sleep(0.1)
        return room.loud_ms.get(person.id, 0.0) - before


def tone(seconds: float, hertz: float = 440.0) -> Pcm16:
    """48 kHz mono, ``int16[n]``."""
    t = np.arange(int(seconds * SPOKEN_RATE)) / SPOKEN_RATE
    return (np.sin(2 * np.pi * hertz * t) * 9000).astype(np.int16)


async def _note(removed: list[int], guild_id: int) -> None:
    removed.append(guild_id)


@asynccontextmanager
async def calls(
    dave: bool = True,
    *,
    heartbeats: bool = True,
    store: GuildStore | None = None,
    tools: AgentTools | None = None,
    memory: SharedMemory | None = None,
    **settings: Any,
) -> AsyncIterator[Calls]:
    """A simulated guild with the bot; ``settings`` are those of `DiscordSettings`. Without a
    ``store``, what guilds and members choose ends with the bot.

    ``store`` has a database where it is given one, and ``tools`` reach agents and voices.
    ``memory`` is that of the agents.
    In virtual time, go without ``heartbeats``: discord.py sends them by real time.
    """
    load_libopus()
    rooms: list[ListeningRoom] = []
    removed: list[int] = []
    defaults = GuildSettings(leave_when_alone_s=settings.get("leave_when_alone_s", 120.0))
    state = GuildState(store or GuildStore(defaults))

    def make_room(guild: int, loudspeaker: Loudspeaker, observer: Observer) -> PipelineOrchestrator:
        choice = state.choices.of(guild)
        room = ListeningRoom(loudspeaker, observer, PERSONAS[choice.agent], choice.level)
        rooms.append(room)
        return cast(PipelineOrchestrator, room)

    options = {
        "guild_ready_timeout_s": 0.05,
        "supervise_every_s": 0.1,
        "commands_per_minute": 0,
    } | settings
    async with DiscordSimulator(
        dave=dave,
        heartbeat_interval_ms=HEARTBEAT_INTERVAL_MS if heartbeats else _NO_HEARTBEAT_MS,
        voice_heartbeat_interval_ms=VOICE_HEARTBEAT_MS if heartbeats else _NO_HEARTBEAT_MS,
    ) as sim:
        guild = sim.add_guild("A server")
        text = guild.add_text_channel("general")
        room, other = guild.add_voice_channel("Room"), guild.add_voice_channel("Other")
        alice, ben = sim.add_person(guild, "Alice"), sim.add_person(guild, "Ben")
        bot = VoiceBot(
            DiscordSettings(**options),
            make_room,
            ThreeAgents(),
            state,
            connector=sim.connector(),
            tools=tools,
            memory=memory,
            on_guild_removed=lambda guild_id: _note(removed, guild_id),
        )
        login = asyncio.create_task(bot.start(sim.token))
        set_up = Calls(sim, bot, guild, text, room, other, alice, ben, rooms, removed)
        try:
            await set_up.until(bot.is_ready)
            yield set_up
        finally:
            await bot.close()
            await asyncio.gather(login, return_exceptions=True)
