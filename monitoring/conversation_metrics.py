"""Metrics of the conversations, made from the events of their rooms.

Every label has few values: no member, no word, and the guild only where the settings say so. A
histogram's buckets stand around our targets, so that the share of turns within one can be read.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from monitoring.rooms import RoomId
from pipeline.addressee.reason_class import reason_class
from pipeline.events import (
    HearingReplaced,
    PartialTranscribed,
    QuestionSent,
    QuestionWithdrawn,
    ReplyBegan,
    ReplyDeclined,
    ReplyDucked,
    ReplyEnded,
    ReplyFailed,
    ReplyResumed,
    RoomEvent,
    SpeechBegan,
    TextLeftOut,
    TurnDecided,
    TurnExtended,
    TurnRejected,
    Unspoken,
    VoiceReplaced,
)
from pipeline.latency import STAGES, TOTAL, TurnLatency

VOICE_TO_VOICE_S: Final = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Upper ends of the buckets of voice-to-voice, in seconds; our target is 1 s."""
STAGE_S: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Upper ends of the buckets of one stage, in seconds."""


class ConversationMetrics:
    """Counts the events of all rooms; `observe` is called with each of them."""

    def __init__(self, registry: CollectorRegistry, *, by_guild: bool = False) -> None:
        """``by_guild`` adds the label ``guild`` to the metrics of turns and latencies."""
        self._by_guild = by_guild
        guild = ("guild",) if by_guild else ()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"openclaw_voice_{name}", text, labels, registry=registry)

        self._total = Histogram(
            "openclaw_voice_voice_to_voice_seconds",
            "From the last sample of a speaker to the first frame of the reply.",
            guild,
            buckets=VOICE_TO_VOICE_S,
            registry=registry,
        )
        self._stages = Histogram(
            "openclaw_voice_stage_seconds",
            "The time that a turn waited for a stage; the stages add up to voice-to-voice.",
            ("stage", *guild),
            buckets=STAGE_S,
            registry=registry,
        )
        self._turns = counter(
            "turns",
            "Turns of speakers, by outcome: for_agent, left_alone or no_words.",
            "outcome",
            *guild,
        )
        self._replies = counter(
            "replies",
            "Replies that ended, by outcome: spoken, interrupted, or unheard (no sound of them).",
            "outcome",
            *guild,
        )
        self._failures = counter("reply_failures", "Turns that got no answer, or no whole one.")
        self._declined = counter(
            "replies_declined",
            "Turns that the agent did not answer: it was silent, not meant, or dropped the turn.",
        )
        self._decisions = counter(
            "decisions",
            "Decisions on turns, by result and by the class of the weightiest reason.",
            "result",
            "reason",
        )
        self._questions = counter(
            "questions", "Questions sent to agents: early, or when the turn was over.", "sent"
        )
        self._withdrawn = counter(
            "questions_withdrawn", "Early questions whose run was aborted: the speaker went on."
        )
        self._extended = counter(
            "turns_extended", "Turns that were asked again with words that their speaker added."
        )
        self._overlaps = counter(
            "speech_over_replies",
            "What speech over a reply did: ducked it, held it silent, or let it resume.",
            "effect",
        )
        self._segments = counter("speech_segments", "How often a speaker began to speak.")
        self._partials = counter("partial_transcripts", "Transcripts of turns that went on.")
        self._unspoken = counter(
            "texts_posted",
            "Texts posted instead of spoken: failed, or left_out (code, links, tables).",
            "why",
        )
        self._replaced = counter(
            "voice_replacements", "How often the fallback voice began to speak for an agent."
        )
        self._hearing_replaced = counter(
            "hearing_replacements", "How often the server of speech to text failed in a room."
        )
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """Export each known series from the start: a rate needs the value before the first
        event."""
        for metric, values in (
            (self._questions, ("early", "after_turn")),
            (self._overlaps, ("ducked", "held", "resumed")),
            (self._unspoken, ("failed", "left_out")),
        ):
            for value in values:
                metric.labels(value)
        if self._by_guild:
            return
        for outcome in ("for_agent", "left_alone", "no_words"):
            self._turns.labels(outcome)
        for outcome in ("spoken", "interrupted", "unheard"):
            self._replies.labels(outcome)
        for stage in STAGES:
            if stage != TOTAL:
                self._stages.labels(stage)

    def observe(self, room: RoomId, event: RoomEvent) -> None:
        """Count one event of a room."""
        guild = (str(room),) if self._by_guild else ()
        match event:
            case TurnDecided(addressed=addressed, reasons=reasons):
                outcome = "for_agent" if addressed else "left_alone"
                self._turns.labels(outcome, *guild).inc()
                self._decisions.labels(outcome, reason_class(reasons)).inc()
            case TurnRejected():
                self._turns.labels("no_words", *guild).inc()
            case ReplyBegan(latency=latency):
                self._latency(latency, guild)
            case ReplyEnded(heard=heard, interrupted=interrupted):
                outcome = "interrupted" if interrupted else "spoken" if heard else "unheard"
                self._replies.labels(outcome, *guild).inc()
            case _:
                self._count(event)

    def _count(self, event: RoomEvent) -> None:
        match event:
            case SpeechBegan():
                self._segments.inc()
            case PartialTranscribed():
                self._partials.inc()
            case ReplyFailed():
                self._failures.inc()
            case ReplyDeclined():
                self._declined.inc()
            case QuestionSent(early=early):
                self._questions.labels("early" if early else "after_turn").inc()
            case QuestionWithdrawn():
                self._withdrawn.inc()
            case TurnExtended():
                self._extended.inc()
            case ReplyDucked(held=held):
                self._overlaps.labels("held" if held else "ducked").inc()
            case ReplyResumed():
                self._overlaps.labels("resumed").inc()
            case Unspoken():
                self._unspoken.labels("failed").inc()
            case TextLeftOut():
                self._unspoken.labels("left_out").inc()
            case VoiceReplaced():
                self._replaced.inc()
            case HearingReplaced():
                self._hearing_replaced.inc()
            case _:
                pass

    def _latency(self, latency: TurnLatency, guild: tuple[str, ...]) -> None:
        for stage, ms in latency.stages_ms().items():
            if stage == TOTAL:
                total = self._total.labels(*guild) if guild else self._total
                total.observe(ms / 1000)
            else:
                self._stages.labels(stage, *guild).observe(ms / 1000)
