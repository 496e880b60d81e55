"""What people outside the conversation change in it: the settings of its server, and a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.agent_context import Takeover, context_for
from pipeline.bystanders import WordListeners
from pipeline.participants import HeardPerson, Participants, RoomSpeakers
from pipeline.ports import ContextLine, Speaker
from pipeline.speaking.command_handler import CommandHandler
from pipeline.speaking.floor import Floor
from pipeline.transcript import SpokenReply, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChoices:
    """What a server chose for its conversations. None keeps what the operator's settings say."""

    volume_db: float = 0.0
    """Loudness of all replies; 0 is the speech server's."""
    voices: Mapping[str, str] = field(default_factory=dict)
    """Voices of the speech server that replace those of agents, by the agent's id."""
    languages: tuple[str, ...] | None = None
    """ISO codes of the languages that are spoken, the usual one first; empty detects all."""
    locale: str | None = None
    """ISO code of the server's own language."""
    eager: Literal["off", "careful", "on"] | None = None
    """As `TurnSettings.eager`."""


class RoomControls:
    """The controls of one room, for a command or a changed setting."""

    def __init__(
        self,
        floor: Floor,
        commands: CommandHandler,
        speakers: RoomSpeakers,
        participants: Participants,
        transcript: Transcript,
    ) -> None:
        self._floor = floor
        self._commands = commands
        self._speakers = speakers
        self._participants = participants
        self._transcript = transcript
        self.takeover: Takeover | None = None
        """The last time that a person spoke in the agent's place."""
        self.listeners = WordListeners()
        """Who gets words in place of the agent."""

    def context_for(
        self, asker: Speaker, speaking: SpokenReply | None, *, others: bool
    ) -> tuple[ContextLine, ...]:
        """What the agent is told with a turn; as `pipeline.agent_context.context_for`."""
        return context_for(self._transcript, asker, speaking, others=others, takeover=self.takeover)

    def interject(self, text: str) -> bool:
        """Say a sentence of the bot's own within the reply whose agent is still at work, for
        example with a tool. False without such a reply."""
        return self._floor.interject(text)

    def use(self, choices: RoomChoices) -> None:
        """Apply a server's choices: the volume at once, the others from the next turn on."""
        self._commands.set_volume_db(choices.volume_db)
        self._participants.use_voices(choices.voices)
        if choices.languages is not None:
            self._speakers.use_languages(choices.languages)
        if choices.locale is not None:
            self._speakers.use_language_of_server(choices.locale)
        if choices.eager is not None:
            self._speakers.use_eager(choices.eager)

    def heard(self, last_s: float) -> list[HeardPerson]:
        """What the microphones of the people brought in the last ``last_s`` seconds."""
        return self._speakers.heard(last_s)

    def stop(self, speaker_id: int) -> bool:
        """End the reply that is being spoken or prepared, and drop the waiting turns of the member
        who wants it. False if there was nothing to end."""
        self._floor.drop_waiting(speaker_id)
        stopped = self._floor.reply is not None
        self._floor.stop()
        return stopped
