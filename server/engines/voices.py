"""The voices of our own speech server: those with a name of their own, and all of its engines.

The id of a voice begins with its engine: ``kokoro:af_heart``, ``piper:joe``, or
``espeak:<language>+<variant>``, for example ``espeak:en-us+f4``; the variant is optional. Kokoro's
voices are found without the prefix too. `named_voices` belong to the preferred engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from server.audio.stretch import stretched
from server.engines.engine import ListedVoice, SpokenText, VoiceEngine
from server.engines.espeak import EspeakEngine, EspeakVoice
from server.engines.named_voices import AGENT_VOICES, NAMED_VOICES, named_voice
from server.engines.text_language import pronunciation
from server.errors import UnknownVoice

ESPEAK_PREFIX: Final = "espeak:"
KOKORO_PREFIX: Final = "kokoro:"
DEFAULT_VOICE: Final = "jarvis"

_NATURAL_WPM: Final = 165
_WPM: Final = (80, 450)
"""The range of espeak's speed in words per minute."""


class EspeakVoices:
    """espeak-ng with the agents' voices and all of its own; the engine of last resort.

    Raises:
        EngineUnavailable: the library or its data do not load.
    """

    prefix: Final = "espeak"
    label: Final = "espeak-ng"

    def __init__(self) -> None:
        self._engine = EspeakEngine()

    def voices(self) -> tuple[ListedVoice, ...]:
        """One for each language; a plus joins a language and a variant."""
        return tuple(
            ListedVoice(ESPEAK_PREFIX + language, f"espeak {language}", language)
            for language in self._engine.voices()
        )

    def variants(self) -> tuple[str, ...]:
        """What may follow the plus, sorted."""
        return self._engine.variants()

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        """See `VoiceEngine.speak`; the id of a named voice is a voice too.

        A named voice pronounces a text by the language of the text; a voice that names its language
        keeps it.
        """
        natural = find_voice(_espeak_id(voice))
        spoken = at_speed(natural, speed)
        if named_voice(voice) and (language := pronunciation(text, "en")) is not None:
            spoken = replace(spoken, language=language)
        chunks = self._engine.synthesize(text, spoken)
        reached = spoken.words_per_minute / natural.words_per_minute
        return SpokenText(self._engine.rate, chunks, reached)

    def close(self) -> None:
        """See `VoiceEngine.close`."""
        self._engine.close()


class EmbeddedVoices:
    """All engines of the embedded server as one. It is thread-safe.

    ``neural`` are the neural engines, the preferred one first. Without any, the agents speak with
    espeak.
    """

    def __init__(self, espeak: EspeakVoices, neural: Sequence[VoiceEngine] = ()) -> None:
        self._espeak = espeak
        self._neural = tuple(neural)
        self._ids = frozenset(voice.id for engine in neural for voice in engine.voices())

    @property
    def label(self) -> str:
        """The name of the engine that the agents speak with."""
        return self._neural[0].label if self._neural else self._espeak.label

    def voices(self) -> tuple[ListedVoice, ...]:
        """The agents' voices, then all voices of each engine; not those of OpenAI's names."""
        agents = tuple(ListedVoice(each.id, each.name, each.language) for each in AGENT_VOICES)
        engines = (*self._neural, self._espeak)
        return agents + tuple(voice for engine in engines for voice in engine.voices())

    def variants(self) -> tuple[str, ...]:
        """espeak's variants."""
        return self._espeak.variants()

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        """Synthesise ``text`` in the voice with that id; see `VoiceEngine.speak`.

        A ``speed`` that the engine does not reach is reached by stretching its audio.

        Raises:
            UnknownVoice: no engine has it; the text names those that there are.
        """
        engine, name = self._find(voice.strip())
        spoken = engine.speak(text, name, speed)
        return replace(spoken, chunks=stretched(spoken.chunks, spoken.rate, speed / spoken.speed))

    def close(self) -> None:
        """Stop all engines after their pending texts."""
        for engine in (*self._neural, self._espeak):
            engine.close()

    def _find(self, voice_id: str) -> tuple[VoiceEngine, str]:
        if named := named_voice(voice_id):
            for engine in self._neural:
                name = named.neural.get(engine.prefix, "")
                if f"{engine.prefix}:{name}" in self._ids:
                    return engine, name
            return self._espeak, named.id
        if KOKORO_PREFIX + voice_id in self._ids:
            voice_id = KOKORO_PREFIX + voice_id
        prefix, colon, name = voice_id.partition(":")
        for engine in self._neural:
            if colon and engine.prefix == prefix:
                return engine, name
        try:
            find_voice(voice_id)
        except UnknownVoice as error:
            others = ", ".join(voice.id for each in self._neural for voice in each.voices())
            raise UnknownVoice(f"{error}; also {others}" if others else str(error)) from None
        return self._espeak, name


def find_voice(voice_id: str) -> EspeakVoice:
    """espeak's voice behind an id. Case counts only in espeak's own names.

    Raises:
        UnknownVoice: it is neither a named voice nor an espeak id. The engine itself checks the
            language and the variant.
    """
    wanted = voice_id.strip()
    if named := named_voice(wanted):
        return named.espeak
    if wanted.startswith(ESPEAK_PREFIX) and len(wanted) > len(ESPEAK_PREFIX):
        language, _, variant = wanted.removeprefix(ESPEAK_PREFIX).partition("+")
        return EspeakVoice(language, variant, _NATURAL_WPM)
    known = ", ".join(voice.id for voice in NAMED_VOICES)
    raise UnknownVoice(
        f"no voice {voice_id!r}: there are {known}, and any of espeak's as "
        f"{ESPEAK_PREFIX}<language>+<variant>, for example {ESPEAK_PREFIX}en-us+f4"
    )


def at_speed(voice: EspeakVoice, speed: float) -> EspeakVoice:
    """``voice`` at ``speed`` times its natural pace, within espeak's range (80..450 wpm)."""
    slowest, fastest = _WPM
    wpm = round(voice.words_per_minute * speed)
    return replace(voice, words_per_minute=min(max(wpm, slowest), fastest))


def _espeak_id(voice: str) -> str:
    return voice if named_voice(voice) else ESPEAK_PREFIX + voice
