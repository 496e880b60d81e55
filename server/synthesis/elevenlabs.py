"""ElevenLabs' dialect: the voice in the path, the format in the query, its own header for the key.

Source: the ``elevenlabs`` package 2.78 (``text_to_speech/raw_client.py``: path, query and body;
``text_to_speech/types/text_to_speech_stream_request_output_format.py``; ``voices/raw_client.py``;
``core/client_wrapper.py``: the header; ``environment.py``: the hosts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlsplit

from pipeline.ports import Voice
from server.engines.text_language import language_of_text
from server.settings import SpeechServerSettings
from server.synthesis.dialect import DialectRequest, Format
from server.synthesis.endpoint import Endpoint
from server.synthesis.voice_choice import ListedVoices, listed_voices

_HOST: Final = re.compile(r"(.+\.)?elevenlabs\.io")
_FASTEST_MODEL: Final = "eleven_flash_v2_5"
_OUTPUT: Final[Mapping[Format, str]] = MappingProxyType(
    {"pcm": "pcm_24000", "mp3": "mp3_44100_128"}
)
"""Formats that every subscription has; there is no wav."""
_SLOWEST, _FASTEST = 0.7, 1.2
"""The range of ``voice_settings.speed`` in ElevenLabs' documentation; beyond it is 400."""
_NO_LANGUAGE: Final = "multilingual_v2"
"""Models whose name has this take no ``language_code``."""


def is_elevenlabs(endpoint: Endpoint) -> bool:
    """Whether the address is one of ElevenLabs' own hosts."""
    return _HOST.fullmatch(urlsplit(endpoint.root).hostname or "") is not None


class ElevenLabsDialect:
    """``POST /v1/text-to-speech/{voice}/stream``, for ElevenLabs and servers in front of it.

    The language of the text is sent, as far as `language_of_text` sees one other than English: a
    short foreign sentence is otherwise read with an English accent.
    """

    formats: Final[tuple[Format, ...]] = ("pcm", "mp3")
    standard_voices: Final[tuple[str, ...]] = ()
    pcm_rate: Final = 24_000

    def __init__(self, endpoint: Endpoint, settings: SpeechServerSettings) -> None:
        self._speech = endpoint.at("/v1/text-to-speech")
        self._settings = settings
        self.voices_url = endpoint.at("/v1/voices")
        self.probes = (endpoint.at("/v1/models"),)

    def key_headers(self, key: str) -> dict[str, str]:
        return {"xi-api-key": key}

    def listed(self, body: bytes) -> ListedVoices | None:
        return listed_voices(body, id_keys=("voice_id",))

    def request(self, text: str, voice: Voice, wanted: Format) -> DialectRequest:
        model = self._settings.model or _FASTEST_MODEL
        body: dict[str, object] = {**self._settings.extra_fields, "text": text, "model_id": model}
        if voice.speed != 1.0:
            given = body.get("voice_settings")
            speed = min(max(voice.speed, _SLOWEST), _FASTEST)
            body["voice_settings"] = {**(given if isinstance(given, dict) else {}), "speed": speed}
        if _NO_LANGUAGE not in model and (code := language_of_text(text, "en")) != "en":
            body.setdefault("language_code", code)
        return DialectRequest(
            f"{self._speech}/{quote(voice.name, safe='', errors='replace')}/stream",
            body,
            {"output_format": _OUTPUT[wanted]},
        )
