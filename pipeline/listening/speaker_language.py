"""The language of a speaker and of a call: fixed, or detected and remembered.

Whisper finds any language in an "okay". So a short turn is expected in the language of its
speaker's last clear one, and while there is none in the language that the call spoke last: among
all languages, "Shut up." in a neural voice is "Shadap" in another than English. Where the settings
list the languages, they are told apart, and only an unsure detection gives way to the call's.

Only what was detected teaches a language. A turn of usual length is detected also where a language
is expected, and a clear result goes before it: else no speaker could leave a wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Self

from pipeline.inference.transcription import Transcription
from pipeline.listening.spoken_amount import Amount, amount_said
from pipeline.settings import SttSettings

_LONG_MS: Final = 2000.0
"""From this length on, with the silence around it, a turn shows its language."""
_SURE: Final = 0.8
"""Probability of the detected language from which a long turn counts."""
_SHORTER_MS: Final = 1200.0
_SURER: Final = 0.9
"""A shorter turn shows its language only with this probability. Of 68 turns of 1.2 to 2 s in
English, German, Spanish and French (espeak, Kokoro) 13 were taken for another language: one with
0.86, the others with less than 0.7. Of the 55 others 35 have 0.9."""
_LIKELY: Final = 0.7
"""Below this probability the first short turns of a call are in the language of its server. Of 85
turns below 2 s 21 were detected wrongly, one of them with more."""
_WIDESPREAD: Final = frozenset({
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he",
    "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro",
    "ru", "sk", "sl", "sr", "sv", "ta", "th", "tr", "uk", "ur", "vi", "yue", "zh",
})  # fmt: skip
"""Whisper finds the others (Welsh, Hawaiian, Latin, Nynorsk) in singing and noise: they take two
turns."""


@dataclass(frozen=True, slots=True)
class ExpectedLanguage:
    """What speech to text is told about the language of its audio. The codes are ISO's."""

    code: str | None = None
    """The language to decode; None to detect it."""
    among: tuple[str, ...] = ()
    """The only languages that are detected; empty for all."""
    usual: str | None = None
    """The language to decode where the detection is unsure."""
    sure: float | None = None
    """The probability of a sure detection; None for that of the settings."""

    def after(self, part: Transcription) -> Self:
        """The same for the rest of a turn that begins with ``part``."""
        if part.language_given or part.language_probability >= _SURE:
            return replace(self, code=part.language)
        return replace(self, usual=part.language) if self.code is None else self


class CallLanguage:
    """The language that was spoken last in a call, for speakers who have said little."""

    def __init__(self, settings: SttSettings) -> None:
        self.spoken: str | None = None
        """That of the last clear turn of any speaker."""
        self.among: tuple[str, ...] = ()
        self.fixed: str | None = None
        self.usual: str | None = None
        self.of_server: str | None = None
        """An ISO code: that of the server, for the first short turns."""
        self._settled = settings.language
        self._known: set[str] = set()
        self.choose(settings.languages)
        if settings.language is not None:
            self.fixed = settings.language

    def choose(self, languages: tuple[str, ...]) -> None:
        """Expect these languages, ISO codes with the usual one first, instead of those of the
        settings. Empty takes the settings' language, and detects all where they have none.
        """
        self.among = languages
        self.fixed = self._settled if not languages else None
        if len(languages) == 1:
            self.fixed = languages[0]
        if self.spoken is not None and languages and self.spoken not in languages:
            self.spoken = None
        self.usual = self.spoken or (languages[0] if languages else None)

    def is_familiar(self, language: str) -> bool:
        """Whether a clear turn in this language is nothing odd here."""
        return language in _WIDESPREAD or language in self.among or language in self._known

    def heard(self, language: str) -> None:
        """A speaker's language is known, again or anew."""
        self._known.add(language)
        self.usual = self.spoken = language


class SpeakerLanguage:
    """The language of one speaker.

    Turns of usual length are detected each time, which follows a speaker who changes the language.
    """

    def __init__(self, call: CallLanguage) -> None:
        self._call = call
        self._remembered: str | None = None
        self._hinted: str | None = None
        """Another language that the last turn that counts was in."""

    def expected(self, duration_ms: float) -> ExpectedLanguage:
        """What to expect in a turn of this length."""
        call = self._call
        if call.fixed is not None:
            return ExpectedLanguage(call.fixed)
        if call.among and self._remembered not in call.among:
            self._remembered = None
        known = self._remembered or (None if call.among else call.spoken)
        if duration_ms < _LONG_MS and known is not None:
            if duration_ms < _SHORTER_MS:
                return ExpectedLanguage(known)
            return ExpectedLanguage(None, call.among, known, _SURER)
        usual = self._remembered or call.usual
        if usual is None and duration_ms < _LONG_MS and call.of_server is not None:
            return ExpectedLanguage(None, (), call.of_server, _LIKELY)
        return ExpectedLanguage(None, call.among, usual)

    def learn(self, turn: Transcription) -> None:
        """Take the transcription of a turn."""
        call, found, sure = self._call, turn.language, turn.language_probability
        if call.fixed is not None or turn.language_given or turn.rejected is not None:
            return
        long = turn.duration_ms >= _LONG_MS
        clear = sure >= _SURER and turn.duration_ms >= _SHORTER_MS
        amount = amount_said(turn.text)
        if amount is Amount.LITTLE or not (clear or (long and sure >= _SURE)):
            return
        if found not in (self._remembered, self._hinted) and not (
            amount is Amount.SENTENCE and self._is_believed_at_once(found, long=long, clear=clear)
        ):
            self._hinted = found
            return
        self._remembered, self._hinted = found, None
        call.heard(found)

    def _is_believed_at_once(self, language: str, *, long: bool, clear: bool) -> bool:
        if not self._call.is_familiar(language):
            return False
        if self._remembered is not None:
            return long and clear
        return clear or self._call.spoken in (None, language)
