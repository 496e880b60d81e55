"""What the bot is made of is put together as the settings say, and taken apart without a rest."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.services import Services, defaults_of, guild_store, make_bot, services
from database.location import Location
from database.store import GuildStore, open_store
from discord_bot.receive.errors import OpusNotFound
from models.errors import ModelError
from openclaw_client import DeviceStore, PerGuildOpenClawClient
from pipeline.audio import Pcm16
from pipeline.errors import PipelineError
from pipeline.inference.transcription import Transcription
from pipeline.listening.audio_input import AudioInput
from pipeline.ports import Persona, Synthesizer, Voice
from server.errors import ServerNotStarted
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from server.state import SpeechEngine
from server.synthesis.chain import SpeechChain
from server.synthesis.client import HttpSynthesizer
from settings import Settings
from simulators.discord import DiscordSimulator
from simulators.gateway import GatewaySimulator, jarvis
from testing.calls import tone
from testing.manual_clock import eventually
from testing.ports import closed_port
from testing.room import FakeLoudspeaker, FakeModels, FakeVad

TOKEN = "a-token-for-loopback"


def services_of(**values: Any) -> Services:
    """Services whose connections are not opened yet, with models that are not asked."""
    settings = Settings.model_validate(values)
    return Services(
        settings,
        FakeModels(AudioInput(FakeVad(), time.monotonic)),
        PerGuildOpenClawClient(settings.openclaw),
        SpeechChain([(HttpSynthesizer(settings.tts, url="http://127.0.0.1:9"), "")]),
        GuildStore(defaults_of(settings)),
    )


@pytest.mark.parametrize(
    ("values", "first", "all_of_them"),
    [
        ({}, "jarvis", ["jarvis", "sage"]),
        ({"openclaw": {"agent_id": "sage"}}, "sage", ["jarvis", "sage"]),
        ({"openclaw": {"agent_id": "main"}}, "main", ["jarvis", "sage", "main"]),
        ({"agents": {"friday": {}}}, "jarvis", ["friday", "jarvis"]),
    ],
)
async def test_the_agent_of_the_gateway_settings_answers_first_known_or_not(
    values: dict[str, Any], first: str, all_of_them: list[str]
) -> None:
    async with make_bot(services_of(**values)) as bot:
        assert [persona.agent for persona in await bot.agents.choices()] == all_of_them
        room = bot._make_room(1, FakeLoudspeaker(time.monotonic), lambda event: None)
        assert room.persona.agent == first


async def test_an_agent_that_nobody_described_has_a_name_and_a_voice() -> None:
    async with make_bot(services_of(openclaw={"agent_id": "main"})) as bot:
        assert bot.agents.persona("main") == Persona("main", "Main", Voice(""))


async def test_what_a_guild_chose_is_what_its_next_call_begins_with() -> None:
    async with make_bot(services_of()) as bot:
        bot.choose_agent(1, bot.agents.persona("sage"))
        bot.choose_level(1, "high")
        rooms = [
            bot._make_room(guild_id, FakeLoudspeaker(time.monotonic), lambda event: None)
            for guild_id in (1, 2)
        ]
        assert [room.persona.agent for room in rooms] == ["sage", "jarvis"]
        assert [room.sensitivity for room in rooms] == ["high", "medium"]


async def test_what_a_guild_chose_outlives_the_bot(tmp_path: Path) -> None:
    location = Location(tmp_path / "bot.db")
    async with (
        open_store(location) as guilds,
        make_bot(replace(services_of(), guilds=guilds)) as bot,
    ):
        bot.choose_agent(1, Persona("max", "Max", Voice("sage")))
        bot.choose_level(1, "low")
    async with (
        open_store(location) as guilds,
        make_bot(replace(services_of(), guilds=guilds)) as bot,
    ):
        room = bot._make_room(1, FakeLoudspeaker(time.monotonic), lambda event: None)
        assert (room.persona.agent, room.persona.name, room.sensitivity) == ("max", "Max", "low")


async def test_on_a_gateway_as_it_comes_the_bot_says_at_its_start_who_answers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    main = replace(jarvis(), id="main", name="Main")
    async with GatewaySimulator(token=TOKEN, agents=[main]) as gateway:
        shared = services_of(openclaw={"base_url": gateway.url, "auth_token": TOKEN})
        async with shared.gateway, make_bot(shared) as bot:
            await eventually(lambda: "agent main answers in their place" in caplog.text)
            assert bot.agents.answered_by("jarvis") == "main"
            assert bot.agents.persona("jarvis").name == "Jarvis"


# -- together and apart ------------------------------------------------------------------------


def settings_for(gateway: GatewaySimulator, **values: Any) -> Settings:
    """The settings of a test: the fixture model, and the Gateway given."""
    return Settings.model_validate(
        {
            "openclaw": {"base_url": gateway.url, "auth_token": TOKEN},
            "pipeline": {"stt": {"model_size": "fixture"}},
            "server": {"engine": "espeak", "own_process": False},
            **values,
        }
    )


def fake_models() -> FakeModels:
    return FakeModels(AudioInput(FakeVad(), time.monotonic))


def threads() -> set[str]:
    """Our threads by name.

    Those of asyncio's own pool stay until the loop is closed, and as long as the process: tqdm's,
    which comes with faster-whisper, and the pool of the speech server's streams.
    """
    names = {thread.name for thread in threading.enumerate()}
    return {name for name in names if not name.startswith(("asyncio_", "tqdm_monitor", "speech_"))}


def sockets() -> set[str]:
    """The sockets of this process, where the system shows them."""
    gc.collect()
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        return set()
    links = []
    for entry in folder.iterdir():
        try:
            links.append(os.readlink(entry))
        except OSError:
            continue  # the folder's own, which is closed by now
    return {link for link in links if link.startswith("socket:")}


async def listens(url: str) -> bool:
    address = urlsplit(url)
    try:
        _, writer = await asyncio.open_connection(address.hostname, address.port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def heard_ms(voice: Synthesizer, as_: Voice) -> float:
    """How long a word lasts."""
    return sum([pcm.size async for pcm in voice.speak("Hello.", as_)]) / 48


async def test_all_of_it_starts_and_nothing_of_it_is_left() -> None:
    told: list[str] = []
    async with GatewaySimulator(token=TOKEN) as gateway:
        tasks, ours, open_sockets = asyncio.all_tasks(), threads(), sockets()
        async with services(settings_for(gateway), progress=told.append) as shared:
            (url,) = shared.synthesizer.addresses
            assert await heard_ms(shared.synthesizer, Voice("sage")) > 200
            await eventually(lambda: gateway.connected == 1)
            assert await listens(url)
            assert threads() > ours
        assert not await listens(url)
        await eventually(lambda: gateway.connected == 0)
        await eventually(lambda: asyncio.all_tasks() == tasks)
        assert threads() == ours
        await eventually(lambda: sockets() <= open_sockets)
    words = "; ".join(told)
    for part in ("libopus", "voice activity", "end of turn", "speech to text", "speech server"):
        assert part in words


async def test_models_that_are_given_are_used_and_stay() -> None:
    async with GatewaySimulator(token=TOKEN) as gateway:
        models = fake_models()
        models.audio_input.start()
        async with services(settings_for(gateway), models=models) as shared:
            assert shared.models is models
        assert models.audio_input._task is not None, "they are closed by whoever made them"
        await models.audio_input.aclose()


async def test_people_are_told_over_the_gateways_channels(tmp_path: Path) -> None:
    recipients = [{"name": "Alice", "channel": "telegram", "to": "42"}]
    async with GatewaySimulator(token=TOKEN, channels=["telegram"]) as gateway:
        settings = settings_for(
            gateway, fleet={"sensors": {"sources": []}, "notify": {"recipients": recipients}}
        )
        devices = DeviceStore(tmp_path)
        async with services(settings, models=fake_models(), devices=devices) as shared:
            assert shared.fleet is not None
            await shared.fleet.people.tell("The server is on fire.", "high")
            await gateway.wait_for(lambda: gateway.channels.messages)
        assert "on fire" in gateway.channels.messages[0].text


async def test_a_gateway_that_is_away_keeps_nothing_from_starting() -> None:
    values = {
        "openclaw": {"base_url": f"http://127.0.0.1:{closed_port()}", "auth_token": TOKEN},
        "server": {"engine": "espeak", "own_process": False},
    }
    settings = Settings.model_validate(values)
    async with services(settings, models=fake_models()) as shared:
        assert await heard_ms(shared.synthesizer, Voice("jarvis")) > 200


@pytest.mark.parametrize("url", [None, "sqlite://"])
async def test_one_of_several_processes_without_a_common_database_is_warned(
    url: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    discord = {"shard_count": 2, "shard_ids": [1]}
    settings = Settings.model_validate({"discord": discord, "database": {"url": url}})
    async with guild_store(settings, None):
        assert ("does not reach the other processes" in caplog.text) is (url is None)


async def test_a_libopus_that_is_not_there_ends_it_before_anything_is_loaded() -> None:
    settings = Settings.model_validate({"discord": {"opus_library": "/nowhere/libopus.so"}})
    with pytest.raises(OpusNotFound, match=r"/nowhere/libopus\.so"):
        async with services(settings):
            raise AssertionError("it began without libopus")


async def test_a_model_that_cannot_be_had_ends_it_and_nothing_is_left(tmp_path: Path) -> None:
    tasks, ours = asyncio.all_tasks(), threads()
    settings = Settings.model_validate({"models": {"dir": tmp_path, "offline": True}})
    with pytest.raises((ModelError, PipelineError)):
        async with services(settings):
            raise AssertionError("it began without a model")
    assert asyncio.all_tasks() == tasks
    assert threads() == ours


async def test_what_fails_half_way_takes_the_models_down_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> SpeechEngine:
        raise ServerNotStarted("the port is taken")

    def own_server(_: Settings) -> EmbeddedServer:
        return EmbeddedServer(ServerSettings(port=0), make_engine=broken)

    monkeypatch.setattr(sys.modules["app.services"], "own_server", own_server)
    tasks, ours = asyncio.all_tasks(), threads()
    async with GatewaySimulator(token=TOKEN) as gateway:
        with pytest.raises(ServerNotStarted):
            async with services(settings_for(gateway)):
                raise AssertionError("it began without a speech server")
    assert threads() == ours
    await eventually(lambda: asyncio.all_tasks() == tasks)


# -- wired -------------------------------------------------------------------------------------


class OneQuestion(FakeModels):
    """Understands the same in every sound."""

    async def transcribe(self, key: Hashable, audio: Pcm16, **_: Any) -> Transcription:
        return Transcription("Jarvis, what time is it?", "en", 0.0, -0.1, 1000.0, 0.0)


@pytest.mark.parametrize("scope", ["user", "user_everywhere", "channel", "guild"])
async def test_a_question_in_a_call_reaches_the_memory_that_the_settings_name(scope: str) -> None:
    async with (
        GatewaySimulator(token=TOKEN) as gateway,
        DiscordSimulator(dave=False) as discord,
    ):
        settings = settings_for(
            gateway,
            openclaw={"base_url": gateway.url, "auth_token": TOKEN, "session_scope": scope},
            tts={"url": f"http://127.0.0.1:{closed_port()}"},
            discord={"guild_ready_timeout_s": 0.05},
        )
        guild = discord.add_guild("A server")
        text, room = guild.add_text_channel("general"), guild.add_voice_channel("Room")
        alice = discord.add_person(guild, "Alice")
        models = OneQuestion(AudioInput(FakeVad(), time.monotonic))
        models.audio_input.start()
        async with (
            services(settings, models=models) as shared,
            make_bot(shared, connector=discord.connector()) as bot,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(bot.start(discord.token))
            await eventually(bot.is_ready)
            await alice.join(room)
            await (await discord.run_command(alice, "join", channel=text)).answered()
            await alice.say(tone(0.5))
            await gateway.wait_for(lambda: gateway.runs)
            told = await discord.wait_for_message(text, lambda m: "stand-in" in m.content)
            await bot.close()
        await models.audio_input.aclose()
        places = {
            "user": f"dm:{alice.id}:guild:{guild.id}",
            "user_everywhere": f"dm:{alice.id}",
            "channel": f"channel:{text.id}",
            "guild": f"guild:{guild.id}",
        }
        assert gateway.runs[0].session.key == f"agent:jarvis:discord:{places[scope]}"
        assert told.content == (
            "**Jarvis** speaks with a stand-in voice for now: the speech server does not answer."
        )
        assert discord.violations == []
