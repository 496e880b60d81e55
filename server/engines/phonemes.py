"""Text to phonemes with punctuation, the input of the neural engines.

espeak-ng pronounces the words between two marks; the marks stay, because the models speak them as
pauses and intonation. espeak writes ``(fr)`` where a word belongs to another language; these notes
are removed.
"""

from __future__ import annotations

import re
from typing import Final

from server.engines.espeak import ipa

_MARKS: Final = r";!?¡¿—…\"«»“”(){}\[\]"
_ABBREVIATIONS: Final = r"(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bSt)(?<!\bProf)(?<!\bvs)"
_BOUNDARY: Final = re.compile(
    rf"\s*(?:[{_MARKS}]|(?<!\w){_ABBREVIATIONS}\.|{_ABBREVIATIONS}\.(?!\w)"
    r"(?!(?<=\.\w\.) [a-z\d])|(?<!\d)[,:]|[,:](?!\d))"
    rf"(?:[\s{_MARKS}]|(?<!\w)\.|\.(?!\w)|(?<!\d)[,:]|[,:](?!\d))*"
)
"""Marks with the spaces around them. A full stop or comma within a number, an address or an
abbreviation belongs to its word."""
_DOCTORATE: Final = re.compile(r"\bPh\. ?D(?:\.(?= [a-z\d])|\b)")
_SCORE: Final = re.compile(r"(?<![\d:.,])(\d{1,3}):(\d|\d{3})(?![\d:])")
"""Two numbers that are no time of day, which has two digits after the colon."""
_LANGUAGE_NOTE: Final = re.compile(r"\([a-z]{2,3}(?:-[a-z0-9-]+)?\)")


def phonemes(text: str, language: str) -> str:
    """The phonemes of ``text`` in IPA, with its punctuation; empty if there is nothing to say.

    ``language`` is a value of ``EspeakVoice.language``.

    Raises:
        EngineUnavailable: espeak-ng or its data do not load.
        UnknownVoice: espeak has no such language.
    """
    parts: list[str] = []
    spoken = False
    position = 0
    text = _DOCTORATE.sub("PhD", " ".join(text.split()))
    if language.startswith("en"):
        text = _SCORE.sub(r"\1 to \2", text)
    for mark in _BOUNDARY.finditer(text):
        word = _pronounced(text[position : mark.start()], language)
        spoken |= bool(word)
        parts += [word, mark[0]]
        position = mark.end()
    word = _pronounced(text[position:], language)
    parts.append(word)
    return "".join(parts).strip() if spoken or word else ""


def _pronounced(words: str, language: str) -> str:
    return _LANGUAGE_NOTE.sub("", ipa(words, language)).strip() if words.strip() else ""
