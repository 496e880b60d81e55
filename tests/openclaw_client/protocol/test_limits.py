"""Frames, answers and reasons beyond their limits."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from openclaw_client.errors import ProtocolViolation
from openclaw_client.protocol.frames import Event, decode_frame
from openclaw_client.protocol.limits import (
    MAX_ANSWER_CHARS,
    TRUNCATION_NOTE,
    check_frame_size,
    truncate_answer,
    truncate_reason,
)
from openclaw_client.protocol.payloads import ChatEvent
from openclaw_client.runs.run_reducer import Run, TextDelta
from openclaw_client.runs.turn import Turn, TurnRequest

HUGE = 10_000_000


def chat(state: str, whole: str | None = None, **more: Any) -> ChatEvent:
    message = None if whole is None else {"content": whole}
    fields = {"runId": "r", "sessionKey": "agent:a:b", "state": state, "message": message}
    return ChatEvent.model_validate(fields | more)


def new_turn() -> Turn:
    request = TurnRequest("agent:a:b", "a", "Hi.", 1.0, "r")
    return Turn(request, owner=None, interrupts=False, asked_at=0.0)


def joined(deltas: list[TextDelta]) -> str:
    text = ""
    for one in deltas:
        text = one.text if one.replace else text + one.text
    return text


def test_a_final_of_10_mb_is_handed_on_as_far_as_it_can_be_used() -> None:
    run = Run("r")
    text = joined(run.feed(chat("final", "Hello. " * (HUGE // 7))))
    assert text.startswith("Hello. Hello.")
    assert text.endswith(TRUNCATION_NOTE)
    assert len(text) <= MAX_ANSWER_CHARS + len(TRUNCATION_NOTE)
    assert run.outcome is not None
    assert run.outcome.text == text == run.text


@pytest.mark.parametrize(
    "more", [{"deltaText": "x" * HUGE}, {"deltaText": "x" * HUGE, "replace": True}]
)
def test_so_is_a_delta_of_10_mb(more: dict[str, Any]) -> None:
    run = Run("r")
    assert len(joined(run.feed(chat("delta", **more)))) == MAX_ANSWER_CHARS + len(TRUNCATION_NOTE)


def test_deltas_without_end_leave_no_more_than_the_longest_answer() -> None:
    run = Run("r")
    deltas = [each for _ in range(300) for each in run.feed(chat("delta", deltaText="x" * 1000))]
    assert joined(deltas) == "x" * MAX_ANSWER_CHARS + TRUNCATION_NOTE == run.text
    assert run.feed(chat("final", "x" * 300_000)) == [], "its end was told already"


def test_a_replaced_answer_may_be_short_again() -> None:
    run = Run("r")
    run.feed(chat("delta", deltaText="x" * 200_000))
    assert run.feed(chat("final", "Short.")) == [TextDelta("Short.", replace=True)]


def test_the_longest_answer_itself_is_whole() -> None:
    assert truncate_answer("x" * MAX_ANSWER_CHARS) == "x" * MAX_ANSWER_CHARS
    assert truncate_answer(truncate_answer("x" * HUGE)) == truncate_answer("x" * HUGE)


async def test_what_a_replacement_voids_is_not_kept_for_a_slow_consumer() -> None:
    turn = new_turn()
    for number in range(50):
        turn.feed(chat("delta", deltaText=f"{number} " + "x" * 200_000, replace=True))
    turn.feed(chat("final", "The end."))
    assert await turn.next() == TextDelta("The end.", replace=True)
    assert await turn.next() is None


def test_that_an_answer_is_cut_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    turn = new_turn()
    with caplog.at_level(logging.WARNING):
        turn.feed(chat("delta", deltaText="x" * 200_000))
        turn.feed(chat("final", "x" * 200_000))
    assert len([r for r in caplog.records if "cut the answer" in r.getMessage()]) == 1


def test_a_reason_without_end_is_shortened() -> None:
    run = Run("r")
    run.feed(chat("error", errorMessage="no " * HUGE))
    assert run.outcome is not None
    assert len(run.outcome.error_message or "") == 500
    assert truncate_reason(None) is None
    assert truncate_reason("brief") == "brief"


@pytest.mark.parametrize("value", ["0,", '{"a":1},', "[],"])
@pytest.mark.parametrize("as_bytes", [False, True])
def test_a_frame_that_takes_a_second_to_decode_is_not_decoded(value: str, as_bytes: bool) -> None:
    frame = '{"type":"event","event":"chat","payload":[' + value * (HUGE // len(value)) + "0]}"
    with pytest.raises(ProtocolViolation, match="too many values in one frame"):
        decode_frame(frame.encode() if as_bytes else frame)


def test_a_frame_with_much_text_is_decoded() -> None:
    text = "Well, as I said, this goes on and on, without end. " * (HUGE // 51)
    frame = json.dumps({"type": "event", "event": "chat", "payload": {"text": text}})
    check_frame_size(frame)
    decoded = decode_frame(frame)
    assert isinstance(decoded, Event)
    assert decoded.payload == {"text": text}
