"""The real weights: Whisper base, Smart Turn, SmolLM2, Silero VAD and Kokoro, loaded once a worker.

`make test` fetches them first. Without them the suite is skipped, but fails where the variable
``CI`` is set.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from models.errors import ModelError
from models.registry import KOKORO, SILERO_VAD, SMART_TURN, SMOLLM2
from models.store import ModelStore
from pipeline.audio import Samples
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.language_model import LanguageModel
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.transcription import Transcription
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings
from settings import load_settings
from tests.real_models.scene import RoomModels

WHISPER: Final = "base"
NEEDED: Final = (SILERO_VAD.name, SMART_TURN.name, SMOLLM2.name, KOKORO.name)
_HERE: Final = Path(__file__).parent
_TIMEOUT_S: Final = 600
"""Timeout of a test: the first one of a worker loads the models and synthesises its clips."""

Hear = Callable[..., Transcription]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.real_models)
            item.add_marker(pytest.mark.timeout(_TIMEOUT_S))


@pytest.fixture(scope="session")
def weights() -> dict[str, Path]:
    """The paths of the models, by name."""
    settings = load_settings().models.model_copy(update={"offline": True})
    try:
        store = ModelStore(settings)
        found = {name: store.path(name) for name in NEEDED}
        return {**found, WHISPER: store.whisper_path(WHISPER)}
    except ModelError as error:
        advice = f"`python run.py models fetch {' '.join((*NEEDED[1:], WHISPER))}`"
        reason = f"the real weights are missing; {advice} fetches them ({error})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def transcriber(weights: dict[str, Path]) -> Transcriber:
    settings = SttSettings(model_size=WHISPER, device="cpu", threads=1)
    return Transcriber(weights[WHISPER], settings)


@pytest.fixture(scope="session")
def hear(transcriber: Transcriber) -> Hear:
    """``hear(audio, names)``: English words in ``float32[n]``, 16 kHz."""

    def heard(audio: Samples, names: ExpectedNames = NO_NAMES, **options: Any) -> Transcription:
        return transcriber.transcribe(audio, language="en", names=names, **options)

    return heard


@pytest.fixture(scope="session")
def turn_model(weights: dict[str, Path]) -> SmartTurn:
    return SmartTurn(weights[SMART_TURN.name])


@pytest.fixture(scope="session")
def language_model(weights: dict[str, Path]) -> LanguageModel:
    return LanguageModel(weights[SMOLLM2.name])


@pytest.fixture(scope="session")
def room_models(
    weights: dict[str, Path],
    turn_model: SmartTurn,
    transcriber: Transcriber,
    language_model: LanguageModel,
) -> RoomModels:
    vad = SileroVad(weights[SILERO_VAD.name])
    return RoomModels(vad, turn_model, transcriber, language_model)
