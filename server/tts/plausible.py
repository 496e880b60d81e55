"""Can that be the sentence? What a server answers with 200 may be no speech, or a scrap of it."""

from __future__ import annotations

from typing import Final

from server.tts.audio_stream import AudioStream

_NO_SOUND_S: Final = 0.02
"""Shorter than any sound of speech: a stray sample, or a word of text taken for samples."""
_SHORTEST_LETTER_S: Final = 0.005
"""A thirteenth of what a letter of English takes at its natural pace."""
_TEXT: Final = bytes(range(32, 127)) + b"\t\r\n"
_SHORT_TEXT, _LONG_TEXT = 8, 16
"""Bytes that are looked at: fewer could be samples, and as samples they are no sound."""
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


def looks_like_text(data: bytes) -> bool:
    """Whether raw samples that begin so are letters: an error under the label of audio. Of samples
    only the loudest look like letters, and speech does not begin with those."""
    head = data[:_LONG_TEXT].lstrip()
    brackets = head[:1] in (b"{", b"[", b"<")
    return brackets and len(head) >= _SHORT_TEXT and not head.translate(None, _TEXT)


def longest_s(text: str) -> float:
    """Seconds after which what comes is no longer the sentence."""
    return _LONGEST_PAUSE_S + len(text) * _LONGEST_LETTER_S


def _letters(text: str) -> int:
    """Letters and digits: marks and emoji take no time."""
    return sum(map(str.isalnum, text))
