"""What a reply is to say: sentences in their order, from whoever writes to the voice."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from pipeline.transcript import Kind


@dataclass(frozen=True, slots=True)
class QueuedSentence:
    """A sentence that waits for the voice."""

    text: str
    kind: Kind = "answer"


class SentenceQueue:
    """Sentences are put in at one end and read at the other, by one reader, who waits for them."""

    def __init__(self) -> None:
        self.written = False
        """Whether there is, or was, a sentence of the answer."""
        self._parts: deque[QueuedSentence] = deque()
        self._ended = False
        self._changed = asyncio.Event()

    def put(self, part: QueuedSentence) -> None:
        self.written = self.written or part.kind == "answer"
        self._parts.append(part)
        self._changed.set()

    def put_back(self, part: QueuedSentence) -> None:
        """Let it be the next one again."""
        self._parts.appendleft(part)

    def withdraw(self) -> None:
        """Take out what there is of the answer and was not read yet."""
        self._parts = deque(part for part in self._parts if part.kind != "answer")

    def end(self) -> None:
        """Nothing more will be put in."""
        self._ended = True
        self._changed.set()

    async def next(self) -> QueuedSentence | None:
        """The next sentence, waited for; None at the end."""
        while not self._parts:
            if self._ended:
                return None
            self._changed.clear()
            await self._changed.wait()
        return self._parts.popleft()

    def left(self) -> list[str]:
        """The sentences of the answer that nobody has read yet."""
        return [part.text for part in self._parts if part.kind == "answer"]
