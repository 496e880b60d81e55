"""Replays in virtual time with the answers of the options, and in real time with the Gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from app.hearing import open_hearing
from app.model_loading import load_language_model, speech_models
from app.openclaw_agent import OpenClawAgent
from app.replay.microphone import Microphone
from app.replay.models import (
    LANGUAGE_MODEL_S,
    TRANSCRIPTION_S,
    TURN_MODEL_S,
    FixedAgent,
    RealTimeSynthesizer,
    ReplaySynthesizer,
)
from app.replay.options import ReplayOptions, chosen_personas
from app.replay.report import ReplayEvent
from app.replay.room import ReplayPorts, replay
from app.replay.voice import embedded_voice
from models.registry import SILERO_VAD, SMART_TURN
from models.store import ModelStore
from openclaw_client import PerGuildOpenClawClient
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechToText, TurnModel
from pipeline.inference.timed_models import TimedModels
from pipeline.listening.audio_input import AudioInput, VadModel
from settings import Settings
from virtual_time import VirtualTimeLoop

ANSWER: Final = "Here is what I found. Tell me if you would like to know more."
_GUILD: Final = 0


class Replays:
    """Replays in virtual time, with the models loaded once."""

    def __init__(self, settings: Settings, store: ModelStore, stt: SpeechToText) -> None:
        self._settings = settings
        self._vad: VadModel = SileroVad(store.path(SILERO_VAD.name))
        self._turn: TurnModel = SmartTurn(store.path(SMART_TURN.name))
        self._text = load_language_model(store, settings.pipeline.turn)
        self._stt = stt
        self._synthesizer = ReplaySynthesizer(embedded_voice(settings))

    def run(
        self,
        microphones: Sequence[Microphone],
        options: ReplayOptions,
        write: Callable[[ReplayEvent], None] = lambda _: None,
    ) -> list[ReplayEvent]:
        with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(float("inf"))) as runner:
            return runner.run(self._replay(microphones, options, write))

    async def _replay(
        self,
        microphones: Sequence[Microphone],
        options: ReplayOptions,
        write: Callable[[ReplayEvent], None],
    ) -> list[ReplayEvent]:
        hearing = AudioInput(self._vad, asyncio.get_running_loop().time)
        ports = ReplayPorts(
            TimedModels(
                hearing,
                self._turn,
                self._stt,
                turn_s=TURN_MODEL_S,
                transcription_s=TRANSCRIPTION_S,
                text=self._text,
                text_s=LANGUAGE_MODEL_S,
            ),
            FixedAgent(
                ANSWER if options.answer is None else options.answer, options.answer_after_s
            ),
            self._synthesizer,
            longest_answer_s=options.answer_after_s,
        )
        agents = chosen_personas(self._settings, options.agents)
        return await replay(microphones, ports, self._settings.pipeline, agents, write)


@contextmanager
def replays(settings: Settings) -> Iterator[Replays]:
    store = ModelStore(settings.models)
    with open_hearing(store, settings.pipeline.stt) as hearing:
        yield Replays(settings, store, hearing.stt)


async def replay_with_gateway(
    settings: Settings,
    options: ReplayOptions,
    microphones: Sequence[Microphone],
    write: Callable[[ReplayEvent], None],
) -> None:
    """Ask the real agents, in real time: their answers take as long as they take.

    Raises:
        OpenClawError: the Gateway cannot be reached at the start, or refuses.
        ModelError, ModelUnavailable: a model is missing.
    """
    store = ModelStore(settings.models)
    personas = chosen_personas(settings, options.agents)
    async with PerGuildOpenClawClient(settings.openclaw) as gateway:
        # Without an answer of any agent the events would be worth nothing.
        await gateway.connect()
        async with speech_models(store, settings.pipeline, lambda _: None) as models:
            ports = ReplayPorts(
                models,
                OpenClawAgent(gateway.get_or_create(_GUILD), lambda: None),
                RealTimeSynthesizer(embedded_voice(settings)),
                longest_answer_s=settings.openclaw.timeout,
            )
            await replay(microphones, ports, settings.pipeline, personas, write)
