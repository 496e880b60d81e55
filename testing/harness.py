"""The real bot between both simulators, with its services, all on loopback.

The demo and the end-to-end tests run in it. Audio from one simulated member to another passes the
bot's real code: slash command, MLS, UDP, Opus, VAD, Smart Turn, Whisper, the Gateway's protocol,
speech over HTTP, and back.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np

from app.fleet.bot_node import voice_node
from app.services import Services, make_bot, services
from discord_bot.bot import VoiceBot
from discord_bot.settings import DiscordSettings
from models.registry import FIXTURE
from openclaw_client import DeviceStore, OpenClawConfig
from openclaw_client.node.settings import COMMANDS
from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.events import QuestionSent, QuestionWithdrawn, RoomEvent
from pipeline.inference.speech_models import SpeechModels
from pipeline.ports import Voice
from server.synthesis.client import HttpSynthesizer
from settings import Settings
from simulators.discord import (
    DiscordSimulator,
    Interaction,
    LineFaults,
    SimulatedPerson,
    TextChannel,
    VoiceChannel,
)
from simulators.gateway import GatewaySimulator, SimulatedAgent
from testing.recording import Recording

log = logging.getLogger(__name__)

E = TypeVar("E")

VOICES: Final[Mapping[str, str]] = {
    "Alice": "espeak:en-us+f4",
    "Bob": "espeak:en-gb-scotland+m7",
    "Carol": "espeak:en-us+Annie",
    "Dave": "espeak:en-gb+m2",
}
"""The members, and their voices at the embedded speech server."""
_MEMBERS_WAIT: Final = {"first_byte_timeout_s": 60.0, "chunk_timeout_s": 60.0}
"""Timeouts of the members' voices, which are synthesised before they are heard."""
GATEWAY_TOKEN: Final = "a-token-for-loopback"
_AUDIBLE: Final = 300


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line that a member spoke, and the times of its first and its last audible sample."""

    text: str
    began: float
    ended: float


@dataclass(slots=True)
class ConversationHarness:
    """A guild with a text channel and two voice channels; the bot is in the guild, in no call."""

    discord: DiscordSimulator
    gateway: GatewaySimulator
    services: Services
    bot: VoiceBot
    voices: HttpSynthesizer
    text: TextChannel
    room: VoiceChannel
    other_room: VoiceChannel
    people: dict[str, SimulatedPerson] = field(default_factory=dict)
    events: list[RoomEvent] = field(default_factory=list)
    recording: Recording = field(default_factory=Recording)
    member_voices: Mapping[str, str] = field(default_factory=lambda: VOICES)
    _speech: dict[tuple[str, str], Pcm16] = field(default_factory=dict)

    def person(self, name: str) -> SimulatedPerson:
        """A member of the guild, added at the first use."""
        if name not in self.people:
            self.people[name] = self.discord.add_person(self.text.guild, name)
        return self.people[name]

    async def speech(self, name: str, text: str) -> Pcm16:
        """``text`` in a member's voice, 48 kHz ``int16[n]``, without silence at either end."""
        key = (name, text)
        if key not in self._speech:
            voice = Voice(self.member_voices[name])
            chunks = [pcm async for pcm in self.voices.speak(text, voice)]
            self.keep_speech(name, text, np.concatenate(chunks))
        return self._speech[key]

    def keep_speech(self, name: str, text: str, pcm: Pcm16) -> None:
        """Use this 48 kHz ``int16[n]`` when the member says ``text``."""
        loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > _AUDIBLE)
        self._speech[name, text] = pcm[loud[0] : loud[-1] + 1]

    async def say(self, name: str, text: str, faults: LineFaults | None = None) -> SpokenLine:
        """Have a member speak in the call, in real time."""
        pcm = await self.speech(name, text)
        person, began = self.person(name), time.monotonic()
        self.recording.add(began, pcm, pan=-0.5 if name == "Alice" else 0.5)
        await (person.say(pcm) if faults is None else person.say(pcm, faults))
        return SpokenLine(text, began, began + pcm.size / SPOKEN_RATE)

    async def run(
        self, name: str, command: str, options: Mapping[str, Any] | None = None
    ) -> Interaction:
        """Run a slash command as a member in the text channel, and wait for the answer."""
        interaction = await self.discord.run_command(
            self.person(name), command, dict(options or {}), channel=self.text
        )
        await interaction.answered(10.0)
        return interaction

    @property
    def questions(self) -> int:
        """How many questions went to an agent. One that was sent early and withdrawn does not
        count: on a slow machine, speech in real time has pauses that its speaker did not make."""
        sent = sum(isinstance(each, QuestionSent) for each in self.events)
        return sent - sum(isinstance(each, QuestionWithdrawn) for each in self.events)

    async def event(
        self,
        kind: type[E],
        *,
        since: int = 0,
        timeout: float = 20.0,
        where: Callable[[E], bool] = lambda _: True,
    ) -> E:
        """The first event of a kind past the first ``since`` events.

        Raises:
            TimeoutError: there was none in ``timeout`` seconds; lists the others.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    for event in self.events[since:]:
                        if isinstance(event, kind) and where(event):
                            return event
                    await asyncio.sleep(0.01)
        except TimeoutError:
            seen = ", ".join(type(event).__name__ for event in self.events[since:]) or "nothing"
            raise TimeoutError(
                f"no {kind.__name__} within {timeout:g} s; there was: {seen}"
            ) from None


def harness_settings(
    base: Settings,
    gateway_url: str,
    tts_url: str,
    openclaw: Mapping[str, Any],
    model_size: str = FIXTURE,
) -> Settings:
    """The user's settings, with loopback addresses and the given Whisper model.

    The fixture model understands espeak-ng alone.
    """
    stt = base.pipeline.stt.model_copy(update={"model_size": model_size})
    return base.model_copy(
        update={
            "discord": DiscordSettings(guild_ready_timeout_s=0.05),
            "openclaw": OpenClawConfig.model_validate(
                {
                    "base_url": gateway_url,
                    "auth_token": GATEWAY_TOKEN,
                    "agent_id": "jarvis",
                    **openclaw,
                }
            ),
            # Prepared sentences would take the CPU that a scene needs at its start.
            "tts": base.tts.model_copy(update={"url": tts_url, "prepare_stock": False}),
            "server": base.server.model_copy(
                update={"engine": "espeak"} if model_size == FIXTURE else {}
            ),
            "pipeline": base.pipeline.model_copy(update={"stt": stt}),
            # The call begins without a reply, as scenes and measurements expect.
            "guilds": base.guilds.model_copy(update={"notice_spoken": False}),
        }
    )


@asynccontextmanager
async def conversation_harness(
    speech_url: str,
    *,
    base: Settings | None = None,
    dave: bool = True,
    models: SpeechModels | None = None,
    bot_speech_url: str | None = None,
    agents: Iterable[SimulatedAgent] | None = None,
    openclaw: Mapping[str, Any] | None = None,
    model_size: str = FIXTURE,
    member_voices: Mapping[str, str] = VOICES,
    progress: Callable[[str], None] = log.info,
) -> AsyncIterator[ConversationHarness]:
    """Start the simulators, the services and the bot; stop them all at the end.

    ``speech_url`` is the speech server of the members, and of the bot unless ``bot_speech_url`` is
    given. ``models`` spares the seconds of loading them. ``openclaw`` are further settings of the
    Gateway client; as a node the bot keeps its device key in the user's state folder.
    """
    base = base or Settings()
    async with (
        GatewaySimulator(token=GATEWAY_TOKEN, agents=agents, node_commands=COMMANDS) as gateway,
        DiscordSimulator(dave=dave) as discord,
        HttpSynthesizer(base.tts.model_copy(update=_MEMBERS_WAIT), url=speech_url) as voices,
        services(
            settings := harness_settings(
                base, gateway.url, bot_speech_url or speech_url, openclaw or {}, model_size
            ),
            models=models,
            devices=(DeviceStore.of(settings.openclaw) if settings.openclaw.node.enabled else None),
            progress=progress,
        ) as shared,
    ):
        guild = discord.add_guild("The harbour")
        text = guild.add_text_channel("general")
        room, other = guild.add_voice_channel("Living room"), guild.add_voice_channel("Kitchen")
        bot = make_bot(shared, connector=discord.connector())
        harness = ConversationHarness(discord, gateway, shared, bot, voices, text, room, other)
        harness.member_voices = member_voices
        bot.observers.append(harness.events.append)
        async with voice_node(shared, bot, DeviceStore.of(settings.openclaw)):
            login = asyncio.create_task(bot.start(discord.token), name="the bot")
            try:
                await asyncio.wait_for(_ready(bot, login), 15)
                yield harness
            finally:
                await bot.close()
                await asyncio.gather(login, return_exceptions=True)


async def _ready(bot: VoiceBot, login: asyncio.Task[None]) -> None:
    ready = asyncio.create_task(_when_ready(bot))
    try:
        await asyncio.wait({ready, login}, return_when=asyncio.FIRST_COMPLETED)
        if login.done():
            await login
    finally:
        ready.cancel()
        await asyncio.gather(ready, return_exceptions=True)


async def _when_ready(bot: VoiceBot) -> None:
    while not bot.is_ready():  # noqa: ASYNC110 - wait_until_ready() fails before the login
        await asyncio.sleep(0.01)
