"""Can that be the sentence? What a server answers with 200 may be no speech, or a scrap of it."""

from __future__ import annotations

import codecs
from typing import Final

from server.synthesis.audio_stream import AudioStream

_NO_SOUND_S: Final = 0.02
"""Shorter than any sound of speech: a stray sample, or a word of text taken for samples."""
_SHORTEST_LETTER_S: Final = 0.005
"""A thirteenth of what a letter of English takes at its natural pace."""
_BRACKETS: Final = ("{", "[", "<")
_SHORT_TEXT, _LONG_TEXT = 8, 64
"""Letters that tell a text, if it begins with a bracket, and if not: fewer could be samples, and as
samples they are no sound."""
_DIFFERENT: Final = 8
"""Letters of a text that differ; a tone could be the same few over and over."""
_LOOKED_AT: Final = 512
"""Bytes, white space before the text included."""
_LONGEST_LETTER_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0


def what_is_lacking(stream: AudioStream, text: str, speed: float) -> str:
    """Why the whole answer ``stream`` is not ``text`` at that speed; empty if it may be."""
    if stream.decoded_s == 0:
        return "without any audio"
    if not stream.sounded:
        return f"with {stream.decoded_s:.1f} s of silence and no speech"
    letters = _letters(text)
    if letters and stream.said_s < _NO_SOUND_S:
        return f"with {stream.said_s * 1000:.0f} ms of audio"
    shortest_s = letters * _SHORTEST_LETTER_S / max(speed, 1.0)
    if stream.said_s < shortest_s:
        return f"with {stream.said_s:.2f} s of audio for {letters} letters"
    return ""


def looks_like_text(data: bytes) -> bool | None:
    """Whether raw samples that begin so are letters: an error under the label of audio; None where
    more of them would tell. Of samples only the loudest look like letters, and speech does not
    begin with those."""
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data[:_LOOKED_AT])
    except UnicodeDecodeError:
        return False
    text = text.lstrip()
    if not all(char.isprintable() or char in "\t\r\n" for char in text):
        return False
    if text.startswith(_BRACKETS):
        return True if len(text) >= _SHORT_TEXT else None
    if len(text) >= _LONG_TEXT:
        return len(set(text)) >= _DIFFERENT
    return True if len(data) >= _LOOKED_AT else None


def longest_s(text: str) -> float:
    """Seconds after which what comes is no longer the sentence."""
    return _LONGEST_PAUSE_S + len(text) * _LONGEST_LETTER_S


def _letters(text: str) -> int:
    """Letters and digits: marks and emoji take no time."""
    return sum(map(str.isalnum, text))
