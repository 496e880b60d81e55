from __future__ import annotations

import json
from typing import Any

import pytest

from app.console.transcript import ConsoleTranscript, latency_line

ASKED: dict[str, Any] = {
    "id": 1,
    "kind": "said",
    "who": "Console",
    "text": "What time is it?",
    "addressed": True,
    "reasons": ["it is a question"],
}


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def transcript(lines: list[str]) -> ConsoleTranscript:
    return ConsoleTranscript(lines.append)


def entry(transcript: ConsoleTranscript, base: dict[str, Any], **changes: Any) -> None:
    base.update(changes)
    transcript.take(json.dumps({"type": "entry", "entry": base}))


def test_each_sentence_is_printed_once_as_it_is_spoken(
    transcript: ConsoleTranscript, lines: list[str]
) -> None:
    entry(transcript, dict(ASKED))
    reply = {"id": 2, "kind": "reply", "who": "Jarvis", "text": "", "state": "speaking"}
    entry(transcript, reply, text="It is ten.")
    entry(transcript, reply, state="ducked")
    entry(transcript, reply, state="held")
    entry(transcript, reply, state="speaking", text="It is ten. Or so.")
    entry(transcript, reply, state="ended", text="It is ten.  Or so.", heard="It is ten.")
    assert lines == [
        "You: What time is it?",
        "Jarvis: It is ten.",
        "  (pauses)",
        "Jarvis: Or so.",
    ]


def test_what_was_typed_is_not_printed_again(
    transcript: ConsoleTranscript, lines: list[str]
) -> None:
    transcript.typed("  What time   is it? ")
    entry(transcript, dict(ASKED))
    entry(transcript, {**ASKED, "id": 3})
    assert lines == ["You: What time is it?"]


def test_it_says_why_nothing_is_answered(transcript: ConsoleTranscript, lines: list[str]) -> None:
    entry(transcript, {**ASKED, "addressed": False, "reasons": ["it is about a third person"]})
    failed = {**ASKED, "id": 2}
    entry(transcript, failed)
    entry(transcript, failed, failure="no answer at ws://gateway", notice="I cannot reach it.")
    entry(transcript, {**ASKED, "id": 3}, silent=True)
    assert lines[1] == "  (not for the agent: it is about a third person)"
    assert lines[3] == "  (no answer: no answer at ws://gateway)"
    assert lines[-1] == "  (no answer: the agent chose to say nothing)"
    entry(transcript, {**ASKED, "id": 4}, silent=True, declined=True)
    assert lines[-1] == "  (no answer: the agent found that it was not meant)"
    assert transcript.why == ["it is a question"]


def test_text_of_an_agent_cannot_change_the_terminal(
    transcript: ConsoleTranscript, lines: list[str]
) -> None:
    written = {
        "id": 1,
        "kind": "written",
        "who": "Jar\x1b]0;x\x07vis",
        "text": "a\x1b[2Jb\nc",
        "why": "",
    }
    entry(transcript, written)
    (line,) = lines
    assert "\x1b" not in line
    assert "\x07" not in line
    assert line.count("\n") == 1


def test_where_the_time_went_is_one_line() -> None:
    stages = {"listen": 85.2, "stt": 0.4, "tts_first_byte": 444.0, "voice_to_voice": 530.0}
    assert latency_line(stages) == "(answered after 530 ms: listen 85, tts first byte 444)"
