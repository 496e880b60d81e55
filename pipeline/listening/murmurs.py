"""A murmur that Whisper heard as words: "uh huh" as "What time?".

Whisper gives a murmur words of which it is unsure. "Uh huh", "hmm", "uh" and laughter in eight
neural voices gave 16 texts of two or more syllables, such as "Don't say." and "Hamming.", with a
mean log-probability of -1.39 to -0.52; the rule finds 9 of them. Of 58 real short utterances it
takes 6, of which one ("Really?") is more than a command or an acknowledgement, which the room
decides before. Words also need time: no short sentence of eight neural voices took less than 120
ms a syllable. One syllable fits into any sound, so the rule leaves it.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.inference.transcription import Transcription
from pipeline.language.utterance import ParsedUtterance
from pipeline.language.vocative import plain_words
from pipeline.listening.audio_recognition import FinalTranscript

MURMUR: Final = "it was a short sound, and these words are doubtful"

_MURMUR_MS: Final = 800.0
"""A longer sound is no murmur."""
_FASTEST_MS: Final = 100.0
"""A syllable takes more time than this."""
_UNSURE_LOGPROB: Final = -0.8
_UNSURE_NO_SPEECH: Final = 0.4
_HUM: Final = re.compile(r"\W*[hm](?:\W*[hm])+", re.IGNORECASE)
"""How Whisper writes a hum that it takes for words: "M.M.A. Jam", "Mm hm, yeah"."""
_HUM_MS: Final = 1000.0
"""A longer sound that begins like a hum may go on with words."""
_VOWELS: Final = re.compile(r"[aeiouyäöüàáâèéêëìíîïòóôùúûœæ]+")
_SILENT_E: Final = re.compile(r"(?<=[a-z]{3})e$")


def is_misheard_murmur(said: FinalTranscript, utterance: ParsedUtterance) -> bool:
    """Whether a turn without an agent's name was a murmur that was heard as words."""
    if said.spoken_ms is None or utterance.calls_agent:
        return False
    return is_murmur(said.transcription, said.spoken_ms)


def is_murmur(heard: Transcription, spoken_ms: float) -> bool:
    """Whether a short sound of ``spoken_ms`` was heard as words that it hardly had."""
    if spoken_ms <= _HUM_MS and _HUM.match(heard.text):
        return True
    count = syllables(heard.text)
    if spoken_ms > _MURMUR_MS or count < 2:
        return False
    unsure = heard.avg_logprob < _UNSURE_LOGPROB or heard.no_speech_prob > _UNSURE_NO_SPEECH
    return unsure or spoken_ms < _FASTEST_MS * count


def syllables(text: str) -> int:
    """About how many syllables a text has: the groups of vowels of each word, at least one."""
    return sum(max(1, len(_VOWELS.findall(_SILENT_E.sub("", word)))) for word in plain_words(text))
