"""The voices of our own speech server: the agents' two, and every voice of espeak.

The id of an espeak voice is ``espeak:<language>+<variant>``, for example ``espeak:en-us+f4``; the
variant is optional.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from server.engines.espeak import EspeakVoice
from server.errors import UnknownVoice

ESPEAK_PREFIX: Final = "espeak:"
DEFAULT_VOICE: Final = "jarvis"

_NATURAL_WPM: Final = 165
_WPM: Final = (80, 450)
"""The range of espeak's speed in words per minute."""


@dataclass(frozen=True, slots=True)
class NamedVoice:
    """A listed voice: requests use ``id``, people read ``name``."""

    id: str
    name: str
    language: str
    espeak: EspeakVoice


AGENT_VOICES: Final = (
    NamedVoice("jarvis", "Jarvis", "en-GB", EspeakVoice("en-gb-x-rp", "m3", 165, 35)),
    NamedVoice("sage", "Sage", "en-US", EspeakVoice("en-us", "f2", 150, 60)),
)


def find_voice(voice_id: str) -> EspeakVoice:
    """The voice behind an id. Case counts only in espeak's own names.

    Raises:
        UnknownVoice: it is neither an agent's voice nor an espeak id. The engine itself checks the
            language and the variant.
    """
    wanted = voice_id.strip()
    for voice in AGENT_VOICES:
        if wanted.lower() == voice.id:
            return voice.espeak
    if wanted.startswith(ESPEAK_PREFIX) and len(wanted) > len(ESPEAK_PREFIX):
        language, _, variant = wanted.removeprefix(ESPEAK_PREFIX).partition("+")
        return EspeakVoice(language, variant, _NATURAL_WPM)
    known = ", ".join(voice.id for voice in AGENT_VOICES)
    raise UnknownVoice(
        f"no voice {voice_id!r}: there are {known}, and any of espeak's as "
        f"{ESPEAK_PREFIX}<language>+<variant>, for example {ESPEAK_PREFIX}en-us+f4"
    )


def at_speed(voice: EspeakVoice, speed: float) -> EspeakVoice:
    """``voice`` at ``speed`` times its natural pace, within espeak's range (80..450 wpm)."""
    slowest, fastest = _WPM
    wpm = round(voice.words_per_minute * speed)
    return replace(voice, words_per_minute=min(max(wpm, slowest), fastest))
