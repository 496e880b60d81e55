from __future__ import annotations

import pytest

from app.needed_models import needed_models
from pipeline.settings import PipelineSettings, SttSettings, TurnSettings
from server.settings import ServerSettings
from settings import Settings


@pytest.mark.parametrize(
    ("engine", "voice"),
    [("auto", ["kokoro"]), ("kokoro", ["kokoro"]), ("piper", ["piper-joe"]), ("espeak", [])],
)
def test_the_engine_of_the_voice_tells_which_voice_is_needed(engine: str, voice: list[str]) -> None:
    settings = Settings(
        pipeline=PipelineSettings(stt=SttSettings(device="cpu")),
        server=ServerSettings.model_validate({"engine": engine}),
    )
    assert list(needed_models(settings)) == [
        *("silero-vad", "smart-turn", "smollm2-135m", "base"),
        *voice,
    ]


def test_without_the_language_model_its_weights_are_not_needed() -> None:
    settings = Settings(pipeline=PipelineSettings(turn=TurnSettings(language_model=False)))
    assert "smollm2-135m" not in needed_models(settings)


def test_a_size_of_whisper_in_the_settings_is_needed() -> None:
    settings = Settings(pipeline=PipelineSettings(stt=SttSettings(model_size="small")))
    assert "small" in needed_models(settings)


@pytest.mark.parametrize(("stand_in", "needed"), [(True, True), (False, False)])
def test_a_server_of_speech_to_text_needs_whisper_only_as_its_fallback(
    stand_in: bool, needed: bool
) -> None:
    stt = SttSettings(url="http://box:8090", stand_in=stand_in, device="cpu")
    settings = Settings(pipeline=PipelineSettings(stt=stt))
    assert ("base" in needed_models(settings)) is needed
