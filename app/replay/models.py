"""The costs of the models in a replay, and its voice and agents."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Final

from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.ports import AgentDelta, AgentTurn, Voice

TURN_MODEL_S: Final = 0.03
"""Time of an endpoint check by Smart Turn: what it takes on one core."""
TRANSCRIPTION_S: Final = 0.12
"""Time of a transcription: Whisper base on one core for a few seconds of speech."""
LANGUAGE_MODEL_S: Final = 0.03
"""Time of the language model for the words of a turn, on one core."""
FIRST_SOUND_S: Final = 0.15
"""Time from a sentence to its first audio."""
_CHUNK: Final = SPOKEN_RATE // 10


class ReplaySynthesizer:
    """Speaks with an engine, whose audio begins after `FIRST_SOUND_S` of the virtual clock."""

    def __init__(self, synthesize: Callable[[str, Voice], Pcm16]) -> None:
        """``synthesize`` gives 48 kHz mono ``int16[n]``."""
        self._synthesize = synthesize

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        pcm = self._synthesize(text, voice)
        await asyncio.sleep(FIRST_SOUND_S)
        for chunk in _chunks(pcm):
            yield chunk


class RealTimeSynthesizer:
    """Speaks with an engine in real time: in a worker, so that the room hears meanwhile."""

    def __init__(self, synthesize: Callable[[str, Voice], Pcm16]) -> None:
        """``synthesize`` gives 48 kHz mono ``int16[n]``."""
        self._synthesize = synthesize

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        for chunk in _chunks(await asyncio.to_thread(self._synthesize, text, voice)):
            yield chunk


def _chunks(pcm: Pcm16) -> Iterator[Pcm16]:
    return (pcm[start : start + _CHUNK] for start in range(0, pcm.size, _CHUNK))


class FixedAgent:
    """Gives every turn the same answer, a word at a time, without delay."""

    def __init__(self, answer: str, after_s: float = 0.0) -> None:
        self._answer = answer
        self._after_s = after_s

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        await asyncio.sleep(self._after_s)
        for word in self._answer.split():
            yield AgentDelta(f"{word} ")


class ObservedAgent:
    """Tells when an agent is asked, and when its run is aborted."""

    def __init__(
        self,
        reply: Callable[[AgentTurn], AsyncGenerator[AgentDelta, None]],
        on_sent: Callable[[AgentTurn], None],
        on_aborted: Callable[[AgentTurn], None],
    ) -> None:
        self._reply = reply
        self._on_sent = on_sent
        self._on_aborted = on_aborted

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        self._on_sent(turn)
        finished = False
        try:
            async for delta in self._reply(turn):
                yield delta
            finished = True
        finally:
            if not finished:
                self._on_aborted(turn)
