"""The whole bot between the two simulators; models and speech server are loaded once for all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
import pytest_asyncio

from app.model_loading import speech_models
from app.speech_server import speech_server
from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.whisper import Transcriber
from pipeline.settings import PipelineSettings, SttSettings, TurnSettings
from settings import Settings
from testing.harness import ConversationHarness, conversation_harness
from testing.transcription import missing, transcribe

OpenHarness: TypeAlias = Callable[..., AbstractAsyncContextManager[ConversationHarness]]


@dataclass(frozen=True, slots=True)
class HeardSpeech:
    """Transcribes what a person on the stage heard, with a model of its own."""

    model: Transcriber

    def heard(self, harness: ConversationHarness, name: str, since: float = 0.0) -> list[str]:
        return transcribe(harness.person(name).hearing.timeline(since or None), self.model)

    def missed(self, harness: ConversationHarness, name: str, *expected: str) -> list[str]:
        """The sentences that somebody did not hear."""
        return missing(expected, self.heard(harness, name))

    async def hears(
        self,
        harness: ConversationHarness,
        name: str,
        *expected: str,
        timeout_s: float = 20.0,
    ) -> None:
        """Until somebody has heard these sentences; a silence alone does not tell that they have,
        because on a busy machine there is one where a sentence comes late.

        Raises:
            AssertionError: they have not; says which, and what was heard.
        """
        end = time.monotonic() + timeout_s
        await harness.person(name).hearing.wait_for_quiet()
        while missed := self.missed(harness, name, *expected):
            if time.monotonic() >= end:
                heard = self.heard(harness, name)
                raise AssertionError(f"{name} did not hear {missed} by now, but {heard}")
            await asyncio.sleep(0.2)
            await harness.person(name).hearing.wait_for_quiet()


def with_reply(**settings: float) -> Settings:
    """The default settings, but for some of how replies are given."""
    base = Settings()
    reply = base.pipeline.reply.model_copy(update=settings)
    return base.model_copy(update={"pipeline": base.pipeline.model_copy(update={"reply": reply})})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def models() -> AsyncIterator[SpeechModels]:
    """VAD, Smart Turn and the fixture Whisper, loaded as the bot loads them."""
    settings = PipelineSettings(
        stt=SttSettings(model_size="fixture"), turn=TurnSettings(language_model=False)
    )
    async with speech_models(ModelStore(ModelsSettings()), settings) as loaded:
        yield loaded


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def speech_url() -> AsyncIterator[str]:
    async with speech_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def heard_speech() -> HeardSpeech:
    path = ModelStore(ModelsSettings()).whisper_path("fixture")
    return HeardSpeech(Transcriber(path, SttSettings(model_size="fixture")))


@pytest.fixture
def open_harness(models: SpeechModels, speech_url: str) -> OpenHarness:
    """``async with open_harness(dave=...) as harness``; fails if Discord saw a violation."""

    @asynccontextmanager
    async def opened(**options: Any) -> AsyncIterator[ConversationHarness]:
        async with conversation_harness(speech_url, models=models, **options) as harness:
            yield harness
            assert harness.discord.violations == []

    return opened
