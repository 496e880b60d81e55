"""The voices of other processes, as an engine of the speech server.

A process may die while it speaks. Another one then speaks the same text, and what was received is
left out. espeak-ng gives every sound at the same place again, within milliseconds, so that the
speech goes on where it stopped; Piper varies its pauses by some hundredths of a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

from server.audio.encode import API_RATE
from server.cluster.attempts import attempts
from server.cluster.described import DescribedVoices
from server.cluster.errors import ProcessesLost
from server.engines.engine import ListedVoice, SpokenText
from server.errors import SynthesisFailed

SpeakElsewhere: TypeAlias = Callable[[str, str, float], AsyncGenerator[bytes, None]]
"""Has a text spoken in a voice at a speed: s16le mono at `API_RATE`, as it is made."""

_NEXT_PROCESS: Final = b""
"""Stands among the chunks where another process takes over: the wait for sound begins again."""


class ClusterVoices:
    """A `SpeechEngine` over ``speak``. It is made on the event loop that ``speak`` runs on.

    ``is_lost`` tells the errors of a process that died. ``wait_s`` is the longest wait for sound
    from one process.
    """

    def __init__(
        self,
        described: DescribedVoices,
        speak: SpeakElsewhere,
        is_lost: Callable[[BaseException], bool],
        wait_s: float,
    ) -> None:
        self._described = described
        self._speak = speak
        self._is_lost = is_lost
        self._wait_s = wait_s
        self._loop = asyncio.get_running_loop()

    @property
    def label(self) -> str:
        return self._described.label

    def voices(self) -> tuple[ListedVoice, ...]:
        return self._described.voices

    def variants(self) -> tuple[str, ...]:
        return self._described.variants

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        """See `VoiceEngine.speak`. An unknown voice is told by the first chunk.

        The chunks are read in another thread than the event loop's.
        """
        return SpokenText(API_RATE, self._chunks(text, voice, speed), speed)

    def close(self) -> None:
        """Nothing: the processes are the cluster's."""

    def _chunks(self, text: str, voice: str, speed: float) -> Generator[bytes, None, None]:
        received: SimpleQueue[bytes | None] = SimpleQueue()
        receiving = asyncio.run_coroutine_threadsafe(
            self._receive(text, voice, speed, received), self._loop
        )
        receiving.add_done_callback(lambda _: received.put(None))
        try:
            while (chunk := self._next(received)) is not None:
                if chunk:
                    yield chunk
            receiving.result()
        except ProcessesLost as error:
            raise SynthesisFailed(str(error)) from error
        finally:
            receiving.cancel()

    def _next(self, received: SimpleQueue[bytes | None]) -> bytes | None:
        try:
            return received.get(timeout=self._wait_s)
        except Empty:
            raise SynthesisFailed(
                f"no process of the cluster spoke within {self._wait_s:g} s"
            ) from None

    async def _receive(
        self, text: str, voice: str, speed: float, received: SimpleQueue[bytes | None]
    ) -> None:
        taken = 0
        for attempt in attempts("spoke", self._is_lost):
            known = taken
            """Bytes that the process before this one has given already."""
            received.put(_NEXT_PROCESS)
            with attempt:
                async with aclosing(self._speak(text, voice, speed)) as chunks:
                    async for chunk in chunks:
                        new = chunk[known:]
                        known -= len(chunk) - len(new)
                        if new:
                            taken += len(new)
                            received.put(new)
                return
