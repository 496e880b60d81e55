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
from app.services import speech_server
from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings
from settings import Settings
from testing.stage import Stage, stage
from testing.transcription import missing, transcribe

SetStage: TypeAlias = Callable[..., AbstractAsyncContextManager[Stage]]


@dataclass(frozen=True, slots=True)
class Ear:
    """Transcribes what a person on the stage heard, with a model of its own."""

    model: Transcriber

    def heard(self, stage: Stage, name: str, since: float = 0.0) -> list[str]:
        return transcribe(stage.person(name).hearing.timeline(since or None), self.model)

    def missed(self, stage: Stage, name: str, *expected: str) -> list[str]:
        """The sentences that somebody did not hear."""
        return missing(expected, self.heard(stage, name))

    async def hears(self, stage: Stage, name: str, *expected: str, timeout_s: float = 20.0) -> None:
        """Until somebody has heard these sentences; a silence alone does not tell that they have,
        because on a busy machine there is one where a sentence comes late.

        Raises:
            AssertionError: they have not; says which, and what was heard.
        """
        end = time.monotonic() + timeout_s
        await stage.person(name).hearing.wait_for_quiet()
        while missed := self.missed(stage, name, *expected):
            if time.monotonic() >= end:
                heard = self.heard(stage, name)
                raise AssertionError(f"{name} did not hear {missed} by now, but {heard}")
            await asyncio.sleep(0.2)
            await stage.person(name).hearing.wait_for_quiet()


def with_reply(**settings: float) -> Settings:
    """The default settings, but for some of how replies are given."""
    base = Settings()
    reply = base.pipeline.reply.model_copy(update=settings)
    return base.model_copy(update={"pipeline": base.pipeline.model_copy(update={"reply": reply})})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def models() -> AsyncIterator[SpeechModels]:
    """VAD, Smart Turn and the fixture Whisper, loaded as the bot loads them."""
    settings = SttSettings(model_size="fixture")
    async with speech_models(ModelStore(ModelsSettings()), settings) as loaded:
        yield loaded


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def speech_url() -> AsyncIterator[str]:
    async with speech_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def ear() -> Ear:
    path = ModelStore(ModelsSettings()).whisper_path("fixture")
    return Ear(Transcriber(path, SttSettings(model_size="fixture")))


@pytest.fixture
def set_stage(models: SpeechModels, speech_url: str) -> SetStage:
    """``async with set_stage(dave=...) as stage``: a stage that saw no violation at its end."""

    @asynccontextmanager
    async def opened(**options: Any) -> AsyncIterator[Stage]:
        async with stage(speech_url, models=models, **options) as set_up:
            yield set_up
            assert set_up.discord.violations == []

    return opened
