"""The models that the evaluations run, and their cost on the virtual clock."""

from __future__ import annotations

from dataclasses import dataclass

from bench.conversation.heard import HearsWords
from models.store import ModelStore
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import TextModel, TurnModel
from pipeline.listening.audio_input import VadModel
from settings import load_settings


@dataclass(frozen=True, slots=True)
class BenchModels:
    """Models shared by all scenes; the costs are those of an endpoint check and a transcription."""

    vad: VadModel
    turn: TurnModel
    turn_ms: float = 0.0
    stt_ms: float = 0.0
    transcriber: HearsWords | None = None
    """None: the words come from the oracle."""
    text: TextModel | None = None
    text_ms: float = 0.0


def load_models() -> tuple[SileroVad, SmartTurn]:
    """From the model store; missing ones are downloaded first."""
    store = ModelStore(load_settings().models)
    return SileroVad(store.path("silero-vad")), SmartTurn(store.path("smart-turn"))
