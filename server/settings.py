"""The settings of the speech server and of the client that requests speech."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from network.addresses import HttpUrl, ListeningHost
from network.keys import HeaderKey


class ServerSettings(BaseModel):
    """Where our own speech server listens."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    host: ListeningHost = Field("127.0.0.1", min_length=1)
    """Address to listen on. The server requires no key: keep it on loopback or behind a proxy that
    requires one."""

    port: int = Field(8090, ge=0, le=65535)
    """TCP port for `run.py serve`; 0 takes a free one. The server inside the bot always does."""

    engine: Literal["auto", "kokoro", "piper", "espeak"] = "auto"
    """Engine of the embedded voice. auto takes the neural ones whose weights are on this machine
    (`run.py models fetch`), Kokoro first, else espeak-ng; the others refuse to start without their
    own. Piper has one voice for all agents."""

    threads: int = Field(2, ge=1, le=64)
    """CPU threads of a neural voice. More give earlier sound; speech recognition has the higher
    priority on Linux and becomes a little slower."""

    device: Literal["cpu", "cuda"] = "cpu"
    """Device of Kokoro. cuda needs onnxruntime-gpu, and refuses to start without a device."""


class TtsSettings(BaseModel):
    """Which speech server the bot uses, and its timeouts."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    url: HttpUrl = None
    """Base address of an OpenAI-compatible speech server, with or without `/v1`. Empty starts our
    own server inside the bot."""

    api_key: HeaderKey | None = None
    """Sent as a bearer token. A secret: it belongs in the environment or in `.env`."""

    model: str = Field("tts-1", min_length=1)
    """The `model` of each request. Our own server takes any; Speaches wants a hub id."""

    response_format: Literal["pcm", "wav", "mp3"] = "pcm"
    """The format to request first. The others follow if the server refuses it; pcm has the lowest
    latency."""

    default_rate_hz: int = Field(24_000, ge=8_000, le=96_000)
    """Sample rate of raw pcm if the server sends none. OpenAI and Kokoro use 24000."""

    extra_fields: dict[str, JsonValue] = Field(default_factory=dict)
    """Additional fields of each request: `stream: true`, `sample_rate: 24000` (Speaches),
    `instructions: ...` (OpenAI)."""

    connect_timeout_s: float = Field(2.0, gt=0, le=60)
    """Longest time to connect; the caller waits meanwhile."""

    first_byte_timeout_s: float = Field(10.0, gt=0, le=120)
    """Longest time from the request to its first audio. A server that does not stream needs the
    whole synthesis time here."""

    chunk_timeout_s: float = Field(5.0, gt=0, le=60)
    """Longest pause within a response before the server counts as stalled."""

    stand_in: bool = True
    """While the server named by `url` fails, the embedded voice speaks. Without it, the answers go
    to the text channel."""

    trim_leading_silence: bool = True
    """Remove the silence before a sentence, which would add latency."""

    max_trailing_silence_ms: int = Field(320, ge=0, le=2_000)
    """Longest silence kept after a sentence, so that sentences of any engine are evenly spaced; a
    comma takes about 200."""

    @field_validator("extra_fields")
    @classmethod
    def _has_no_reserved_field(cls, fields: dict[str, JsonValue]) -> dict[str, JsonValue]:
        taken = fields.keys() & {"input", "voice", "model", "response_format", "speed"}
        if taken:
            raise ValueError(
                f"{', '.join(sorted(taken))}: set by the bot itself, not by extra_fields"
            )
        return fields
