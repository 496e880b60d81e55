"""What speaks and transcribes in a room in the place of what the settings want, and why."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.events import (
    HearingReplaced,
    Observer,
    RoomEvent,
    TurnDecided,
    TurnRejected,
    VoiceReplaced,
)
from pipeline.inference.speech_models import SpeechModels
from pipeline.participants import Participants
from pipeline.speaking.reply import ReplyVoice


class StandIns:
    """The stand-ins of one room. ``clock`` is the room's, in seconds."""

    def __init__(
        self,
        voice: ReplyVoice,
        models: SpeechModels,
        participants: Participants,
        clock: Callable[[], float],
    ) -> None:
        self._voice = voice
        self._models = models
        self._participants = participants
        self._clock = clock
        self._told = ""
        """The trouble of speech to text that was reported."""

    @property
    def voice(self) -> VoiceReplaced | None:
        """Who speaks in the place of the agent's voice now, and why; None if no other does."""
        agent, voice = self._participants.persona.agent, self._participants.persona.voice
        if not (reason := self._voice.trouble(voice)):
            return None
        return VoiceReplaced(agent, reason, self._clock(), self._voice.stand_in(voice))

    @property
    def hearing(self) -> HearingReplaced | None:
        """Why the server of the settings does not transcribe now; None if it does."""
        now = self._models.hearing
        return HearingReplaced(now.reason, self._clock(), not now.model) if now.reason else None

    def reporting(self, observer: Observer) -> Observer:
        """``observer`` with the trouble of speech to text before the first turn that met it."""

        def observe(event: RoomEvent) -> None:
            if isinstance(event, TurnDecided | TurnRejected):
                replaced = self.hearing
                reason = "" if replaced is None else replaced.reason
                new, self._told = reason not in ("", self._told), reason
                if new and replaced is not None:
                    observer(replaced)
            observer(event)

        return observe
