"""First byte and throughput of a speech server at 1, 4 and 16 clients."""

from __future__ import annotations

import asyncio
import io
import itertools
import time
import wave
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from pipeline.latency import percentile
from server.synthesis.audio_stream import rate_in

CLIENTS: Final = (1, 4, 16)
SENTENCES: Final = (
    "The meeting begins at half past nine, and it should take about {n} minutes.",
    "I found {n} flights to Lisbon tomorrow, and the cheapest one leaves at noon.",
    "Sure.",
    "It will be mostly cloudy today, with a high of {n} degrees and little wind.",
    "Chapter {n} explains how the two modules exchange messages over the queue.",
    "Let me look that up for you, it takes a moment.",
    "The parcel with the number {n} was delivered this morning.",
    "You have {n} new messages, and two of them are marked as urgent.",
)
"""Sentences as agents speak them; the number keeps each one out of the server's cache."""
_TIMEOUT_S: Final = 300.0
_RECORDING: Final = (
    "Good morning everyone. Before we start, I would like to thank the team for the work of the "
    "last two weeks, and to say a few words about what comes next."
)


@dataclass
class Rate:
    """What some clients got within some time."""

    clients: int
    first_byte_ms: list[float] = field(default_factory=list)
    total_ms: list[float] = field(default_factory=list)
    audio_s: float = 0.0
    refused: int = 0
    took_s: float = 0.0

    def numbers(self) -> dict[str, Any]:
        """The figures for the report."""
        return {
            "clients": self.clients,
            "requests": len(self.total_ms),
            "refused": self.refused,
            **_percentiles("first_byte", self.first_byte_ms),
            **_percentiles("total", self.total_ms),
            "audio_seconds_per_second": round(self.audio_s / self.took_s, 2),
        }


async def speech_rate(url: str, clients: int, seconds: float, voice: str) -> Rate:
    """Have ``clients`` request sentences one after the other for ``seconds``."""
    texts = sentences()

    async def one(client: httpx.AsyncClient, rate: Rate) -> None:
        body = {"input": next(texts), "voice": voice, "response_format": "pcm"}
        began, first, length = time.perf_counter(), None, 0
        async with client.stream("POST", url + "/v1/audio/speech", json=body) as response:
            async for chunk in response.aiter_raw():
                first = first or time.perf_counter()
                length += len(chunk)
        if not response.is_success or first is None:
            rate.refused += 1
            return
        rate.first_byte_ms.append((first - began) * 1000)
        rate.total_ms.append((time.perf_counter() - began) * 1000)
        rate.audio_s += length / 2 / (rate_in(response.headers["content-type"]) or 24_000)

    return await _rate(clients, seconds, one)


async def transcription_rate(url: str, clients: int, seconds: float, audio: bytes) -> Rate:
    """Have ``clients`` send the WAV file ``audio`` again and again for ``seconds``."""
    with wave.open(io.BytesIO(audio)) as file:
        length_s = file.getnframes() / file.getframerate()

    async def one(client: httpx.AsyncClient, rate: Rate) -> None:
        began = time.perf_counter()
        response = await client.post(
            url + "/v1/audio/transcriptions",
            files={"file": ("speech.wav", audio)},
            data={"model": "whisper-1", "response_format": "text", "language": "en"},
        )
        if not response.is_success:
            rate.refused += 1
            await asyncio.sleep(float(response.headers.get("retry-after", 1)))
            return
        rate.total_ms.append((time.perf_counter() - began) * 1000)
        rate.audio_s += length_s

    return await _rate(clients, seconds, one)


async def recording(url: str, voice: str) -> bytes:
    """A WAV file of some ten seconds to transcribe, spoken by the server itself."""
    async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_S) as client:
        body = {"input": _RECORDING, "voice": voice, "response_format": "wav", "stream": False}
        response = await client.post(url + "/v1/audio/speech", json=body)
        response.raise_for_status()
        return response.content


def sentences() -> Iterator[str]:
    """Sentences without end, no two alike but for the shortest."""
    for number in itertools.count(11):
        yield from (sentence.format(n=number) for sentence in SENTENCES)


async def _rate(
    clients: int,
    seconds: float,
    one: Callable[[httpx.AsyncClient, Rate], Any],
) -> Rate:
    rate = Rate(clients)
    async with _http(clients) as client:
        began = time.perf_counter()

        async def client_loop() -> None:
            while time.perf_counter() < began + seconds:
                await one(client, rate)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(clients):
                tasks.create_task(client_loop())
        rate.took_s = time.perf_counter() - began
    return rate


@asynccontextmanager
async def _http(clients: int) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_S, limits=limits) as client:
        yield client


def _percentiles(name: str, values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {}
    return {
        f"{name}_p50_ms": round(percentile(values, 50)),
        f"{name}_p95_ms": round(percentile(values, 95)),
    }
