"""Names that were called over a reply, before the words for the agent or behind them.

People pause behind a name: "Jarvis, [half a second] stop." If the turn ends there, the words after
it are a turn of their own. They belong to the call. Behind
a stop, the name belongs to the stop: "Stop, [half a second] Jarvis."
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.audio_recognition import FinalTranscript

ONLY_CALLS: Final = "it only calls the agent, and the reply waits for more words"
BEHIND_A_STOP: Final = "it only calls the agent, right behind the words that stopped it"
_OPEN_S: Final = 3.0
"""How long after a call the next words belong to it."""
_BEHIND_STOP_S: Final = 1.5
"""How long after a stop a name alone belongs to it."""


@dataclass(frozen=True, slots=True)
class _Call:
    text: str
    at: float


class OpenCalls:
    """The open call of each speaker, by id. Times are seconds on the room's clock."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}
        self._stops: dict[int, float] = {}

    def add(self, call: FinalTranscript, at: float) -> None:
        """Keep a call that was transcribed at ``at``."""
        self._calls[call.speaker.id] = _Call(call.transcription.text, at)

    def stopped(self, speaker: int, at: float) -> None:
        """The speaker's words stopped the reply at ``at``."""
        self._stops[speaker] = at

    def why_left_alone(
        self, said: FinalTranscript, utterance: ParsedUtterance, *, over_reply: bool
    ) -> str | None:
        """Why words that only call an agent do not ask it; None if they ask.

        ``over_reply`` tells whether they were said over an audible reply.
        """
        if not utterance.only_calls:
            return None
        if said.began - self._stops.get(said.speaker.id, float("-inf")) <= _BEHIND_STOP_S:
            return BEHIND_A_STOP
        return ONLY_CALLS if over_reply else None

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
        """Forget the speaker's call: it was completed."""
        self._calls.pop(speaker, None)

    def forget(self, speaker: int) -> None:
        """The speaker left."""
        self.close(speaker)
        self._stops.pop(speaker, None)
