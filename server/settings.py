"""The settings of the speech server and of the client that requests speech."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, field_validator

from network.addresses import HttpUrl, ListeningHost, checked_url
from network.keys import HeaderKey
from server.protection.settings import LimitSettings
from server.transcription.settings import TranscriptionSettings


def _origin(text: object) -> object:
    if not isinstance(text, str) or text == "*":
        return text
    origin = checked_url(text, ("http", "https"), "https://app.example.org", login=False)
    if origin.count("/") > 2:
        raise ValueError(f"{text!r} has a path: an origin is scheme, host and port alone")
    return origin


Origin = Annotated[str, BeforeValidator(_origin)]
"""A site as browsers name it: ``https://app.example.org``, or ``*``."""


class ServerSettings(BaseModel):
    """Our own speech server: where it listens, who may use it, and with which engine."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    host: ListeningHost = Field("127.0.0.1", min_length=1)
    """Address to listen on. Any other than loopback needs a key: `run.py serve keys add NAME`."""

    port: int = Field(8090, ge=0, le=65535)
    """TCP port for `run.py serve`; 0 takes a free one. The server inside the bot always does."""

    keys_file: Path | None = None
    """File of the keys that `run.py serve keys` keeps, as hashes. Empty uses `speech-keys.json` in
    the folder of the bot's state. With a key in it, every request needs one, also on loopback."""

    open_to_everyone: bool = False
    """Whether the server may listen without a key on an address that other machines reach. Anyone
    who reaches it may use it then, such as in a closed network."""

    tls_certificate: Path | None = None
    """PEM file with the certificate and its chain; the server speaks only https then. Empty speaks
    plain http."""

    tls_key: Path | None = None
    """PEM file with the certificate's private key, without a password. Empty looks for it in the
    file of the certificate."""

    cors_origins: tuple[Origin, ...] = ()
    """Sites whose pages may use the server from a browser, such as `https://app.example.org`; `*`
    is all sites. Without any, browsers keep pages away."""

    own_process: bool = True
    """Whether the server inside the bot runs in a process of its own, so that speech takes neither
    the bot's time nor its memory. Without it, it runs on the bot's event loop."""

    limits: LimitSettings = LimitSettings()

    transcription: TranscriptionSettings = TranscriptionSettings()

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
