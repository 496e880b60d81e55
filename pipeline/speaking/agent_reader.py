"""The agent's side of a reply: its deltas become sentences, and its silences are bridged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Final

from pipeline.ports import AgentDelta
from pipeline.speaking.sentence_queue import QueuedSentence, SentenceQueue
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.thinking_sound import ThinkingSound

_PAUSE_S: Final = 0.2
"""Three of the Gateway's intervals between deltas (75 ms): a longer one is a pause."""
_AT_ONCE: Final = 1000
"""Characters that are cut into sentences before others get their turn: some ms of work."""


class AgentReader:
    """Reads one answer into a manuscript. Make it, then `run` it once; cancelling aborts the agent.

    ``bridges`` are called after so many seconds without a word of the answer, ``begun`` with its
    first.
    """

    def __init__(
        self,
        answer: AsyncGenerator[AgentDelta, None],
        cutter: SentenceCutter,
        manuscript: SentenceQueue,
        thinking: ThinkingSound,
        bridges: Sequence[tuple[float, Callable[[], None]]],
        begun: Callable[[], None],
    ) -> None:
        self._answer = answer
        self._cutter = cutter
        self._manuscript = manuscript
        self._thinking = thinking
        self._bridges = bridges
        self._begun = begun
        self.silent = False
        """The agent has come to its end without a word: it chose to say nothing."""
        self._silence: list[asyncio.TimerHandle] = []
        self._pause: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Read to the end, or to the error that ends the answer."""
        later = asyncio.get_running_loop().call_later
        self._silence = [later(after_s, bridge) for after_s, bridge in self._bridges]
        self._thinking.expect_words()
        finished = False
        try:
            async with aclosing(self._answer) as deltas:
                async for delta in deltas:
                    self._end_silence()
                    self._begun()
                    await self._cut(delta)
                    self._expect_more()
            finished = True
        finally:
            self._end_silence()
            self._thinking.no_more()
            if self._pause is not None:
                self._pause.cancel()
            # What speech leaves out is kept also of an answer that was broken off.
            self._put(self._cutter.finish(), spoken=finished)
            wrote = self._manuscript.written or bool(self._cutter.left_out)
            self.silent = finished and not wrote
            self._manuscript.end()

    async def _cut(self, delta: AgentDelta) -> None:
        """Put the sentences of a delta down; a long one does not hold up the rooms beside it."""
        if self._pause is not None:
            self._pause.cancel()
        for start in range(0, max(1, len(delta.text)), _AT_ONCE):
            if start:
                await asyncio.sleep(0)
            piece = delta.text[start : start + _AT_ONCE]
            self._put(self._cutter.feed(piece, replace=delta.replace and not start))
        self._put(self._cutter.flush_early())

    def _end_silence(self) -> None:
        """The agent has begun, or will not begin any more."""
        for timer in self._silence:
            timer.cancel()
        self._silence.clear()

    def _expect_more(self) -> None:
        """An agent that stops writing for a while, to use a tool, has ended its sentence."""
        if self._pause is not None:
            self._pause.cancel()
        self._pause = asyncio.get_running_loop().call_later(
            _PAUSE_S, lambda: self._put(self._cutter.flush_on_pause())
        )
        self._thinking.expect_words()

    def _put(self, sentences: list[str], *, spoken: bool = True) -> None:
        if self._cutter.retracted():
            self._manuscript.withdraw()
        for sentence in sentences if spoken else ():
            self._manuscript.put(QueuedSentence(sentence))
