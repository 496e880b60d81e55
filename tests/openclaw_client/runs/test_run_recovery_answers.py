"""The event that is recovered from the Gateway's answers about a run."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw_client.protocol.payloads import ChatHistory, RunOutcome, message_text
from openclaw_client.protocol.wire import read_payload
from openclaw_client.runs.run_recovery import (
    REPLY_LIMIT,
    history_params,
    in_flight_event,
    terminal_event,
)
from openclaw_client.runs.run_reducer import End, Run
from simulators.gateway.params import ChatHistoryParams, check_params

KEY = "agent:sage:discord:dm:1"


def history(*messages: Any, **more: Any) -> ChatHistory:
    return read_payload(ChatHistory, {"messages": list(messages), **more}, "history")


def outcome(status: str, **more: Any) -> RunOutcome:
    return read_payload(
        RunOutcome, {"runId": "r", "status": status, "endedAt": 1795215233330, **more}, "outcome"
    )


def asked(run_id: str) -> dict[str, Any]:
    return {"role": "user", "content": "Hi", "idempotencyKey": f"{run_id}:user"}


def said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "text", "text": text}]}


def text_of(status: str, had: str, *messages: Any, **more: Any) -> str | None:
    event = terminal_event(outcome(status, **more), history(*messages), KEY, had)
    return None if event is None else message_text(event.message)


def test_the_history_is_asked_for_as_the_gateway_takes_it() -> None:
    assert check_params(ChatHistoryParams, history_params(KEY), "chat.history").max_chars == 500_000


@pytest.mark.parametrize(
    ("had", "text", "missing"),
    [
        ("Once", "Once upon", [" upon"]),
        ("Once", "Once", []),
        ("Once upon", "Once", []),
        ("", "", []),
    ],
)
def test_a_run_in_flight(had: str, text: str, missing: list[str]) -> None:
    run = Run("r", had)
    shown = {"runId": "r", "text": text, "startedAt": 1, "events": []}
    event = in_flight_event(history(inFlightRun=shown), "r", KEY, had)
    assert event is not None
    assert [delta.text for delta in run.feed(event)] == missing
    assert run.outcome is None


def test_another_run_in_flight_is_not_ours() -> None:
    assert in_flight_event(history(inFlightRun={"runId": "x", "text": "Hi"}), "r", KEY, "") is None
    assert in_flight_event(history(), "r", KEY, "") is None


def test_a_short_answer_is_in_the_outcome() -> None:
    reply = {"disposition": "visible", "text": "Once upon a time."}
    assert text_of("ok", "Once", terminalReply=reply) == "Once upon a time."


def test_a_long_one_is_in_the_history_alone() -> None:
    long = "word " * 2_000
    cut = {"text": long[:REPLY_LIMIT]}
    messages = [asked("q"), said("No."), asked("r"), said(long), asked("s"), said("Later.")]
    assert text_of("ok", "word", *messages, terminalReply=cut) == long
    assert text_of("ok", "word", terminalReply=cut) is None, "a piece is not the whole"


def test_what_was_said_before_a_tool_was_used_is_not_said_again() -> None:
    tool = {"role": "toolResult", "content": [{"type": "text", "text": "21 degrees"}]}
    call = {"role": "assistant", "content": [{"type": "toolCall", "name": "weather"}]}
    messages = [asked("r"), said("One moment."), call, tool, said("It is sunny.")]
    reply = {"text": "It is sunny."}
    assert text_of("ok", "One moment.", *messages, terminalReply=reply) == (
        "One moment.\n\nIt is sunny."
    )
    assert text_of("ok", "It is", *messages, terminalReply=reply) == "It is sunny."


def test_an_answer_that_no_source_has_is_none() -> None:
    assert text_of("ok", "Once", "rubbish", asked("r")) is None


@pytest.mark.parametrize(
    ("status", "more", "end", "kind"),
    [
        ("error", {"error": "aborted", "stopReason": "rpc"}, End.ABORTED, None),
        ("error", {"error": "no credit"}, End.ERROR, None),
        ("timeout", {"error": "Request timed out"}, End.ERROR, "timeout"),
    ],
)
def test_other_ends(status: str, more: dict[str, Any], end: End, kind: str | None) -> None:
    run = Run("r", "Once")
    event = terminal_event(outcome(status, **more), history(), KEY, "Once")
    assert event is not None
    assert run.feed(event) == []
    assert run.outcome is not None
    assert (run.outcome.end, run.outcome.error_kind) == (end, kind)
    assert run.outcome.text == "Once"


@pytest.mark.parametrize(
    "reply",
    [
        {"disposition": "silent"},
        {"disposition": "empty"},
        {"disposition": "visible", "text": "HEARTBEAT_OK"},
    ],
)
def test_an_agent_that_chose_to_say_nothing_is_no_error(reply: dict[str, str]) -> None:
    more = {"error": "Agent couldn't generate a response.", "stopReason": "stop"}
    event = terminal_event(
        outcome("error", terminalReply=reply, **more), history(asked("r")), KEY, ""
    )
    assert event is not None
    run = Run("r")
    assert run.feed(event) == []
    assert run.outcome is not None
    assert run.outcome.end is End.FINAL


def test_of_an_agent_that_had_spoken_an_empty_history_is_not_the_whole() -> None:
    assert text_of("ok", "", asked("r")) == ""
    assert text_of("ok", "Once", asked("r")) is None
