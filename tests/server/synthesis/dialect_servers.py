"""Speech servers as their sources have them: strict about what the real ones refuse.

Each has the code that it was read from. They stand on loopback, for the real client.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, Literal, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.audio import wav
from tests.server.sounds import pcm, wav_file
from tests.server.synthesis.speech_server import CUT, Asked, Reply, refusal

KEY: Final = "sk-very-secret"
_NO_PATH: Final = refusal(404, {"detail": "Not Found"})


class DialectServer(Protocol):
    """Answers as a speech server does."""

    voice: str
    """One of its voices."""
    unknown_voice: str
    """What the client reports of a voice that it has not."""
    needs_key: bool

    def __call__(self, asked: Asked) -> Reply: ...


def _json(body: object) -> Reply:
    return Reply([json.dumps(body).encode()], "application/json")


def _unprocessable(error: ValidationError) -> Reply:
    detail = [{"loc": ["body", *each["loc"]], "msg": each["msg"]} for each in error.errors()]
    return refusal(422, {"detail": detail})


class _KokoroRequest(BaseModel):
    model: str = "kokoro"
    input: str
    voice: str = "af_heart"
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: float = Field(1.0, ge=0.25, le=4)
    stream: bool = True


class KokoroFastApi:
    """remsky/Kokoro-FastAPI 26eec06: ``openai_compatible.py``, ``structures/schemas.py``."""

    voice, needs_key = "af_bella", False
    unknown_voice = "Voice 'nobody' not found"
    models: Final = ("tts-1", "tts-1-hd", "kokoro", "gpt-4o-mini-tts")
    voices: Final = ("af_bella", "af_heart", "am_adam", "am_michael", "bm_george", "zf_xiaobei")
    mapped: Final = ("alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer")

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/health":
            return _json({"status": "healthy"})
        if asked.path == "/v1/audio/voices":
            return _json({"voices": [{"id": each, "name": each} for each in self.voices]})
        if (asked.method, asked.path) != ("POST", "/v1/audio/speech"):
            return _NO_PATH
        try:
            request = _KokoroRequest.model_validate(asked.body)
        except ValidationError as error:
            return _unprocessable(error)
        if request.model not in self.models:
            return self._invalid("invalid_model", f"Unsupported model: {request.model}")
        if request.voice not in (*self.voices, *self.mapped):
            told = f"Voice '{request.voice}' not found. Available voices: {', '.join(self.voices)}"
            return self._invalid("validation_error", told)
        if request.response_format == "wav":
            return Reply([wav.header(24_000, None), pcm(24_000)], "audio/wav")
        assert request.response_format == "pcm", "the client decodes others in other tests"
        audio = pcm(24_000)
        return Reply([audio[:4_801], audio[4_801:]], "audio/pcm")

    @staticmethod
    def _invalid(error: str, text: str) -> Reply:
        told = {"error": error, "message": text, "type": "invalid_request_error"}
        return refusal(400, {"detail": told})


class _ChatterboxRequest(BaseModel):
    model: str
    input: str
    voice: str
    response_format: Literal["wav", "opus", "mp3"] = "wav"
    speed: float = 1.0
    seed: int | None = None


class Chatterbox:
    """devnen/Chatterbox-TTS-Server 68213e7: ``server.py``. It sends a sentence whole."""

    voice, needs_key = "Emily.wav", False
    unknown_voice = "Voice file 'nobody' not found."
    voices: Final = ("Abigail.wav", "Emily.wav", "Max.wav")

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/v1/audio/voices":
            return _json({"status": "ok", "voices": self.voices})
        if (asked.method, asked.path) != ("POST", "/v1/audio/speech"):
            return _NO_PATH
        try:
            request = _ChatterboxRequest.model_validate(asked.body)
        except ValidationError as error:
            return _unprocessable(error)
        if request.voice not in self.voices:
            return refusal(404, {"detail": f"Voice file '{request.voice}' not found."})
        assert request.response_format == "wav"
        return Reply([wav_file(24_000)], "audio/wav")


class _SpeachesRequest(BaseModel):
    model: str
    input: str
    voice: str
    response_format: Literal["pcm", "mp3", "wav", "flac", "opus", "aac"] = "mp3"
    speed: float = 1.0
    stream_format: Literal["audio", "sse"] = "audio"
    sample_rate: int | None = Field(None, ge=8_000, le=48_000)


class Speaches:
    """speaches-ai/speaches 870e1e1: ``routers/speech.py``, ``executors/kokoro.py``.

    The voice and the speed are checked when the headers are sent already. With a key set, it wants
    it (``dependencies.py``).
    """

    voice, needs_key = "af_bella", True
    unknown_voice = "incomplete chunked read"
    models: tuple[str, ...] = ("tts-1", "tts-1-hd", "speaches-ai/Kokoro-82M-v1.0-ONNX")
    voices: Final = ("af_heart", "af_bella", "am_adam", "bm_george")
    replaced: Final = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/health":
            return _json({"message": "OK"})
        given = asked.headers.get("authorization")
        if given != f"Bearer {KEY}":
            return refusal(403, {"detail": "Invalid API key." if given else "API key required."})
        if asked.path == "/v1/audio/voices":
            listed = [{"id": each, "name": each, "language": "en-us"} for each in self.voices]
            return _json({"voices": listed, "object": "list"})
        if (asked.method, asked.path) != ("POST", "/v1/audio/speech"):
            return _NO_PATH
        try:
            request = _SpeachesRequest.model_validate(asked.body)
        except ValidationError as error:
            return _unprocessable(error)
        if request.model not in self.models:
            return refusal(404, {"detail": f"Model '{request.model}' is not installed locally."})
        if not 0.5 <= request.speed <= 2 or request.voice not in (*self.voices, *self.replaced):
            return Reply([CUT], "audio/pcm")
        assert request.response_format == "pcm"
        return Reply([pcm(request.sample_rate or 24_000)], "audio/pcm")


class _OpenAiRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: Literal["tts-1", "tts-1-hd", "gpt-4o-mini-tts"]
    input: str = Field(max_length=4096)
    voice: Literal["alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer"]
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: float = Field(1.0, ge=0.25, le=4)
    instructions: str = ""
    stream_format: Literal["sse", "audio"] = "audio"


class OpenAi:
    """OpenAI by its client, ``openai`` 3.57: ``types/audio/speech_create_params.py``.

    It lists no voices. How it words its refusals is not in the client.
    """

    voice, needs_key = "onyx", True
    unknown_voice = "voice: Input should be 'alloy'"

    def __call__(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            told = {"message": "Incorrect API key provided.", "code": "invalid_api_key"}
            return refusal(401, {"error": told})
        if asked.path == "/v1/models":
            return _json({"object": "list", "data": [{"id": "tts-1", "object": "model"}]})
        if (asked.method, asked.path) != ("POST", "/v1/audio/speech"):
            return refusal(404, {"error": {"message": f"Invalid URL ({asked.path})"}})
        try:
            request = _OpenAiRequest.model_validate(asked.body)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            return refusal(400, {"error": {"message": f"{name}: {first['msg']}", "param": name}})
        assert request.response_format == "pcm"
        return Reply([pcm(24_000)], "audio/pcm")


class _VoiceSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stability: float | None = Field(None, ge=0, le=1)
    similarity_boost: float | None = Field(None, ge=0, le=1)
    style: float | None = Field(None, ge=0, le=1)
    use_speaker_boost: bool | None = None
    speed: float | None = Field(None, ge=0.7, le=1.2)


class _ElevenLabsRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str
    model_id: str = "eleven_multilingual_v2"
    language_code: str | None = Field(None, pattern="^[a-z]{2}$")
    voice_settings: _VoiceSettings | None = None
    seed: int | None = None


class ElevenLabs:
    """ElevenLabs by its client, ``elevenlabs`` 2.78: ``text_to_speech/raw_client.py``.

    The formats are those of ``text_to_speech_stream_request_output_format.py`` without those that
    need a larger subscription. ``voices`` are ids by name.
    """

    voice, needs_key = "Rachel", True
    unknown_voice = "A voice with the voice_id nobody was not found."
    voices: Final[Mapping[str, str]] = {
        "Rachel": "21m00Tcm4TlvDq8ikWAM",
        "George - Warm, captivating storyteller": "JBFqnCBsd6RMkjVDRZzb",
    }
    formats: Final = ("mp3_22050_32", "mp3_44100_128", "pcm_16000", "pcm_22050", "pcm_24000")

    def __call__(self, asked: Asked) -> Reply:
        url = urlsplit(asked.path)
        if not url.path.startswith(("/v1/voices", "/v1/models", "/v1/text-to-speech/")):
            return _NO_PATH
        if asked.headers.get("xi-api-key") != KEY:
            return self._refused(401, "invalid_api_key", "Invalid API key")
        if url.path == "/v1/models":
            return _json([{"model_id": "eleven_flash_v2_5", "can_do_text_to_speech": True}])
        if url.path == "/v1/voices":
            listed = [{"voice_id": voice, "name": name} for name, voice in self.voices.items()]
            return _json({"voices": listed})
        voice, _, last = unquote(url.path.removeprefix("/v1/text-to-speech/")).partition("/")
        if asked.method != "POST" or last != "stream":
            return refusal(405, {"detail": "Method Not Allowed"})
        if voice not in self.voices.values():
            told = f"A voice with the voice_id {voice} was not found."
            return self._refused(404, "voice_not_found", told)
        wanted = parse_qs(url.query).get("output_format", ["mp3_44100_128"])[0]
        if wanted not in self.formats:
            return self._refused(403, "output_format_not_allowed", f"{wanted} is not allowed")
        try:
            request = _ElevenLabsRequest.model_validate(asked.body)
        except ValidationError as error:
            return _unprocessable(error)
        if request.language_code and "multilingual_v2" in request.model_id:
            told = f"Model '{request.model_id}' does not support the language_code"
            return self._refused(400, "unsupported_language", told)
        assert wanted == "pcm_24000"
        return Reply([pcm(24_000)], "audio/pcm")

    @staticmethod
    def _refused(status: int, kind: str, text: str) -> Reply:
        return refusal(status, {"detail": {"status": kind, "message": text}})
