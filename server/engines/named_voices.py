"""The voices with a name of their own: the agents' two, and those of OpenAI's names.

Programs that were written for OpenAI name its voices. Each of these names is a voice of its own
here, on every engine that has several. ``sage`` is the agent of that name. Kokoro has voices of the
same names; the others were chosen by sex and pitch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from server.engines.espeak import EspeakVoice


@dataclass(frozen=True, slots=True)
class NamedVoice:
    """Requests use ``id``, people read ``name``.

    ``neural`` has the voice of each neural engine by its prefix; ``espeak`` is the last resort.
    """

    id: str
    name: str
    language: str
    espeak: EspeakVoice
    neural: Mapping[str, str]


AGENT_VOICES: Final = (
    NamedVoice(
        "jarvis",
        "Jarvis",
        "en-GB",
        EspeakVoice("en-gb-x-rp", "m3", 165, 35),
        MappingProxyType({"kokoro": "bm_george", "piper": "joe", "clone": "jarvis"}),
    ),
    NamedVoice(
        "sage",
        "Sage",
        "en-US",
        EspeakVoice("en-us", "f2", 150, 60),
        MappingProxyType({"kokoro": "af_heart", "piper": "joe", "clone": "sage"}),
    ),
)


def _openai(name: str, kokoro: str, variant: str, pitch: int) -> NamedVoice:
    british = kokoro.startswith("b")
    return NamedVoice(
        name,
        name.title(),
        "en-GB" if british else "en-US",
        EspeakVoice("en-gb-x-rp" if british else "en-us", variant, 160, pitch),
        MappingProxyType({"kokoro": kokoro, "piper": "joe"}),
    )


OPENAI_VOICES: Final = (
    _openai("alloy", "af_alloy", "f5", 45),
    _openai("ash", "am_michael", "m1", 40),
    _openai("ballad", "bm_lewis", "m2", 45),
    _openai("cedar", "am_fenrir", "m4", 30),
    _openai("coral", "af_sarah", "f4", 60),
    _openai("echo", "am_echo", "m5", 50),
    _openai("fable", "bm_fable", "m6", 50),
    _openai("marin", "af_bella", "f1", 50),
    _openai("nova", "af_nova", "f3", 65),
    _openai("onyx", "am_onyx", "m7", 25),
    _openai("shimmer", "af_sky", "f2", 75),
    _openai("verse", "am_liam", "m3", 55),
)
"""OpenAI's names without ``sage``."""

NAMED_VOICES: Final = AGENT_VOICES + OPENAI_VOICES


def named_voice(voice_id: str) -> NamedVoice | None:
    """The voice of that name, in any case; None if there is none."""
    return next((each for each in NAMED_VOICES if each.id == voice_id.lower()), None)
