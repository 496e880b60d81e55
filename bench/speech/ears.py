"""The methods that are compared: ours, the one before it, and Whisper's own window of 30 s.

`ShortWindow` is what the project used first: faster-whisper's ``transcribe`` on features that are
padded with zeros to 5 s at least, without timestamps, names as hotwords, and the full window for a
doubtful result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from numpy.typing import NDArray

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.hallucinations import bare_words, loudness_db
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings
from server.hearing.remote import RemoteTranscriber

LANGUAGE: Final = "en"
_SETTINGS: Final = SttSettings()
_UNSURE: Final = -1.0
_PHRASES: Final = frozenset(
    {
        # English
        "thank you",
        "thank you very much",
        "thank you so much",
        "thanks for watching",
        "thank you for watching",
        "thanks for listening",
        "please subscribe",
        "subscribe",
        "like and subscribe",
        "please subscribe to my channel",
        "dont forget to like and subscribe",
        "see you next time",
        "see you in the next video",
        "see you next video",
        "bye",
        "bye bye",
        "you",
        "so",
        "the end",
        "music",
        "applause",
        "silence",
        "blank audio",
        "subtitles by the amaraorg community",
        "transcription by castingwords",
        # German
        "vielen dank",
        "vielen dank fürs zuschauen",
        "danke fürs zuschauen",
        "danke",
        "untertitel der amaraorg community",
        "untertitelung des zdf 2020",
        "untertitel im auftrag des zdf für funk 2017",
        "untertitelung aufgrund der amaraorg community",
        "bis zum nächsten mal",
        "tschüss",
        "das wars",
    }
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A text, and whether it may be used."""

    text: str
    accepted: bool


class Ear(Protocol):
    def hear(self, audio: Samples, names: ExpectedNames = NO_NAMES) -> Heard:
        """The words in ``float32[n]``, 16 kHz."""
        ...


class Ours:
    """The project's `Transcriber`."""

    def __init__(self, model: Path, settings: SttSettings) -> None:
        self.transcriber = Transcriber(model, settings)

    def hear(self, audio: Samples, names: ExpectedNames = NO_NAMES) -> Heard:
        heard = self.transcriber.transcribe(audio, language=LANGUAGE, names=names)
        return Heard(heard.text, heard.rejected is None)


class Remote:
    """A server of speech to text, as the bot asks it; with ``prompt`` it is told the names."""

    def __init__(self, url: str, settings: SttSettings, *, prompt: bool) -> None:
        changed = {"url": url, "remote_prompt": prompt, "remote_timeout_s": 60.0}
        self._transcriber = RemoteTranscriber(settings.model_copy(update=changed))

    def hear(self, audio: Samples, expected: ExpectedNames = NO_NAMES) -> Heard:
        found = self._transcriber.transcribe(audio, language=LANGUAGE, names=expected)
        return Heard(found.text, found.rejected is None)


class _CutModel(WhisperModel):  # type: ignore[misc]
    """WhisperModel whose zero padding is cut to ``floor`` frames, or to 2.56 s behind the audio."""

    floor = 500
    numbers: list[tuple[float, float, float]]

    def encode(self, features: NDArray[np.float32]) -> ctranslate2.StorageView:
        nonzero = np.flatnonzero(features.any(axis=0))
        used = int(nonzero[-1]) + 1 if nonzero.size else 0
        kept = max(self.floor, used + 256)
        return super().encode(features[:, : min(features.shape[1], kept + kept % 2)])

    def generate_with_fallback(self, *args: Any, **options: Any) -> Any:
        outcome = super().generate_with_fallback(*args, **options)
        result, avg_logprob, _, compression_ratio = outcome
        self.numbers.append((avg_logprob, result.no_speech_prob, compression_ratio))
        return outcome


class ShortWindow:
    """faster-whisper with a cut window. ``floor`` 3000 is Whisper's own window."""

    def __init__(self, model: Path, settings: SttSettings, floor: int = 500) -> None:
        self._settings = settings
        self._floor = floor
        self._model = _CutModel(
            str(model),
            device="cpu",
            compute_type="int8",
            cpu_threads=settings.threads,
            local_files_only=True,
        )

    def hear(self, audio: Samples, names: ExpectedNames = NO_NAMES) -> Heard:
        hotwords = ", ".join(names.all) or None
        text, worst = self._decode(audio, hotwords, self._floor)
        if self._floor < 3000 and self._is_doubtful(worst):
            text, worst = self._decode(audio, hotwords, 3000)
        avg_logprob, no_speech, compression = worst
        plain = bare_words(text)
        quiet = loudness_db(audio) < _SETTINGS.quiet_db
        rejected = (
            not plain
            or (no_speech > 0.6 and (avg_logprob < _UNSURE or quiet))
            or compression > _SETTINGS.compression_ratio_threshold
            or avg_logprob < _SETTINGS.reject_log_prob
            or ((quiet or no_speech > 0.4) and plain in _PHRASES)
        )
        return Heard(text, not rejected)

    def _decode(
        self, audio: Samples, hotwords: str | None, floor: int
    ) -> tuple[str, tuple[float, float, float]]:
        self._model.floor, self._model.numbers = floor, []
        segments, _ = self._model.transcribe(
            audio,
            language=LANGUAGE,
            hotwords=hotwords,
            beam_size=self._settings.beam_size,
            temperature=0.0,
            without_timestamps=True,
            condition_on_previous_text=False,
            max_new_tokens=min(200, 16 + math.ceil(12 * audio.size / HEARD_RATE)),
            no_speech_threshold=None,
            log_prob_threshold=None,
            compression_ratio_threshold=None,
        )
        text = " ".join(segment.text.strip() for segment in segments).strip()
        logprobs, no_speech, compression = zip(
            *self._model.numbers or [(0.0, 1.0, 1.0)], strict=True
        )
        return text, (min(logprobs), max(no_speech), max(compression))

    def _is_doubtful(self, worst: tuple[float, float, float]) -> bool:
        avg_logprob, no_speech, compression = worst
        repeats = compression > _SETTINGS.compression_ratio_threshold
        return repeats or (avg_logprob < _UNSURE and no_speech <= 0.6)
