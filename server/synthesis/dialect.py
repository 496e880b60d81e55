"""The dialects of speech servers: what a request looks like, and where the lists are. No I/O.

Most servers speak OpenAI's (`OpenAiDialect`); `elevenlabs` has the other one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, Protocol, TypeAlias

from pipeline.ports import Voice
from server.engines.text_language import language_of_text
from server.settings import SpeechServerSettings
from server.synthesis.endpoint import Endpoint
from server.synthesis.voice_choice import ListedVoices, listed_voices

Format: TypeAlias = Literal["pcm", "wav", "mp3"]

_LOWEST_RATE_HZ: Final = 4_000
_KOKORO_FIELD: Final = "lang_code"
_KOKORO_LETTERS: Final = MappingProxyType(
    {"es": "e", "fr": "f", "hi": "h", "it": "i", "ja": "j", "pt": "p", "zh": "z"}
)
"""Kokoro's languages besides English (``pipeline.py`` of the ``kokoro`` package)."""
_SLOWEST, _FASTEST = 0.25, 4.0  # the limits of OpenAI's API


@dataclass(frozen=True, slots=True)
class DialectRequest:
    """A POST for one sentence: JSON ``body``, and the ``query`` of its URL."""

    url: str
    body: Mapping[str, object]
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Dialect(Protocol):
    """How a server is asked."""

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that its servers may know, the one with the lowest latency first."""
        ...

    @property
    def voices_url(self) -> str:
        """Where the voices are listed."""
        ...

    @property
    def probes(self) -> tuple[str, ...]:
        """The URLs of a health check, the cheapest first."""
        ...

    @property
    def pcm_rate(self) -> int | None:
        """The rate in Hz of raw samples whose response names none; None if it is not known."""
        ...

    @property
    def standard_voices(self) -> tuple[str, ...]:
        """The voices of a server that lists none."""
        ...

    def key_headers(self, key: str) -> dict[str, str]:
        """The headers that carry the key."""
        ...

    def listed(self, body: bytes) -> ListedVoices | None:
        """The voices in a server's list; None if the body has no known shape."""
        ...

    def request(self, text: str, voice: Voice, wanted: Format) -> DialectRequest:
        """The request for ``text`` in ``voice``, whose name is the server's."""
        ...


class OpenAiDialect:
    """OpenAI's ``POST /v1/audio/speech``, and the lists that other servers have beside it.

    Kokoro-FastAPI, Chatterbox-TTS-Server, Speaches and our own server speak it. They differ in the
    formats, models and voices that they take, which their answers tell. ``own_fields`` are those of
    our own server. Sources: ``openai`` 3 (``types/audio/speech_create_params.py``),
    remsky/Kokoro-FastAPI (``api/src/structures/schemas.py``), devnen/Chatterbox-TTS-Server
    (``server.py``), speaches-ai/speaches (``routers/speech.py``).
    """

    formats: Final[tuple[Format, ...]] = ("pcm", "wav", "mp3")
    standard_voices: Final = (
        "alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer",
    )  # fmt: skip
    """Those that all of OpenAI's models have; OpenAI itself has no list."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: SpeechServerSettings,
        own_fields: Mapping[str, object] | None = None,
    ) -> None:
        self._speech = endpoint.at("/v1/audio/speech")
        self._settings = settings
        self._own_fields = dict(own_fields or {})
        self.voices_url = endpoint.at("/v1/audio/voices")
        self.probes = endpoint.at("/health"), endpoint.at("/v1/models"), self.voices_url
        # Speaches' content type names no rate, and this field pins it.
        rate = settings.extra_fields.get("sample_rate")
        self.pcm_rate = rate if isinstance(rate, int) and rate >= _LOWEST_RATE_HZ else None

    def key_headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"}

    def listed(self, body: bytes) -> ListedVoices | None:
        return listed_voices(body)

    def _language(self, text: str) -> dict[str, object]:
        """The field for the language of a foreign sentence, where the settings name one."""
        name = self._settings.language_field
        if not name or (code := language_of_text(text, "en")) == "en":
            return {}
        if name == _KOKORO_FIELD:
            return {name: _KOKORO_LETTERS[code]} if code in _KOKORO_LETTERS else {}
        return {name: code}

    def request(self, text: str, voice: Voice, wanted: Format) -> DialectRequest:
        # Omitted when empty: a server may refuse a field that it does not know.
        style = {"instructions": voice.style} if voice.style else {}
        named = {"voice": voice.name} if voice.name else {}
        body: dict[str, object] = {
            **self._own_fields,
            **self._settings.extra_fields,
            **style,
            **named,
            **self._language(text),
            "model": self._settings.model or "tts-1",
            "input": text,
            "response_format": wanted,
            "speed": min(max(voice.speed, _SLOWEST), _FASTEST),
        }
        return DialectRequest(self._speech, body)
