"""What the events of rooms count, and that no label grows with what people say."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from monitoring.conversation_metrics import ConversationMetrics
from pipeline.events import (
    HearingReplaced,
    QuestionSent,
    QuestionWithdrawn,
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyFailed,
    TurnDecided,
    TurnRejected,
    VoiceReplaced,
)
from pipeline.latency import TurnLatency
from pipeline.ports import Speaker

ANN = Speaker(1, "Ann")


def latency() -> TurnLatency:
    turn = TurnLatency()
    turn.mark("speech_end", 10.0)
    turn.mark("pause_seen", 10.1)
    turn.mark("turn_decided", 10.2)
    turn.mark("transcribed", 10.5)
    turn.mark("first_delta", 10.6)
    turn.mark("first_frame", 10.9)
    return turn


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry(auto_describe=True)


def test_a_turn_is_counted_with_its_decision_its_latency_and_its_reply(
    registry: CollectorRegistry,
) -> None:
    metrics, value = ConversationMetrics(registry), registry.get_sample_value
    metrics.observe(42, TurnDecided(ANN, "Jarvis?", True, ("called by name",), 10.6, 0.99))
    metrics.observe(42, QuestionSent("jarvis", ANN, False, 10.6))
    metrics.observe(42, ReplyBegan("jarvis", ANN, latency(), 10.9))
    metrics.observe(42, ReplyDucked(True, 11.0))
    metrics.observe(42, ReplyEnded("jarvis", ANN, "Yes, sir.", "Yes,", True, 11.5))
    assert value("openclaw_voice_turns_total", {"outcome": "for_agent"}) == 1
    decided = {"result": "for_agent", "reason": "called_by_name"}
    assert value("openclaw_voice_decisions_total", decided) == 1
    assert value("openclaw_voice_questions_total", {"sent": "after_turn"}) == 1
    assert value("openclaw_voice_voice_to_voice_seconds_bucket", {"le": "1.0"}) == 1
    assert value("openclaw_voice_voice_to_voice_seconds_bucket", {"le": "0.75"}) == 0
    assert value("openclaw_voice_stage_seconds_sum", {"stage": "stt"}) == pytest.approx(0.4)
    assert value("openclaw_voice_speech_over_replies_total", {"effect": "held"}) == 1
    assert value("openclaw_voice_replies_total", {"outcome": "interrupted"}) == 1


def test_what_goes_wrong_is_counted(registry: CollectorRegistry) -> None:
    metrics, value = ConversationMetrics(registry), registry.get_sample_value
    metrics.observe(42, TurnRejected(ANN, "no words in it", 1.0))
    metrics.observe(42, QuestionSent("jarvis", ANN, True, 2.0))
    metrics.observe(42, QuestionWithdrawn("jarvis", ANN, 2.5))
    metrics.observe(42, ReplyFailed("jarvis", ANN, "the Gateway is away", "Sorry.", 3.0))
    metrics.observe(42, ReplyEnded("jarvis", ANN, "", "", False, 3.0))
    assert value("openclaw_voice_turns_total", {"outcome": "no_words"}) == 1
    assert value("openclaw_voice_questions_withdrawn_total") == 1
    assert value("openclaw_voice_reply_failures_total") == 1
    assert value("openclaw_voice_replies_total", {"outcome": "unheard"}) == 1


def test_an_announcement_answers_no_turn_and_has_no_latency(registry: CollectorRegistry) -> None:
    metrics = ConversationMetrics(registry)
    metrics.observe(42, ReplyBegan("jarvis", ANN, TurnLatency(), 10.9))
    assert registry.get_sample_value("openclaw_voice_voice_to_voice_seconds_count") == 0


def test_series_do_not_grow_with_members_words_and_guilds(registry: CollectorRegistry) -> None:
    metrics = ConversationMetrics(registry)

    def series() -> int:
        return sum(len(family.samples) for family in registry.collect())

    def busy(number: int) -> None:
        who = Speaker(number, f"Member {number}")
        why = (f'called by name, heard as "word {number}"',)
        metrics.observe(number, TurnDecided(who, f"word {number}", True, why, 1.0))
        metrics.observe(number, TurnDecided(who, "x", False, (f"new reason {number}",), 1.0))
        metrics.observe(number, ReplyBegan(f"agent {number}", who, latency(), 2.0))

    busy(0)
    before = series()
    for number in range(1, 200):
        busy(number)
    assert series() == before


def test_a_guild_is_a_label_only_by_the_setting(registry: CollectorRegistry) -> None:
    metrics = ConversationMetrics(registry, by_guild=True)
    metrics.observe(42, TurnDecided(ANN, "Jarvis?", True, ("called by name",), 10.6, 0.99))
    metrics.observe(42, ReplyBegan("jarvis", ANN, latency(), 10.9))
    labels = {"outcome": "for_agent", "guild": "42"}
    assert registry.get_sample_value("openclaw_voice_turns_total", labels) == 1
    assert registry.get_sample_value("openclaw_voice_voice_to_voice_seconds_count", {"guild": "42"})


def test_stand_ins_of_voice_and_hearing_are_counted(registry: CollectorRegistry) -> None:
    metrics, value = ConversationMetrics(registry), registry.get_sample_value
    metrics.observe(42, VoiceReplaced("jarvis", "it does not answer", 1.0))
    metrics.observe(42, HearingReplaced("it does not answer", 1.0))
    assert value("openclaw_voice_voice_replacements_total") == 1
    assert value("openclaw_voice_hearing_replacements_total") == 1
