"""What operators see of a conversation: metrics, a trace, JSON logs; and no word that was said."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.monitoring import Monitor
from logs import set_up_logging
from monitoring.settings import MonitoringSettings
from monitoring.traces import ConversationTraces
from pipeline.events import ReplyEnded, TurnDecided
from testing.harness import ConversationHarness
from tests.e2e.conftest import OpenHarness
from tests.e2e.test_conversation import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

QUESTION, ASIDE = "Jarvis, what time is it?", "Alice, are you coming to the party?"
ANSWER = "It is half past seven, sir."


async def converse(harness: ConversationHarness) -> None:
    await call_in(harness, "Alice", "Bob")
    await harness.say("Alice", QUESTION)
    assert (await harness.event(TurnDecided)).addressed
    await harness.event(ReplyEnded)
    since = len(harness.events)
    await harness.say("Bob", ASIDE)
    assert not (await harness.event(TurnDecided, since=since)).addressed


async def test_a_conversation_is_seen_without_its_words(
    open_harness: OpenHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, exporter = io.StringIO(), InMemorySpanExporter()
    traces = ConversationTraces(exporter)
    monitor = Monitor(MonitoringSettings(), traces)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        set_up_logging("DEBUG", form="json")
        async with open_harness() as harness:
            monitor.watch(harness.services, harness.bot)
            await converse(harness)
            in_the_call = metrics_of(monitor)
            guild = str(harness.text.guild.id)
    monitor.close()
    traces.close()
    after = metrics_of(monitor)
    check_metrics(in_the_call, after)
    check_log(written.getvalue(), int(guild))
    check_traces(list(exporter.get_finished_spans()), guild)


def metrics_of(monitor: Monitor) -> dict[str, float]:
    """By the name and the values of the labels."""
    samples = (sample for family in monitor.registry.collect() for sample in family.samples)
    return {
        " ".join([each.name, *(value for _, value in sorted(each.labels.items()))]): each.value
        for each in samples
    }


def check_metrics(during: dict[str, float], after: dict[str, float]) -> None:
    assert during["openclaw_voice_calls"] == 1
    assert during["openclaw_voice_calls_by_encryption dave"] == 1
    assert during["openclaw_voice_speakers"] == 2
    assert during["openclaw_voice_discord_up"] == 1
    assert during["openclaw_voice_gateway_up"] == 1
    assert during["openclaw_voice_gateway_turns_total answered"] == 1
    assert during["openclaw_voice_model_jobs_total speech_to_text completed"] >= 0
    assert after["openclaw_voice_calls"] == 0
    assert after["openclaw_voice_turns_total for_agent"] == 1
    assert after["openclaw_voice_turns_total left_alone"] == 1
    assert after["openclaw_voice_replies_total spoken"] == 1
    assert after["openclaw_voice_voice_to_voice_seconds_count"] == 1
    assert after["openclaw_voice_stage_seconds_count stt"] == 1
    # The packets of a call that is over stay counted.
    for name in ("datagrams", "decrypted", "frames"):
        counted = f"openclaw_voice_packets_total {name}"
        assert 0 < during[counted] <= after[counted]


def check_log(text: str, guild: int) -> None:
    records = [json.loads(line) for line in text.splitlines()]
    ours = [each for each in records if each["logger"].startswith("pipeline.")]
    (turn,) = [each for each in ours if "voice-to-voice" in each["message"]]
    assert turn["guild"] == guild
    assert turn["agent"] == "jarvis"
    assert turn["turn"] == 1
    assert turn["speaker"] > 0
    assert turn["stages_ms"]["voice_to_voice"] > 0
    # DEBUG has the decisions, with the number of words in place of the words.
    assert any("called_by_name" in each["message"] for each in ours)
    assert any("words>" in each["message"] for each in ours)
    holds_no_word(text)


def check_traces(spans: list[ReadableSpan], guild: str) -> None:
    turns = {str(dict(span.attributes or {})["outcome"]): span for span in spans if not span.parent}
    assert turns.keys() == {"answered", "left_alone"}
    answered = turns["answered"]
    assert (answered.attributes or {})["guild"] == guild
    stages = {span.name: span for span in spans if span.parent}
    assert stages.keys() >= {"speech", "endpoint", "stt", "decision", "agent", "tts", "playback"}
    for span in stages.values():
        assert span.start_time is not None
        assert span.end_time is not None
        assert answered.start_time is not None
        assert answered.end_time is not None
        assert answered.start_time <= span.start_time <= span.end_time <= answered.end_time
    holds_no_word(" ".join(span.to_json() for span in spans))


def holds_no_word(text: str) -> None:
    """But for names, which are those of the agents and the members."""
    said = set(re.findall(r"[a-z']+", f"{QUESTION} {ASIDE} {ANSWER}".lower()))
    usual = {"jarvis", "alice", "what", "time", "is", "it", "are", "you", "to", "the", "half"}
    telling = said - usual
    assert telling == {"coming", "party", "past", "seven", "sir"}
    found = set(re.findall(r"[a-z']+", text.lower())) & telling
    assert not found
