from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from server.audio.encode import API_RATE
from server.cluster.attempts import MOST_PROCESSES
from server.cluster.described import DescribedVoices
from server.cluster.voices import ClusterVoices
from server.engines.engine import ListedVoice
from server.errors import SynthesisFailed, UnknownVoice

SPEECH = bytes(range(200))
DESCRIBED = DescribedVoices("kokoro", (ListedVoice("jarvis", "Jarvis", "en-GB"),), ("f2",))


class Died(Exception):
    pass


class Processes:
    """Each of them dies after some bytes of ``speech``; the last one lives."""

    def __init__(self, *die_after: int, chunk: int = 50, speech: bytes = SPEECH) -> None:
        self.die_after = list(die_after)
        self.chunk = chunk
        self.speech = speech
        self.asked: list[tuple[str, str, float]] = []
        self.closed = asyncio.Event()

    async def speak(self, text: str, voice: str, speed: float) -> AsyncGenerator[bytes, None]:
        self.asked.append((text, voice, speed))
        dies_at = self.die_after.pop(0) if self.die_after else None
        try:
            for start in range(0, len(self.speech), self.chunk):
                if dies_at is not None and start >= dies_at:
                    raise Died("the actor died\nand more")
                await asyncio.sleep(0)
                yield self.speech[start : start + self.chunk]
        finally:
            self.closed.set()


def voices(processes: Processes, wait_s: float = 5.0) -> ClusterVoices:
    return ClusterVoices(DESCRIBED, processes.speak, lambda error: isinstance(error, Died), wait_s)


async def heard(engine: ClusterVoices) -> bytes:
    spoken = engine.speak("Good morning.", "jarvis", 1.5)
    return b"".join(await asyncio.to_thread(list, spoken.chunks))


async def test_speech_comes_as_it_is_made() -> None:
    processes = Processes()
    engine = voices(processes)
    assert await heard(engine) == SPEECH
    assert processes.asked == [("Good morning.", "jarvis", 1.5)]
    assert engine.label == "kokoro"
    assert [voice.id for voice in engine.voices()] == ["jarvis"]
    assert engine.variants() == ("f2",)
    assert engine.speak("", "jarvis", 1.0).rate == API_RATE


@pytest.mark.parametrize("chunk", [10, 30, 50, 200])
async def test_another_process_goes_on_where_one_died(chunk: int) -> None:
    """Also where it gives chunks of another length."""

    class Uneven(Processes):
        async def speak(self, text: str, voice: str, speed: float) -> AsyncGenerator[bytes, None]:
            self.chunk = chunk if self.asked else 50
            async for each in super().speak(text, voice, speed):
                yield each

    processes = Uneven(100)
    assert await heard(voices(processes)) == SPEECH
    assert len(processes.asked) == 2


async def test_a_process_that_dies_before_its_first_sound_is_not_noticed() -> None:
    processes = Processes(0, 0, 150)
    assert await heard(voices(processes)) == SPEECH
    assert len(processes.asked) == 4


async def test_a_text_that_kills_every_process_fails() -> None:
    processes = Processes(*[0] * 10)
    with pytest.raises(SynthesisFailed, match="4 processes of the cluster that spoke"):
        await heard(voices(processes))
    assert len(processes.asked) == MOST_PROCESSES


async def test_an_error_of_the_engine_is_told_as_it_is() -> None:
    class Refusing(Processes):
        async def speak(self, text: str, voice: str, speed: float) -> AsyncGenerator[bytes, None]:
            self.asked.append((text, voice, speed))
            if voice == "jarvis":
                raise UnknownVoice("there is no voice of that name")
            yield b""

    processes = Refusing()
    with pytest.raises(UnknownVoice, match="no voice of that name"):
        await heard(voices(processes))
    assert len(processes.asked) == 1


async def test_no_sound_in_time_is_an_error() -> None:
    class Silent(Processes):
        async def speak(self, text: str, voice: str, speed: float) -> AsyncGenerator[bytes, None]:
            try:
                await asyncio.Event().wait()
                yield b""
            finally:
                self.closed.set()

    processes = Silent()
    with pytest.raises(SynthesisFailed, match=r"within 0\.05 s"):
        await heard(voices(processes, wait_s=0.05))
    await processes.closed.wait()


async def test_a_reader_that_goes_ends_the_synthesis() -> None:
    processes = Processes(speech=bytes(1_000_000))
    chunks = voices(processes).speak("Good morning.", "jarvis", 1.0).chunks
    assert await asyncio.to_thread(next, chunks)
    await asyncio.to_thread(chunks.close)
    await processes.closed.wait()
