"""Speech servers that fail by script, and the chain over them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import numpy as np

from pipeline.audio import Pcm16
from pipeline.ports import Synthesizer, Voice
from server.synthesis.chain import SpeechChain
from server.synthesis.fallback_voices import FallbackVoices
from server.synthesis.faults import Fault, SpeechFailed
from server.synthesis.stock_speech import StockSpeech

ANNA, BERT = Voice("anna", 1.5, "calm"), Voice("bert")
CHUNK = np.full(960, 5000, np.int16)
WORD = "Hello."


def failing(fault: Fault, retry_after_s: float | None = None) -> SpeechFailed:
    return SpeechFailed(f"speech server http://box refused: {fault.name}", fault, retry_after_s)


class ScriptedServer:
    """Speaks ten chunks a sentence, unless ``problem`` returns an error for the request."""

    setting = "TTS_URL"

    def __init__(self, *problems: Exception | None, address: str = "http://box") -> None:
        self.address = address
        self.problems = list(problems)
        self.problem: Callable[[str, Voice], Exception | None] = lambda *_: None
        self.after_chunks = 0
        self.takes_s = 0.0
        self.asked: list[tuple[float, str, str]] = []

    async def voices(self) -> list[str]:
        return ["anna"]

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        self.asked.append((asyncio.get_running_loop().time(), text, voice.name))
        await asyncio.sleep(self.takes_s)
        error = self.problems.pop(0) if self.problems else self.problem(text, voice)
        for number in range(10):
            if error is not None and number == self.after_chunks:
                raise error
            yield CHUNK

    @property
    def sentences(self) -> list[str]:
        return [text for _, text, _ in self.asked if text != WORD]


class FallbackEngine:
    """Stands for the embedded engine."""

    setting, address = "", "http://embedded"

    def __init__(self) -> None:
        self.spoken: list[tuple[str, Voice]] = []

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        self.spoken.append((text, voice))
        yield CHUNK

    async def voices(self) -> list[str]:
        return ["espeak:en"]


@asynccontextmanager
async def chain(
    *servers: ScriptedServer,
    embedded: FallbackEngine | None = None,
    stock: StockSpeech | None = None,
) -> AsyncIterator[SpeechChain]:
    """The servers with their addresses as their names."""
    tasks = asyncio.all_tasks()
    named = [(server, server.address) for server in servers]
    voices = FallbackVoices(["anna", "bert"])
    async with SpeechChain(named, embedded, voices, stock=stock) as voice:
        yield voice
    assert asyncio.all_tasks() == tasks, "a probe still runs"


async def chunks(
    voice: Synthesizer, text: str, as_: Voice = ANNA, heard: list[Pcm16] | None = None
) -> int:
    """The number of chunks of one sentence, which are appended to ``heard``."""
    heard = [] if heard is None else heard
    async with aclosing(voice.speak(text, as_)) as audio:
        async for pcm in audio:
            heard.append(pcm)
    return len(heard)
