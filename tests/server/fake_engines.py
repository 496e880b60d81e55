"""Fake engines that fail or wait on demand."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass, field

from server.engines.engine import ListedVoice, SpokenText
from server.errors import SynthesisFailed

CHUNK = b"\x01\x02" * 1000


@dataclass
class ScriptedEngine:
    """Yields ``chunks`` chunks, then fails or ends; waits for ``go`` before all but the first."""

    chunks: int = 3
    fails: bool = False
    go: threading.Event = field(default_factory=threading.Event)
    given: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when the synthesis ended, with or without an error."""
    asked: list[tuple[str, float]] = field(default_factory=list)
    closed: bool = False

    @property
    def label(self) -> str:
        return "scripted"

    def voices(self) -> tuple[ListedVoice, ...]:
        return (ListedVoice("jarvis", "Jarvis", "en-GB"),)

    def variants(self) -> tuple[str, ...]:
        return ()

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        self.asked.append((voice, speed))
        return SpokenText(22_050, self._chunks(), speed)

    def _chunks(self) -> Generator[bytes, None, None]:
        try:
            for index in range(self.chunks):
                if index:
                    self.go.wait(10)
                self.given += 1
                yield CHUNK
            if self.fails:
                raise SynthesisFailed("the engine gave up")
        finally:
            self.stopped.set()

    def close(self) -> None:
        self.closed = True
