"""The models that the evaluations run: voice activity, and the end of a turn."""

from __future__ import annotations

from models.store import ModelStore
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from settings import load_settings


def models() -> tuple[SileroVad, SmartTurn]:
    """From the store of models; fetched first if they are not there."""
    store = ModelStore(load_settings().models)
    return SileroVad(store.path("silero-vad")), SmartTurn(store.path("smart-turn"))
