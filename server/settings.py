"""The settings of the speech server and of the client that the bot speaks through."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from network.addresses import HttpUrl, ListeningHost
from network.keys import HeaderKey


class ServerSettings(BaseModel):
    """Where our own speech server listens."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    host: ListeningHost = Field("127.0.0.1", min_length=1)
    """Address to listen on. The server asks nobody for a key: keep it on loopback or behind one
    who does."""

    port: int = Field(8090, ge=0, le=65535)
    """TCP port for `run.py serve`; 0 takes a free one. The server inside the bot always does."""


class TtsSettings(BaseModel):
    """Which speech server the bot speaks through, and how long it may take."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    url: HttpUrl = None
    """Base address of an OpenAI-compatible speech server, with or without `/v1`. Empty starts our
    own server inside the bot."""

    api_key: HeaderKey | None = None
    """Sent as a bearer token. A secret: belongs into the environment or `.env`."""

    model: str = Field("tts-1", min_length=1)
    """The `model` of each request. Our own server takes any; Speaches wants a hub id."""

    response_format: Literal["pcm", "wav", "mp3"] = "pcm"
    """The format to ask for first. The others follow where a server refuses it; pcm starts
    soonest."""

    default_rate_hz: int = Field(24_000, ge=8_000, le=96_000)
    """Sample rate of raw pcm when the server does not say. OpenAI's and Kokoro's is 24000."""

    extra_fields: dict[str, JsonValue] = Field(default_factory=dict)
    """More fields for each request, as the server wants them: `stream: true`, `sample_rate: 24000`
    (Speaches), `instructions: ...` (OpenAI)."""

    connect_timeout_s: float = Field(2.0, gt=0, le=60)
    """How long a connection may take; a person is waiting."""

    first_byte_timeout_s: float = Field(10.0, gt=0, le=120)
    """From the request to its first audio. Servers that do not stream need it all here."""

    chunk_timeout_s: float = Field(5.0, gt=0, le=60)
    """The longest pause inside one answer before the server counts as stalled."""

    stand_in: bool = True
    """While the server named by `url` does not speak, the embedded voice does. Without it, the
    answers are written into the text channel."""

    trim_leading_silence: bool = True
    """Drop the silence before a sentence: it would be heard as latency."""

    max_trailing_silence_ms: int = Field(320, ge=0, le=2_000)
    """Longest silence kept after a sentence, so that sentences join evenly whatever the engine;
    a comma makes about 200."""

    @field_validator("extra_fields")
    @classmethod
    def _not_ours(cls, fields: dict[str, JsonValue]) -> dict[str, JsonValue]:
        taken = fields.keys() & {"input", "voice", "model", "response_format", "speed"}
        if taken:
            raise ValueError(
                f"{', '.join(sorted(taken))}: set by the bot itself, not by extra_fields"
            )
        return fields
