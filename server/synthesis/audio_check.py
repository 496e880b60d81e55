"""Checks that audio can be the requested sentence: a server may answer 200 without speech."""

from __future__ import annotations

import codecs
from typing import Final

from server.synthesis.audio_stream import AudioStream

_NO_SOUND_S: Final = 0.02
"""Shorter than any speech sound: a stray sample, or text decoded as samples."""
_SHORTEST_LETTER_S: Final = 0.005
"""A thirteenth of the time of an English letter at natural pace."""
_BRACKETS: Final = ("{", "[", "<")
_SHORT_TEXT, _LONG_TEXT = 8, 64
"""Characters that prove a text, with and without an opening bracket.

Fewer could be samples, which `audio_defect` then finds too short."""
_DISTINCT: Final = 8
"""Different characters that a text has at least; a tone repeats fewer."""
_EXAMINED: Final = 512
"""Bytes that are examined, leading white space included."""
_LONGEST_LETTER_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0


def audio_defect(stream: AudioStream, text: str, speed: float) -> str:
    """Why a finished ``stream`` cannot be ``text`` at ``speed``; empty if it can."""
    if stream.decoded_s == 0:
        return "without any audio"
    if not stream.sounded:
        return f"with {stream.decoded_s:.1f} s of silence and no speech"
    letters = _count_letters(text)
    if letters and stream.returned_s < _NO_SOUND_S:
        return f"with {stream.returned_s * 1000:.0f} ms of audio"
    shortest_s = letters * _SHORTEST_LETTER_S / max(speed, 1.0)
    if stream.returned_s < shortest_s:
        return f"with {stream.returned_s:.2f} s of audio for {letters} letters"
    return ""


def looks_like_text(data: bytes) -> bool | None:
    """Whether a response that is labelled as audio begins with text, as an error does.

    None if more bytes are needed to decide. Only the loudest samples look like text, and speech
    does not begin with those.
    """
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data[:_EXAMINED])
    except UnicodeDecodeError:
        return False
    text = text.lstrip()
    if not all(char.isprintable() or char in "\t\r\n" for char in text):
        return False
    if text.startswith(_BRACKETS):
        return True if len(text) >= _SHORT_TEXT else None
    if len(text) >= _LONG_TEXT:
        return len(set(text)) >= _DISTINCT
    return True if len(data) >= _EXAMINED else None


def max_duration_s(text: str) -> float:
    """Seconds of audio beyond which it cannot be the sentence."""
    return _LONGEST_PAUSE_S + len(text) * _LONGEST_LETTER_S


def _count_letters(text: str) -> int:
    """The number of letters and digits; punctuation and emoji take no time."""
    return sum(map(str.isalnum, text))
