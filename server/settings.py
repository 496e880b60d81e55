"""The settings of the speech server and of the client that requests speech."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
    model_validator,
)

from network.addresses import HttpUrl, ListeningHost, checked_url
from network.keys import HeaderKey
from server.cluster.settings import ClusterSettings
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

    cluster: ClusterSettings = ClusterSettings()

    engine: Literal["auto", "kokoro", "piper", "espeak", "clone"] = "auto"
    """Engine of the embedded voice. auto takes the neural ones whose weights are on this machine
    (`run.py models fetch`), Kokoro first, else espeak-ng; the others refuse to start without their
    own. Piper has one voice for all agents. clone speaks like the recordings in `clone_folder`, and
    the other voices stay; it needs the package pocket-tts."""

    clone_folder: Path | None = None
    """Folder of the recordings to clone, each a WAV file of 10 to 30 s with the name of its voice:
    `jarvis.wav` is the voice of the agent jarvis. Empty is `server/voices` of the bot."""

    clone_model: str = Field("english", min_length=1)
    """The model that clones: a language of pocket-tts, whose weights it fetches after a consent at
    its hub, or a YAML file that names local weights."""

    threads: int = Field(2, ge=1, le=64)
    """CPU threads of a neural voice. More give earlier sound; speech recognition has the higher
    priority on Linux and becomes a little slower."""

    device: Literal["cpu", "cuda"] = "cpu"
    """Device of Kokoro and of cloned voices. cuda needs onnxruntime-gpu, or PyTorch with CUDA, and
    refuses to start without a device."""


class SpeechServerSettings(BaseModel):
    """One speech server that the bot speaks through: where it is, and how it is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    url: HttpUrl = None
    """Base address of an OpenAI-compatible speech server, with or without `/v1`, or of ElevenLabs
    (`https://api.elevenlabs.io`). Empty starts our own server inside the bot."""

    dialect: Literal["auto", "openai", "elevenlabs"] = "auto"
    """How the server is asked. auto takes ElevenLabs' own way at its addresses, and where a server
    lacks OpenAI's path and lists voices as ElevenLabs does; else OpenAI's way."""

    api_key: HeaderKey | None = None
    """Sent as a bearer token, to ElevenLabs as `xi-api-key`. A secret: it belongs in the
    environment or in `.env`."""

    model: str = ""
    """The `model` of each request. Empty is tts-1, at ElevenLabs eleven_flash_v2_5. Our own server
    takes any; Speaches wants a hub id."""

    voices: dict[str, str] = Field(default_factory=dict)
    """What the server calls the agents' voices, such as `{jarvis: onyx}`. A voice that is not in it
    keeps its name. At ElevenLabs, names of voices are found as well as their ids."""

    response_format: Literal["pcm", "wav", "mp3"] = "pcm"
    """The format to request first. The others follow if the server refuses it; pcm has the lowest
    latency."""

    default_rate_hz: int = Field(24_000, ge=8_000, le=96_000)
    """Sample rate of raw pcm if the server sends none. OpenAI and Kokoro use 24000."""

    extra_fields: dict[str, JsonValue] = Field(default_factory=dict)
    """Additional fields of each request: `stream: true`, `sample_rate: 24000` (Speaches),
    `instructions: ...` (OpenAI)."""

    language_field: str = Field("", max_length=40, pattern="^[a-z_]*$")
    """Field of each request for the language of a sentence that is not English, for servers of
    OpenAI's way that have one: `lang_code` at Kokoro-FastAPI, which gets Kokoro's letter; any other
    gets the ISO code. Empty sends none: a server may refuse a field that it does not know."""

    connect_timeout_s: float = Field(2.0, gt=0, le=60)
    """Longest time to connect; the caller waits meanwhile."""

    first_byte_timeout_s: float = Field(10.0, gt=0, le=120)
    """Longest time from the request to its first audio; then the next server speaks the sentence. A
    server that does not stream needs the whole synthesis time here."""

    chunk_timeout_s: float = Field(5.0, gt=0, le=60)
    """Longest pause within a response before the server counts as stalled."""

    @field_validator("extra_fields")
    @classmethod
    def _has_no_reserved_field(cls, fields: dict[str, JsonValue]) -> dict[str, JsonValue]:
        taken = fields.keys() & {"input", "voice", "model", "response_format", "speed"}
        if taken:
            raise ValueError(
                f"{', '.join(sorted(taken))}: set by the bot itself, not by extra_fields"
            )
        return fields


class ChainServerSettings(SpeechServerSettings):
    """A further speech server, which speaks while those before it fail."""

    url: HttpUrl = Field(None, validate_default=True)
    """Base address of the server."""

    name: str = Field("", max_length=40)
    """What members are told while it speaks, such as `the speech server in the office`. Empty is
    `a stand-in voice`."""

    @field_validator("url")
    @classmethod
    def _has_an_address(cls, url: str | None) -> str:
        if url is None:
            raise ValueError("a server of the chain needs an address, such as http://gpu-box:8880")
        return url


class TtsSettings(SpeechServerSettings):
    """Which speech server the bot uses, which speak in its place, and its timeouts."""

    chain: tuple[ChainServerSettings, ...] = Field((), max_length=8)
    """Speech servers after `url`, in this order: where one fails or is late, the next speaks. Each
    has `url` and, where needed, `name` and the other fields of a server above. Their keys are
    secrets: with keys the chain belongs in `.env`, as `TTS__CHAIN=[{"url": .., "api_key": ..}]`."""

    stand_in: bool = True
    """While every server named above fails, the embedded voice speaks. Without it, the answers go
    to the text channel."""

    stock_mb: int = Field(32, ge=0, le=1000)
    """Memory for the speech of the bot's fixed sentences, such as "One moment, please.", of other
    servers; a second is 0.1 MB. They are then spoken without a request. 0 keeps none."""

    prepare_stock: bool = True
    """Whether the first server speaks the fixed sentences in advance, some 400 characters a voice
    at each start. Without it they are kept when they are first spoken."""

    trim_leading_silence: bool = True
    """Remove the silence before a sentence, which would add latency."""

    max_trailing_silence_ms: int = Field(320, ge=0, le=2_000)
    """Longest silence kept after a sentence, so that sentences of any engine are evenly spaced; a
    comma takes about 200."""

    @model_validator(mode="after")
    def _chain_follows_a_server(self) -> Self:
        if self.chain and self.url is None:
            raise ValueError(
                "chain has the servers after url: move its first server to url (TTS_URL)"
            )
        return self

    def servers(self) -> tuple[Self, ...]:
        """The settings of each named server in the order of the chain, as those of one server."""
        if self.url is None:
            return ()
        shared = {
            name: getattr(self, name)
            for name in ("trim_leading_silence", "max_trailing_silence_ms")
        }
        others = (each.model_dump(exclude={"name"}) for each in self.chain)
        return (
            self.model_copy(update={"chain": ()}),
            *(type(self).model_validate({**each, **shared}) for each in others),
        )
