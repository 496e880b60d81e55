"""What the speech server accepts from its clients: sizes, times and numbers."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

LONGEST_INPUT: Final = 4096
"""Characters of one request for speech: OpenAI's own limit."""


class LimitSettings(BaseModel):
    """Limits of the speech server. They keep its memory flat, and one client from taking it all."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    json_bytes: int = Field(1_000_000, ge=1_000)
    """Largest body of a request without a file, in bytes; a larger one is refused with 413."""

    upload_bytes: int = Field(100_000_000, ge=1_000)
    """Largest body of a request with a file, in bytes. It goes to the folder of temporary files,
    not to memory."""

    input_chars: int = Field(LONGEST_INPUT, ge=1, le=200_000)
    """Longest `input` of a request for speech, in characters; a longer one is refused with 400.
    OpenAI takes 4096."""

    header_timeout_s: float = Field(10.0, gt=0, le=600)
    """Longest time from the first byte of a request, or from the connection, to the end of its
    headers. The connection is closed after it."""

    body_timeout_s: float = Field(20.0, gt=0, le=600)
    """Longest time to receive a body, plus a second for each 10 kB of it; 408 after it."""

    send_timeout_s: float = Field(30.0, gt=0, le=3600)
    """How long a client may read nothing of its response. The connection is cut after it."""

    connections: int = Field(256, ge=1, le=100_000)
    """Open connections at most. A further one takes the place of the oldest one that has sent no
    complete request; without such a one it is refused with 503."""

    connections_per_address: int = Field(128, ge=1, le=100_000)
    """The same for one address. All clients behind a reverse proxy have its address."""

    speech_requests: int = Field(32, ge=1, le=10_000)
    """Speech requests that are served at once; a further one is refused with 503 and
    `Retry-After`. They take turns by tenths of a second of sound, a turn for each client."""

    transcription_requests: int = Field(16, ge=1, le=10_000)
    """Transcriptions that run or wait at once; a further one is refused with 503 and
    `Retry-After`."""

    transcriptions_at_once: int = Field(4, ge=1, le=64)
    """Transcriptions that run at once, and take turns by parts of 29 s at most; the others wait
    with their file."""

    requests_per_client: int = Field(24, ge=1, le=10_000)
    """Requests for speech or transcription that one key, or one address without keys, may have
    open; a further one is refused with 429 and `Retry-After`."""

    buffer_bytes: int = Field(1_000_000, ge=64_000)
    """Sound that is made ahead of a client that reads slowly, in bytes; its synthesis rests
    then. 1 MB is 20 s of pcm."""
