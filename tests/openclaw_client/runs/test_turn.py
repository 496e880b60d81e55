"""One turn, between its events and its reader."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from openclaw_client.errors import (
    OpenClawError,
    TurnAborted,
    TurnError,
    TurnFailed,
    TurnLost,
    TurnTimeout,
)
from openclaw_client.protocol.payloads import ChatEvent
from openclaw_client.runs.run_reducer import TextDelta
from openclaw_client.runs.turn import Turn, TurnRequest
from testing.manual_clock import settle


def turn() -> Turn:
    request = TurnRequest("agent:sage:discord:dm:1", "sage", "Hi", 60.0, run_id="r")
    return Turn(request, owner=None, interrupts=False, asked_at=0.0)


def event(state: str, **fields: Any) -> ChatEvent:
    return ChatEvent.model_validate({"runId": "r", "sessionKey": "s", "state": state, **fields})


async def read(one: Turn) -> tuple[str, OpenClawError | None]:
    """All that can be read, and the error behind it."""
    text = ""
    try:
        while (delta := await one.next()) is not None:
            text += delta.text
    except OpenClawError as error:
        return text, error
    return text, None


async def test_the_reader_is_woken_by_each_delta() -> None:
    one = turn()
    reading = asyncio.create_task(one.next())
    await settle()
    one.feed(event("status"))
    await settle()
    assert not reading.done()
    one.feed(event("delta", deltaText="Hello"))
    assert await reading == TextDelta("Hello")


async def test_a_slow_reader_misses_nothing() -> None:
    one = turn()
    for word in ("one ", "two ", "three"):
        one.feed(event("delta", deltaText=word))
    one.feed(event("final"))
    assert one.over
    assert await read(one) == ("one two three", None)


@pytest.mark.parametrize("error", [TurnLost("gone"), TurnTimeout("late")])
async def test_what_had_come_is_read_before_the_error(error: TurnError) -> None:
    one = turn()
    one.feed(event("delta", deltaText="half a "))
    one.finish(error)
    assert await read(one) == ("half a ", error)
    assert error.partial == "half a "


async def test_after_an_abort_pending_text_is_dropped() -> None:
    one = turn()
    one.feed(event("delta", deltaText="half a "))
    one.finish(TurnAborted("enough"))
    text, error = await read(one)
    assert text == ""
    assert isinstance(error, TurnAborted)


async def test_the_first_end_counts() -> None:
    one = turn()
    one.finish(TurnTimeout("late"))
    one.finish(TurnLost("gone"))
    one.feed(event("final", message={"content": "too late"}))
    text, error = await read(one)
    assert (text, str(error)) == ("", "late")


@pytest.mark.parametrize(
    ("end", "kind", "words"),
    [
        (event("final"), TurnFailed, "without an answer"),
        (event("error"), TurnFailed, "gave no reason"),
        (event("error", errorMessage="no credit"), TurnFailed, "no credit"),
        (event("error", errorMessage="late", errorKind="timeout"), TurnTimeout, "Gateway's time"),
        (event("aborted", stopReason="rpc"), TurnAborted, r"\(rpc\)"),
        (event("aborted"), TurnAborted, "no reason given"),
    ],
)
async def test_ends_that_are_no_answer(end: ChatEvent, kind: type[TurnError], words: str) -> None:
    one = turn()
    one.feed(end)
    _, error = await read(one)
    assert isinstance(error, kind)
    assert re.search(f"'sage'.*{words}", str(error))


@pytest.mark.parametrize(
    "events",
    [
        [event("final", message={"content": " \n"})],
        [event("final", message={"content": "NO_REPLY"})],
        [event("status"), event("final")],
        [event("aborted", stopReason="stop")],
        [event("status"), event("aborted", stopReason="stop", message={"content": "NO_REPLY"})],
    ],
)
async def test_an_agent_may_choose_to_say_nothing(events: list[ChatEvent]) -> None:
    one = turn()
    for each in events:
        one.feed(each)
    _, error = await read(one)
    assert error is None
    assert one.over


async def test_what_was_stopped_in_the_midst_of_it_is_no_choice() -> None:
    one = turn()
    one.feed(event("delta", deltaText="Let me "))
    one.feed(event("aborted", stopReason="stop"))
    _, error = await read(one)
    assert isinstance(error, TurnAborted)


def test_every_turn_is_a_run_of_its_own() -> None:
    requests = [TurnRequest("k", "sage", "Hi", 60.0) for _ in range(100)]
    assert len({request.run_id for request in requests}) == 100
