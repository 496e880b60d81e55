"""Load each speech model once, from the model store; speech to text may be a server's."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeVar

from app.hearing import described, open_hearing
from models.errors import ModelError
from models.registry import SILERO_VAD, SMART_TURN, SMOLLM2
from models.store import ModelStore
from pipeline.errors import ModelUnavailable
from pipeline.inference.language_model import LanguageModel
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechModels, TurnModel
from pipeline.listening.audio_input import AudioInput
from pipeline.settings import PipelineSettings, TurnSettings

log = logging.getLogger(__name__)

T = TypeVar("T")

TURN_QUEUE: Final = 32
"""Endpoint checks that may wait for the turn model, which takes some 30 ms for each."""
TURN_THREADS: Final = 2
"""Endpoint checks at a time. With one, the last of ten speakers who pause together waits 280 ms
(simulated, 38 ms a check); with two on two cores, none of twenty waits."""


TEXT_QUEUE: Final = 16
"""Words that may wait for the language model, which takes some 30 ms for each turn's."""


@asynccontextmanager
async def speech_models(
    store: ModelStore,
    settings: PipelineSettings,
    progress: Callable[[str], None] = log.info,
    *,
    turn_model: TurnModel | None = None,
) -> AsyncIterator[SpeechModels]:
    """Load every model and start the audio input; ``progress`` gets a line for each step.

    A given ``turn_model`` takes the place of Smart Turn.

    Raises:
        ModelUnavailable, ModelError: a model is missing; the text says what to do.
    """
    vad = await _load("voice activity", lambda: SileroVad(store.path(SILERO_VAD.name)), progress)
    turn = turn_model
    if turn is None:
        turn = await _load("end of turn", lambda: SmartTurn(store.path(SMART_TURN.name)), progress)
    text = await asyncio.to_thread(load_language_model, store, settings.turn, progress)
    stt = settings.stt
    async with AsyncExitStack() as stack:
        opening = open_hearing(store, stt)
        hearing = await _load(described(stt), lambda: stack.enter_context(opening), progress)
        models = SpeechModels(
            AudioInput(vad, time.monotonic),
            turn,
            ModelWorker("turn", threads=TURN_THREADS, limit=TURN_QUEUE),
            hearing.stt,
            ModelWorker(
                "speech to text",
                threads=hearing.at_a_time,
                limit=stt.queue_limit,
                sparing=True,
            ),
            hearing.in_use,
            text,
            None if text is None else ModelWorker("language model", limit=TEXT_QUEUE),
        )
        stack.push_async_callback(models.aclose)
        models.audio_input.start()
        yield models


def load_language_model(
    store: ModelStore, settings: TurnSettings, progress: Callable[[str], None] = log.info
) -> LanguageModel | None:
    """The language model that judges the ends of sentences; None if the settings want none.

    Also None if it cannot be had: the bot works without it, and ``progress`` gets the reason.
    """
    if not settings.language_model:
        return None
    began = time.monotonic()
    try:
        model = LanguageModel(store.path(SMOLLM2.name))
    except (ModelError, ModelUnavailable) as error:
        progress(f"sentence ends: judged without a language model; {error}")
        return None
    progress(f"sentence ends: ready in {time.monotonic() - began:.1f} s")
    return model


async def _load(what: str, load: Callable[[], T], progress: Callable[[str], None]) -> T:
    started = time.monotonic()
    loaded = await asyncio.to_thread(load)
    progress(f"{what}: ready in {time.monotonic() - started:.1f} s")
    return loaded
