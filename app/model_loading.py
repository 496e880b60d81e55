"""Load each speech model once, from the model store; speech to text may be a server's."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeVar

from app.hearing import described, open_hearing
from models.registry import SILERO_VAD, SMART_TURN
from models.store import ModelStore
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechModels, TurnModel
from pipeline.listening.audio_input import AudioInput
from pipeline.settings import SttSettings

log = logging.getLogger(__name__)

T = TypeVar("T")

TURN_QUEUE: Final = 32
"""Endpoint checks that may wait for the turn model, which takes some 30 ms for each."""
TURN_THREADS: Final = 2
"""Endpoint checks at a time. With one, the last of ten speakers who pause together waits 280 ms
(simulated, 38 ms a check); with two on two cores, none of twenty waits."""


@asynccontextmanager
async def speech_models(
    store: ModelStore,
    settings: SttSettings,
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
    async with AsyncExitStack() as stack:
        opening = open_hearing(store, settings)
        hearing = await _load(described(settings), lambda: stack.enter_context(opening), progress)
        models = SpeechModels(
            AudioInput(vad, time.monotonic),
            turn,
            ModelWorker("turn", threads=TURN_THREADS, limit=TURN_QUEUE),
            hearing.stt,
            ModelWorker(
                "speech to text",
                threads=hearing.at_a_time,
                limit=settings.queue_limit,
                sparing=True,
            ),
            hearing.in_use,
        )
        stack.push_async_callback(models.aclose)
        models.audio_input.start()
        yield models


async def _load(what: str, load: Callable[[], T], progress: Callable[[str], None]) -> T:
    started = time.monotonic()
    loaded = await asyncio.to_thread(load)
    progress(f"{what}: ready in {time.monotonic() - started:.1f} s")
    return loaded
