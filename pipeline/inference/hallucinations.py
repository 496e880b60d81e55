"""Rejects texts that Whisper makes up from silence, from noise, or by repeating itself.

Trained on subtitles, Whisper gives for silence what subtitles say there ("Thank you.", "Thanks for
watching!"), and for noise loops. Each rule names its reason, which tells an operator why a turn was
dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.settings import SttSettings

_LOUDNESS_SPAN: Final = HEARD_RATE // 10
_WORDS_OF_SPEECH: Final = 6
_CERTAIN: Final = -0.5
_LETTERS: Final = re.compile(r"[^\w\s]")

PHRASES: Final = frozenset(
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
"""Texts that users of Whisper report for silence; lower case, letters only."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Input of `rejection`. ``loudness_db`` is of the loudest 100 ms, in dB below full scale."""

    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    loudness_db: float


def rejection(evidence: Evidence, names: ExpectedNames, settings: SttSettings) -> str | None:
    """Why the text must not be used; None if it may be."""
    quiet = evidence.loudness_db < settings.quiet_db
    # Whole sentences that the decoder is sure of are speech: a window that begins in the middle of
    # a long turn had 0.69.
    whole = len(bare_words(evidence.text).split()) >= _WORDS_OF_SPEECH
    certain = whole and evidence.avg_logprob > _CERTAIN
    silent = evidence.no_speech_prob > settings.no_speech_threshold and not certain
    doubtful = quiet or evidence.no_speech_prob > settings.no_speech_doubt
    unsure = evidence.avg_logprob < settings.log_prob_threshold
    plain = bare_words(evidence.text)
    if not plain:
        return "no words in it"
    if silent or (evidence.no_speech_prob > settings.no_speech_doubt and (unsure or quiet)):
        return f"no speech (probability {evidence.no_speech_prob:.2f})"
    if evidence.compression_ratio > settings.compression_ratio_threshold:
        return f"repeats itself (compression {evidence.compression_ratio:.1f})"
    if evidence.avg_logprob < settings.reject_log_prob:
        return f"too unsure (log-probability {evidence.avg_logprob:.2f})"
    if doubtful and plain in PHRASES:
        return f"a phrase made up on silence (loudest {evidence.loudness_db:.0f} dB)"
    expected = " ".join(names.all)
    if doubtful and expected and " " in plain and plain == bare_words(expected):
        return "an echo of the expected names"
    return None


def bare_words(text: str) -> str:
    """Lower case, letters and digits only, single spaces."""
    return " ".join(_LETTERS.sub("", text.casefold()).split())


def loudness_db(audio: Samples) -> float:
    """RMS of the loudest 100 ms of ``float32[n]`` in dB below full scale; -120 for silence."""
    if audio.size == 0:
        return -120.0
    span = min(_LOUDNESS_SPAN, audio.size)
    whole = audio[: audio.size // span * span].reshape(-1, span).astype(np.float64)
    power = float(np.max(np.mean(np.square(whole), axis=1)))
    return -120.0 if power < 1e-12 else 10.0 * float(np.log10(power))
