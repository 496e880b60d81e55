"""Which language somebody speaks: fixed by the settings, or detected and remembered."""

from __future__ import annotations

from typing import Final

from pipeline.inference.whisper import Transcription

_TELLING_MS: Final = 2000.0
"""A turn from this length on says enough for its language to be told, with the silence around it;
in shorter ones Whisper takes an "okay" for any language."""
_TELLING_WORDS: Final = 3
_SURE: Final = 0.8
"""Probability of the language from which it is remembered."""


class SpeakerLanguage:
    """One speaker's language.

    Short turns are taken to be in the language of the speaker's last long one. Long ones are
    detected each time, so that somebody who changes over is followed.
    """

    def __init__(self, fixed: str | None) -> None:
        self._fixed = fixed
        self._remembered: str | None = None

    def expected(self, duration_ms: float) -> str | None:
        """The ISO code for audio of this length; None to have it detected."""
        if self._fixed is not None:
            return self._fixed
        return self._remembered if duration_ms < _TELLING_MS else None

    def heard(self, turn: Transcription) -> None:
        """Take a turn that was understood."""
        telling = turn.duration_ms >= _TELLING_MS and len(turn.text.split()) >= _TELLING_WORDS
        if telling and turn.language_probability >= _SURE and turn.rejected is None:
            self._remembered = turn.language
