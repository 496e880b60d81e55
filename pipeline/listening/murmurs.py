"""A murmur that Whisper heard as words: "uh huh" as "What time?".

Words need time: the short sentences of eight neural voices took 160 ms a syllable at least, and
those of two syllables 225 ms. A murmur of 0.4 s that was heard as several syllables is none, the
less so where Whisper was unsure.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.inference.whisper import Transcription
from pipeline.language.vocative import plain_words

MURMUR: Final = "the sound was too short for these words"

_MURMUR_MS: Final = 450.0
"""A longer sound is no murmur."""
_FASTEST_MS: Final = 100.0
"""No one speaks a syllable in less time."""
_USUAL_MS: Final = 210.0
"""Short utterances take longer for a syllable, as their last one is drawn out."""
_UNSURE_LOGPROB: Final = -0.45
_UNSURE_NO_SPEECH: Final = 0.2
_VOWELS: Final = re.compile(r"[aeiouyäöüàáâèéêëìíîïòóôùúûœæ]+")
_SILENT_E: Final = re.compile(r"(?<=[a-z]{3})e$")


def is_murmur(heard: Transcription, spoken_ms: float) -> bool:
    """Whether a sound of ``spoken_ms`` was too short for the words that were heard in it."""
    count = syllables(heard.text)
    if spoken_ms > _MURMUR_MS or count < 2:
        return False
    if spoken_ms < _FASTEST_MS * count:
        return True
    unsure = heard.avg_logprob < _UNSURE_LOGPROB or heard.no_speech_prob > _UNSURE_NO_SPEECH
    return unsure and spoken_ms < _USUAL_MS * count


def syllables(text: str) -> int:
    """About how many syllables a text has: the groups of vowels of each word, at least one."""
    return sum(max(1, len(_VOWELS.findall(_SILENT_E.sub("", word)))) for word in plain_words(text))
