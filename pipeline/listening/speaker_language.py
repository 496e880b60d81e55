"""The language of a speaker and of a call: fixed, or detected and remembered.

Whisper finds any language in an "okay". So a short turn is expected in the language of its
speaker's last long one, and while there is none in the language that the call spoke last: among all
languages, "Shut up." in a neural voice is "Shadap" in another than English. Where the settings list
the languages, they are told apart, and only an unsure detection gives way to the call's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.inference.whisper import Transcription
from pipeline.settings import SttSettings

_LONG_MS: Final = 2000.0
"""From this length on, with the silence around it, a turn shows its language."""
_LONG_WORDS: Final = 3
_LONG_CHARS: Final = 8
"""Of a text without spaces, as in Japanese and Chinese."""
_SURE: Final = 0.8
"""Probability of the detected language from which it is remembered."""
_SHORTER_MS: Final = 1200.0
_SURER: Final = 0.95
"""A shorter turn shows its language only with this probability. Of 380 English turns of 1.2 s and
more in neural voices, none was taken for another language with more than 0.8."""


@dataclass(frozen=True, slots=True)
class ExpectedLanguage:
    """What speech to text is told about the language of its audio. The codes are ISO's."""

    code: str | None = None
    """The language to decode; None to detect it."""
    among: tuple[str, ...] = ()
    """The only languages that are detected; empty for all."""
    usual: str | None = None
    """The language to decode where the detection is unsure."""


class CallLanguage:
    """The language that was spoken last in a call, for speakers who have said little."""

    def __init__(self, settings: SttSettings) -> None:
        self.spoken: str | None = None
        """That of the last long turn of any speaker."""
        self.among: tuple[str, ...] = ()
        self.fixed: str | None = None
        self.usual: str | None = None
        self.choose(settings.languages)
        if settings.language is not None:
            self.fixed = settings.language

    def choose(self, languages: tuple[str, ...]) -> None:
        """Expect these languages, ISO codes with the usual one first; empty detects all."""
        self.among = languages
        self.fixed = languages[0] if len(languages) == 1 else None
        self.usual = languages[0] if languages else None
        if self.spoken is not None and languages and self.spoken not in languages:
            self.spoken = None


class SpeakerLanguage:
    """The language of one speaker.

    Long turns are detected each time, which follows a speaker who changes the language.
    """

    def __init__(self, call: CallLanguage) -> None:
        self._call = call
        self._remembered: str | None = None

    def expected(self, duration_ms: float) -> ExpectedLanguage:
        """What to expect in a turn of this length."""
        call = self._call
        if call.fixed is not None:
            return ExpectedLanguage(call.fixed)
        if call.among and self._remembered not in call.among:
            self._remembered = None
        known = self._remembered or (None if call.among else call.spoken)
        if duration_ms < _LONG_MS and known is not None:
            return ExpectedLanguage(known)
        return ExpectedLanguage(None, call.among, self._remembered or call.usual)

    def learn(self, turn: Transcription) -> None:
        """Take the transcription of a turn."""
        long = turn.duration_ms >= _LONG_MS and turn.language_probability >= _SURE
        shorter = turn.duration_ms >= _SHORTER_MS and turn.language_probability >= _SURER
        if (long or shorter) and _says_enough(turn.text) and turn.rejected is None:
            self._remembered = self._call.usual = self._call.spoken = turn.language


def _says_enough(text: str) -> bool:
    unspaced = sum("\u3040" <= char <= "\u9fff" for char in text)
    return len(text.split()) >= _LONG_WORDS or unspaced >= _LONG_CHARS
