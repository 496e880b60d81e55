"""What speaks in a room in the place of the voice that the settings want, and why."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.events import VoiceReplaced
from pipeline.participants import Participants
from pipeline.speaking.reply import ReplyVoice


class StandIns:
    """The stand-ins of one room. ``clock`` is the room's, in seconds."""

    def __init__(
        self, voice: ReplyVoice, participants: Participants, clock: Callable[[], float]
    ) -> None:
        self._voice = voice
        self._participants = participants
        self._clock = clock

    @property
    def voice(self) -> VoiceReplaced | None:
        """Who speaks in the place of the agent's voice now, and why; None if no other does."""
        agent, voice = self._participants.persona.agent, self._participants.persona.voice
        if not (reason := self._voice.trouble(voice)):
            return None
        return VoiceReplaced(agent, reason, self._clock(), self._voice.stand_in(voice))
