"""The control phrases in neural voices, as Whisper hears them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bench.conversation.clips import MissingClip, clip
from bench.conversation.control.score import asks_silence
from bench.conversation.rendering import NOISE_FLOOR
from configuration.unique_keys import load_yaml
from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.speech_models import SpeechToText

_BEFORE: Final = HEARD_RATE * 3 // 10
_AFTER: Final = HEARD_RATE // 4
"""Silence around a phrase, as a turn has it."""
FILES: Final = {
    "en": "audio.yaml",
    "es": "audio_es.yaml",
    "fr": "audio_fr.yaml",
    "pt": "audio_pt.yaml",
}
"""The phrases and voices of each language that is heard."""
_NAMES: Final = ExpectedNames(agents=("Jarvis", "Sage"), people=("Ann", "Bob", "Carol"), stops=True)


@dataclass(frozen=True, slots=True)
class HeardPhrase:
    """A phrase in one voice. ``taken`` tells whether what was heard is taken for a stop."""

    text: str
    voice: str
    part: str
    stops: bool
    heard: str
    taken: bool

    @property
    def right(self) -> bool:
        return self.taken == self.stops


def heard_phrases(stt: SpeechToText, language: str = "en") -> Iterator[HeardPhrase]:
    """Every phrase of a language's file in every voice, except those whose clips are missing."""
    data = load_yaml(Path(__file__).with_name(FILES[language]).read_text(encoding="utf-8"))
    voices = [(voice, part) for part, names in data["voices"].items() for voice in names]
    for half, stops in (("stop", True), ("not", False)):
        for text in data[half]:
            for voice, part in voices:
                try:
                    sound = clip(text, voice)
                except MissingClip:
                    continue
                words = stt.transcribe(in_a_room(sound), language=language, names=_NAMES)
                heard = "" if words.rejected else words.text
                taken = bool(heard) and asks_silence(heard, language)
                yield HeardPhrase(text, voice, part, stops, heard, taken)


def in_a_room(sound: Samples) -> Samples:
    """``float32[n]`` at 16 kHz with silence around it, and the quiet noise of a room over all."""
    padded = np.pad(sound, (_BEFORE, _AFTER))
    noise = np.random.default_rng(sound.size).normal(0, NOISE_FLOOR, padded.size)
    return (padded + noise).astype(np.float32)
