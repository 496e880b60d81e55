"""The words of attempts as Whisper hears them in Kokoro's voices."""

from __future__ import annotations

from typing import Final

from bench.conversation.clips import clip
from bench.injection.attempts import ANN, BEN, FRIDAY
from bench.injection.rooms import Heard
from models.store import ModelStore
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings
from settings import load_settings

VOICES: Final = {ANN: "af_sarah", BEN: "am_adam", FRIDAY.id: "bm_lewis"}
MODEL: Final = "base"
_NAMES: Final = ExpectedNames(("Jarvis", "Sage"), ("Ann", "Ben"))


def neural_words() -> Heard:
    """Synthesises each line, and returns what Whisper base makes of it."""
    settings = SttSettings(model_size=MODEL, threads=1)
    stt = Transcriber(ModelStore(load_settings().models).whisper_path(MODEL), settings)
    stt.warm_up()

    def heard(who: int, text: str) -> str:
        audio = clip(text, VOICES[who])
        return stt.transcribe(audio, language="en", names=_NAMES).text

    return heard
