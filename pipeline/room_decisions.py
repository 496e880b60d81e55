"""Whether what is said in one room is for the agent: the rules, with what is known of the room."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.addressee.bot_turns import BotTurns
from pipeline.addressee.classifier import Decision
from pipeline.addressee.context import room_state
from pipeline.addressee.decide import decide
from pipeline.addressee.repeated_exchanges import RepeatedExchanges
from pipeline.bystanders import WordListeners
from pipeline.language.utterance import ParsedUtterance
from pipeline.language.voice_commands import CommandKind
from pipeline.listening.audio_recognition import FinalTranscript
from pipeline.listening.murmurs import MURMUR, is_misheard_murmur
from pipeline.participants import Participants
from pipeline.settings import Level, RelevanceSettings
from pipeline.speaking.command_handler import CommandHandler
from pipeline.speaking.floor import Floor
from pipeline.speaking.reply import Reply
from pipeline.transcript import Transcript


class RoomDecisions:
    """The decisions of one room. ``sensitivity`` gives its present level."""

    def __init__(
        self,
        settings: RelevanceSettings,
        sensitivity: Callable[[], Level],
        transcript: Transcript,
        participants: Participants,
        floor: Floor,
        commands: CommandHandler,
        listeners: WordListeners,
    ) -> None:
        self._settings = settings
        self._sensitivity = sensitivity
        self._transcript = transcript
        self._participants = participants
        self._floor = floor
        self._commands = commands
        self._listeners = listeners
        self._bot_turns = BotTurns(settings.bot_answers, participants.is_bot)
        self._repeated = RepeatedExchanges()

    def of_words(
        self,
        utterance: ParsedUtterance,
        began: float,
        *,
        may_leave_to_agent: bool = False,
        may_call: str = "",
    ) -> Decision:
        """The decision on words that began at ``began``, in seconds on the room's clock, and that
        ``may_call`` the agent of this name by their sound."""
        decision = self._of(utterance, began, self._floor.reply)
        if decision.command is None and self._floor.declinable_reply is not None:
            # That reply may never come: what is said meanwhile is no more for the agent by it.
            decision = self._of(utterance, began, None)
        decision = self._listeners.checked(utterance, decision)
        may_leave = may_leave_to_agent and not self._participants.is_bot(utterance.speaker_id)
        if may_leave and not decision.addressed and decision.taken_by is None:
            decision = self._of(utterance, began, None, may_leave_to_agent=True, may_call=may_call)
            return self._listeners.checked(utterance, decision)
        return decision

    def _of(
        self,
        utterance: ParsedUtterance,
        began: float,
        reply: Reply | None,
        *,
        may_leave_to_agent: bool = False,
        may_call: str = "",
    ) -> Decision:
        """The decision by the rules, with the reply that is being prepared or spoken."""
        room = room_state(
            self._transcript,
            began,
            agents=self._participants.personas,
            people=self._participants.people,
            replying_to=reply.turn.speaker if reply is not None else None,
            asked_at=reply.turn.said_at if reply is not None else None,
            offered_to=self._floor.continuation_offered_to,
            speaker_id=utterance.speaker_id,
        )
        decision = decide(
            utterance,
            room,
            self._commands.can_execute,
            self._sensitivity(),
            self._settings,
            may_leave_to_agent=may_leave_to_agent,
            may_call=may_call,
        )
        return self.limited(utterance.speaker_id, utterance.text, decision, began)

    def of_turn(
        self, utterance: ParsedUtterance, said: FinalTranscript, *, may_leave_to_agent: bool
    ) -> Decision:
        """The decision on a whole turn. Over a reply, a short sound with doubtful words is a murmur
        that was misheard, unless it is a command; that to wait may be one ("That's all.").

        With ``may_leave_to_agent`` it may be one that the agent has to make.
        """
        decision = self.of_words(
            utterance,
            said.began,
            may_leave_to_agent=may_leave_to_agent,
            may_call=said.transcription.may_call,
        )
        command = decision.command
        misheard = (
            decision.addressed
            and (command is None or (command.kind is CommandKind.WAIT and not command.named))
            and self._floor.answer_audible
            and is_misheard_murmur(said, utterance)
        )
        return Decision(False, 0.02, (MURMUR,)) if misheard else decision

    def limited(self, speaker_id: int, text: str, decision: Decision, began: float) -> Decision:
        """The same, unless an exchange repeats itself or bots would talk to each other."""
        decision = self._repeated.checked(speaker_id, text, decision, began)
        return self._bot_turns.checked(speaker_id, decision)

    def taken(self, speaker_id: int, text: str, decision: Decision, began: float) -> None:
        """Take note of a decision that is acted on."""
        self._bot_turns.decided(speaker_id, decision)
        self._repeated.decided(speaker_id, text, decision, began)

    def answered(self, text: str, at: float) -> None:
        """Take note of an answer that was heard to its end."""
        self._repeated.answered(text, at)
