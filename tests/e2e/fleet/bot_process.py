"""The whole bot as ``run.py`` runs it, on a simulated Discord. It ends and starts again on the same
state, while Discord, the Gateway and the people stay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import yaml

from app.fleet.starting_configuration import StartingConfiguration
from app.process import run_bot
from app.services import Services, make_bot
from discord_bot.bot import VoiceBot
from openclaw_client import DeviceStore
from pipeline.audio import Pcm16
from pipeline.events import RoomEvent
from pipeline.ports import Voice
from server.settings import TtsSettings
from server.synthesis.client import HttpSynthesizer
from settings import Settings
from simulators.discord import DiscordSimulator, SimulatedPerson
from testing.harness import VOICES
from testing.real_gateway.config import merged
from testing.waiting import eventually

E = TypeVar("E")

WITHIN_S = 60.0


class BotProcess:
    """One bot with its folder, in a server with a text and a voice channel."""

    def __init__(
        self,
        discord: DiscordSimulator,
        gateway_url: str,
        folder: Path,
        speech_url: str,
        config_of: Callable[[BotProcess], dict[str, Any]],
    ) -> None:
        """``config_of`` makes its config.yaml, but for what runs it on loopback."""
        self.discord = discord
        self.folder = folder
        self.state = folder / "state"
        guild = discord.add_guild("The harbour")
        self.guild = guild
        self.text = guild.add_text_channel("general")
        self.room = guild.add_voice_channel("Living room")
        self.people: dict[str, SimulatedPerson] = {}
        self.events: list[RoomEvent] = []
        self.settings = Settings()
        self.bot: VoiceBot | None = None
        self._gateway_url = gateway_url
        self._speech_url = speech_url
        self._config = config_of(self)
        self._task: asyncio.Task[int] | None = None

    @property
    def node_id(self) -> str:
        return DeviceStore(self.state).key().id

    def person(self, name: str) -> SimulatedPerson:
        """A member of the server, added at the first use."""
        if name not in self.people:
            self.people[name] = self.discord.add_person(self.guild, name)
        return self.people[name]

    def start(self) -> None:
        """Begin; `login` waits for its end."""
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump(merged(self._loopback(), self._config)))
        start = StartingConfiguration()
        self.settings = start.load(path)
        self.bot = None
        self._task = asyncio.create_task(
            start.until_restart(run_bot(self.settings, self._made, start)), name="the bot"
        )

    async def login(self) -> VoiceBot:
        """Until the bot is ready.

        Raises:
            AssertionError: it has ended, or is not ready in time.
        """
        assert await self.ended_or_ready() is None, "the bot has ended"
        assert self.bot is not None
        return self.bot

    async def ended(self) -> int:
        """The exit status, when it has ended by itself."""
        assert self._task is not None
        return await self._task

    async def ended_or_ready(self) -> int | None:
        """The exit status, or None as soon as the bot is ready."""
        assert self._task is not None
        task = self._task
        await eventually(
            lambda: task.done() or (self.bot is not None and self.bot.is_ready()), WITHIN_S
        )
        return task.result() if task.done() else None

    async def stop(self) -> None:
        """As Ctrl-C does."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def call_in(self, *names: str) -> None:
        """People join the call, and the first of them calls the bot in."""
        for name in names:
            await self.person(name).join(self.room)
        answer = await self.discord.run_command(
            self.person(names[0]), "join", {}, channel=self.text
        )
        await answer.answered(WITHIN_S)
        await self.discord.wait_for_call(self.room, WITHIN_S)

    async def say(self, name: str, text: str) -> None:
        """A member speaks in the call, in real time."""
        async with HttpSynthesizer(TtsSettings(), url=self._speech_url) as voices:
            spoken = [pcm async for pcm in voices.speak(text, Voice(VOICES[name]))]
        pcm: Pcm16 = np.concatenate(spoken)
        loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > 300)
        await self.person(name).say(pcm[loud[0] : loud[-1] + 1])

    async def event(
        self, kind: type[E], where: Callable[[E], bool] = lambda _: True, *, since: int = 0
    ) -> E:
        """The first such event of all rooms past the first ``since`` events."""

        def found() -> list[E]:
            return [each for each in self.events[since:] if isinstance(each, kind) and where(each)]

        await eventually(found, WITHIN_S, seen=lambda: self.events[-5:])
        return found()[0]

    def _made(self, shared: Services) -> VoiceBot:
        self.bot = make_bot(shared, connector=self.discord.connector())
        self.bot.observers.append(self.events.append)
        return self.bot

    def _loopback(self) -> dict[str, Any]:
        return {
            "discord": {"token": self.discord.token, "guild_ready_timeout_s": 0.05},
            "openclaw": {
                "base_url": self._gateway_url,
                "agent_id": "jarvis",
                "state_dir": str(self.state),
                "reconnect_min_s": 0.2,
                "reconnect_max_s": 2,
            },
            "pipeline": {"stt": {"model_size": "fixture"}},
            "tts": {"url": self._speech_url, "prepare_stock": False, "stand_in": False},
            "server": {"engine": "espeak"},
            "guilds": {"notice_spoken": False},
            "web": {"enabled": False},
        }
