"""The stage: everything on loopback, set up and torn down again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from app.speech_server import speech_server
from discord_bot.bot import VoiceBot
from pipeline.audio import SPOKEN_RATE
from pipeline.events import ReplyResumed, RoomEvent, SpeechBegan, TurnDecided
from pipeline.listening.audio_input import AudioInput
from server.synthesis.client import HttpSynthesizer
from settings import Settings
from testing.harness import VOICES, conversation_harness, harness_settings
from testing.manual_clock import eventually
from testing.room import ANN, BEN, FakeModels, FakeVad
from tests.demo.cast import Cast


@pytest.fixture
async def speech_url() -> AsyncIterator[str]:
    async with speech_server() as server:
        yield server.url


def fake_models() -> FakeModels:
    return FakeModels(AudioInput(FakeVad(), time.monotonic))


# -- settings ----------------------------------------------------------------------------------


def test_the_users_settings_are_led_to_loopback_and_to_the_fixture_model() -> None:
    own = Settings.model_validate(
        {
            "discord": {"token": "the-users-own"},
            "openclaw": {"base_url": "http://10.0.0.5:18789", "auth_token": "the-users-own"},
            "tts": {"url": "http://10.0.0.6:8880", "model": "kokoro"},
            "pipeline": {"stt": {"model_size": "large-v3", "device": "cpu"}},
            "models": {"dir": "/somewhere"},
        }
    )
    settings = harness_settings(own, "ws://127.0.0.1:1", "http://127.0.0.1:2", {})
    assert settings.openclaw.base_url == "ws://127.0.0.1:1"
    assert settings.tts.url == "http://127.0.0.1:2"
    assert settings.tts.model == "kokoro"
    assert settings.discord.token is None
    assert settings.openclaw.auth_token.get_secret_value() != "the-users-own"
    assert settings.pipeline.stt.model_size == "fixture"
    assert settings.pipeline.stt.device == "cpu"
    assert settings.models.dir == Path("/somewhere")


# -- set up and torn down ----------------------------------------------------------------------


async def test_it_is_set_with_the_bot_in_it_and_leaves_nothing_behind(speech_url: str) -> None:
    before = asyncio.all_tasks()
    told: list[str] = []
    models = fake_models()
    async with conversation_harness(
        speech_url, dave=False, models=models, progress=told.append
    ) as harness:
        assert harness.bot.is_ready()
        alice = harness.person("Alice")
        assert harness.person("Alice") is alice, "nobody comes twice"
        await alice.join(harness.room)
        answer = await harness.run("Alice", "join")
        assert "I am in" in answer.responses[0].content
        assert harness.discord.violations == []
    assert harness.bot.is_closed()
    assert told
    await eventually(lambda: asyncio.all_tasks() <= before)


async def test_what_keeps_the_bot_from_logging_in_is_not_waited_for(
    speech_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(VoiceBot, "setup_hook", broken)
    before = asyncio.all_tasks()
    with pytest.raises(ZeroDivisionError):
        async with conversation_harness(speech_url, models=fake_models()):
            raise AssertionError("the bot did not log in")
    await eventually(lambda: asyncio.all_tasks() <= before)


# -- speaking ----------------------------------------------------------------------------------


async def test_people_speak_with_their_own_voices_without_silence_at_the_ends(
    speech_url: str,
) -> None:
    async with HttpSynthesizer(Settings().tts, url=speech_url) as voices:
        cast = Cast()
        cast.voices = voices
        spoken = {name: await cast.speech(name, "Never mind.") for name in VOICES}
        again = await cast.speech("Alice", "Never mind.")
    for pcm in spoken.values():
        assert 0.3 < pcm.size / SPOKEN_RATE < 3
        assert min(abs(int(pcm[0])), abs(int(pcm[-1]))) > 300
    assert again is spoken["Alice"], "it is synthesised once"
    sizes = {pcm.size for pcm in spoken.values()}
    assert len(sizes) == len(VOICES), "no two voices are the same"
    assert all(pcm.dtype == np.int16 for pcm in spoken.values())


# -- waiting -----------------------------------------------------------------------------------


async def test_an_event_is_waited_for_by_its_kind_its_place_and_what_is_in_it() -> None:
    cast = Cast()
    first, second = SpeechBegan(ANN, 1.0), SpeechBegan(BEN, 2.0)
    cast.events.extend((first, ReplyResumed(1.5)))
    asyncio.get_running_loop().call_later(3.0, cast.events.append, second)
    assert await cast.event(SpeechBegan) is first
    assert await cast.event(SpeechBegan, since=1) is second
    assert await cast.event(SpeechBegan, where=lambda e: e.speaker == BEN) is second


@pytest.mark.parametrize(
    ("events", "seen"),
    [([], "nothing"), ([SpeechBegan(ANN, 1.0), ReplyResumed(2.0)], "SpeechBegan, ReplyResumed")],
)
async def test_one_that_does_not_come_is_missed_with_what_came_instead(
    events: list[RoomEvent], seen: str
) -> None:
    cast = Cast()
    cast.events.extend(events)
    with pytest.raises(TimeoutError, match=f"no TurnDecided within 7 s; there was: {seen}"):
        await cast.event(TurnDecided, timeout=7)
