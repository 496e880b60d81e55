"""Many speakers and one turn model: the newest looks count, none waits behind stale ones."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import numpy as np
import pytest

from pipeline.audio import Pcm16, Samples
from pipeline.errors import Superseded
from pipeline.hearing import Hearing
from pipeline.model_worker import ModelWorker
from pipeline.speech_models import SpeechModels
from pipeline.transcriber import Transcription
from tests.pipeline.talk import FakeVad

WAIT_S = 5.0


class GatedModel:
    """Answers with the length of its audio, each time it is let."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.entered = threading.Semaphore(0)
        self.let = threading.Semaphore(0)

    def probability(self, audio: Samples) -> float:
        self.asked.append(audio.size)
        self.entered.release()
        assert self.let.acquire(timeout=WAIT_S)
        return audio.size / 100

    def transcribe(
        self, audio: Samples, *, language: str | None = None, hotwords: str | None = None
    ) -> Transcription:
        raise AssertionError("no turn is transcribed here")


def look(size: int) -> Pcm16:
    return np.zeros(size, np.int16)


@pytest.fixture
def model() -> GatedModel:
    return GatedModel()


@pytest.fixture
async def models(model: GatedModel) -> AsyncIterator[SpeechModels]:
    hearing = Hearing(FakeVad(), asyncio.get_running_loop().time)
    workers = ModelWorker("turn"), ModelWorker("stt")
    models = SpeechModels(hearing, model, workers[0], model, workers[1])
    yield models
    for _ in range(20):
        model.let.release()
    await models.aclose()


async def ask(models: SpeechModels, who: str, size: int) -> asyncio.Task[float]:
    task = asyncio.create_task(models.turn_probability(who, look(size)))
    await asyncio.sleep(0)
    return task


async def test_one_look_of_a_speaker_is_in_flight_and_only_the_newest_waits(
    models: SpeechModels, model: GatedModel
) -> None:
    first = await ask(models, "ann", 1)
    assert await asyncio.to_thread(model.entered.acquire, timeout=WAIT_S)
    second, third = await ask(models, "ann", 2), await ask(models, "ann", 3)
    with pytest.raises(Superseded):
        await second
    model.let.release(2)
    assert (await first, await third) == (0.01, 0.03)
    assert model.asked == [1, 3]


async def test_the_newest_verdict_does_not_wait_behind_those_of_others(
    models: SpeechModels, model: GatedModel
) -> None:
    running = await ask(models, "ann", 1)
    assert await asyncio.to_thread(model.entered.acquire, timeout=WAIT_S)
    waiting = [await ask(models, f"speaker {size}", size) for size in (2, 3, 4)]
    model.let.release(4)
    await asyncio.gather(running, *waiting)
    assert model.asked == [1, 4, 3, 2]
