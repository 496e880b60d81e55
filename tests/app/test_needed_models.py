from __future__ import annotations

import pytest

from app.needed_models import needed_models
from pipeline.settings import PipelineSettings, SttSettings
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
    assert list(needed_models(settings)) == ["silero-vad", "smart-turn", "base", *voice]


def test_a_size_of_whisper_in_the_settings_is_needed() -> None:
    settings = Settings(pipeline=PipelineSettings(stt=SttSettings(model_size="small")))
    assert "small" in needed_models(settings)
