"""Reports replies: events for observers, log lines, the transcript and the last reply."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from logs import STAGES_MS, placed
from pipeline.errors import AgentError
from pipeline.events import (
    Observer,
    ReplyBegan,
    ReplyDeclined,
    ReplyEnded,
    ReplyFailed,
    SentenceBegan,
    SilenceReason,
    TextLeftOut,
    TurnExtended,
    Unspoken,
    VoiceReplaced,
)
from pipeline.ports import AgentTurn, Persona, Voice
from pipeline.speaking.reply import Reply, ReplyState
from pipeline.speaking.turn_queue import QueuedTurn
from pipeline.transcript import Transcript, words_heard

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FinishedReply:
    """A reply that has ended, as far as its agent had written it."""

    persona: Persona
    text: str
    unheard: str
    """The part that listeners did not hear; empty when it was heard to its end."""
    at: float
    """When it ended, on the room's clock."""
    speaker: int
    """The id of the member it answered."""
    offering: bool = False
    """It ended with the offer of the rest, which is still open."""


def finished(reply: Reply, played_ms: float, at: float) -> FinishedReply:
    """The answer of a reply that ended ``at``, without interjections and offers."""
    sentences = [each for each in reply.outcome.sentences if each.kind == "answer"]
    text = " ".join([*(sentence.text for sentence in sentences), *reply.queued_sentences()])
    unheard = text.removeprefix(words_heard(sentences, played_ms)).strip()
    offering = reply.state is ReplyState.OFFERING
    return FinishedReply(reply.persona, text, unheard, at, reply.turn.speaker.id, offering)


class ReplyReporter:
    """Reports the replies of one room.

    ``trouble(voice)`` is why another voice replaces this one, in plain words; empty when none does.
    """

    def __init__(
        self,
        transcript: Transcript,
        trouble: Callable[[Voice], str],
        stand_in: Callable[[Voice], str],
        clock: Callable[[], float],
        emit: Observer,
    ) -> None:
        self.last_reply: FinishedReply | None = None
        """The last reply that can be repeated or continued."""
        self._transcript = transcript
        self._trouble = trouble
        self._stand_in = stand_in
        self._clock = clock
        self._emit = emit
        self._reported_trouble: dict[Voice, str] = {}

    def joined(self, joined: QueuedTurn, at: float) -> None:
        """More words of its speaker were added to a turn whose reply had begun."""
        log.info("a turn is asked again with the words that its speaker added")
        turn = joined.turn
        self._emit(TurnExtended(turn.agent, turn.speaker, turn.text, at))

    def audible(self, reply: Reply, first_sent_at: float, place: str) -> None:
        """The first frame of a reply was sent. ``place`` is what the log calls its turn."""
        latency = reply.request.latency
        latency.mark("first_frame", first_sent_at)
        if stages := latency.stages_ms():
            with placed(place):
                log.info("%s: %s", place, latency, extra={STAGES_MS: stages})
        self._emit(ReplyBegan(reply.persona.agent, reply.turn.speaker, latency, first_sent_at))

    def sentence_began(self, persona: Persona, text: str, at: float) -> None:
        """Listeners hear a sentence from now on."""
        self._emit(SentenceBegan(persona.agent, text, at))

    def sentence_fed(self, persona: Persona) -> None:
        """All audio of a sentence was made, in its voice or in another one."""
        if reason := self._new_trouble(persona.voice):
            stand_in = self._stand_in(persona.voice)
            self._emit(VoiceReplaced(persona.agent, reason, self._clock(), stand_in))

    def failed(
        self, turn: AgentTurn, why: str, notice: str = "", unforeseen: BaseException | None = None
    ) -> None:
        """A turn got no whole answer; ``notice`` is what its speaker was told."""
        level = logging.WARNING if unforeseen is None else logging.ERROR
        log.log(level, "%s did not answer a turn: %s", turn.agent, why, exc_info=unforeseen)
        self._emit(ReplyFailed(turn.agent, turn.speaker, why, notice, self._clock()))

    def declined(self, turn: AgentTurn, why: SilenceReason) -> None:
        """Nothing was said to a turn, and that is no failure."""
        log.info("%s says nothing to a turn: %s", turn.agent, why)
        if why != "chose silence":
            self._transcript.withdraw_addressee(turn.speaker.id, turn.agent, turn.text)
        self._emit(ReplyDeclined(turn.agent, turn.speaker, self._clock(), why))

    def ended(
        self, reply: Reply, queued: QueuedTurn, error: BaseException | None, *, interrupted: bool
    ) -> str:
        """Report and keep a reply that has ended. Return the words of it that were heard."""
        outcome, agent, speaker = reply.outcome, reply.persona.agent, reply.turn.speaker
        failure = outcome.failure if outcome.failure is not None else error
        if failure is not None:
            foreseen = isinstance(failure, AgentError)
            why = str(failure) if foreseen else repr(failure)
            self.failed(reply.turn, why, outcome.notice, None if foreseen else failure)
        now = self._clock()
        played_ms = reply.playback.played_ms if reply.playback is not None else 0.0
        silent = outcome.silent and queued.joinable
        if silent:
            self.declined(reply.turn, "chose silence" if reply.turn.doubt is None else "not meant")
        heard = self._transcript.add_reply(agent, speaker, outcome.sentences, played_ms, now)
        if queued.repeatable and not silent:
            self.last_reply = finished(reply, played_ms, now)
        if outcome.unspoken:
            text = " ".join(outcome.unspoken)
            why, reason = outcome.unspoken_error, outcome.unspoken_reason
            answered = speaker if failure is None else None
            self._emit(Unspoken(agent, text, why, now, reason, answered))
        if reply.left_out:
            self._emit(TextLeftOut(agent, "\n\n".join(reply.left_out), now))
        self._emit(ReplyEnded(agent, speaker, outcome.text, heard, interrupted, now))
        return heard

    def _new_trouble(self, voice: Voice) -> str:
        """Why ``voice`` is replaced, unless that reason was reported for any voice already."""
        # The trouble of a voice that recovered and failed again is reported again.
        self._reported_trouble = {
            each: reason for each, reason in self._reported_trouble.items() if self._trouble(each)
        }
        reason = self._trouble(voice)
        known = not reason or reason in self._reported_trouble.values()
        if reason:
            self._reported_trouble[voice] = reason
        return "" if known else reason
