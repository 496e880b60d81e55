"""Names that were called over a reply, and whose words are still to come.

People pause behind a name: "Jarvis, [half a second] stop." If the turn ends there, the words after
it are a turn of their own. They belong to the call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from pipeline.listening.audio_recognition import FinalTranscript

_OPEN_S: Final = 3.0
"""How long after a call the next words belong to it."""


@dataclass(frozen=True, slots=True)
class _Call:
    text: str
    at: float


class OpenCalls:
    """The open call of each speaker, by id. Times are seconds on the room's clock."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}

    def add(self, call: FinalTranscript, at: float) -> None:
        """Keep a call that was transcribed at ``at``."""
        self._calls[call.speaker.id] = _Call(call.transcription.text, at)

    def completed(self, said: FinalTranscript) -> FinalTranscript:
        """The words with the speaker's open call before them, or as they are without one."""
        call = self._calls.get(said.speaker.id)
        words = said.transcription
        if call is None or not words.text:
            return said
        if said.began - call.at > _OPEN_S:
            return said
        text = f"{call.text.rstrip(' .,!?')}, {words.text}"
        return replace(said, transcription=replace(words, text=text))

    def close(self, speaker: int) -> None:
        """Forget the speaker's call: it was completed, or they left."""
        self._calls.pop(speaker, None)
