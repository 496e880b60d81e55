"""The scripted model, asked as a Gateway asks it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from testing.real_gateway.directives import DirectedReply, ToolCall
from testing.real_gateway.stub_model import StubModel

CONTEXT = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>\nfacts\n<<<END_OPENCLAW_INTERNAL_CONTEXT>>>"


@pytest.fixture
async def stub() -> AsyncIterator[StubModel]:
    async with StubModel() as started:
        yield started


def request(*messages: dict[str, str], stream: bool = True) -> dict[str, Any]:
    own = {"role": "user", "content": CONTEXT}
    return {"model": "stub-jarvis/jarvis", "stream": stream, "messages": [*messages, own]}


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": f"[Fri 2026-11-20 12:22 UTC] {text}"}


async def ask(stub: StubModel, *messages: dict[str, str]) -> list[dict[str, Any]]:
    """The chunks of a streamed answer."""
    async with (
        httpx.AsyncClient(trust_env=False) as http,
        http.stream("POST", f"{stub.url}/chat/completions", json=request(*messages)) as answer,
    ):
        answer.raise_for_status()
        return [
            json.loads(line.removeprefix("data: "))
            async for line in answer.aiter_lines()
            if line.startswith("data: {")
        ]


def text_of(chunks: list[dict[str, Any]]) -> str:
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    return "".join(delta.get("content", "") for delta in deltas)


async def test_the_users_last_words_are_answered(stub: StubModel) -> None:
    chunks = await ask(stub, user("hello"), user("#say:Good evening, sir."))
    assert text_of(chunks) == "Good evening, sir."
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    (seen,) = stub.requests
    assert (seen.agent, seen.prompt, seen.outcome) == ("jarvis", "#say:Good evening, sir.", "done")
    assert seen.words_sent == 3


async def test_a_tool_and_its_result(stub: StubModel) -> None:
    asked = user('#tool:voice_say {"text": "Hi"}')
    chunks = await ask(stub, asked)
    (call,) = chunks[-3]["choices"][0]["delta"]["tool_calls"]
    assert call["function"] == {"name": "voice_say", "arguments": '{"text": "Hi"}'}
    assert chunks[-2]["choices"][0]["finish_reason"] == "tool_calls"
    result = {"role": "tool", "content": '{"spoken":true}'}
    assert text_of(await ask(stub, asked, result)) == 'The tool answered: {"spoken":true}'


async def test_it_stands_still_until_it_is_let_go(stub: StubModel) -> None:
    asking = asyncio.ensure_future(ask(stub, user("#words=3 #hold=2")))
    asked = await stub.request("#hold")
    await stub.wait_for(lambda: asked.outcome == "held")
    assert asked.words_sent == 2
    stub.release()
    assert text_of(await asking) == "word1 word2 word3."


async def test_it_stands_still_once(stub: StubModel) -> None:
    asking = asyncio.ensure_future(ask(stub, user("#words=3 #hold=2")))
    asked = await stub.request("#hold")
    await stub.wait_for(lambda: asked.outcome == "held")
    again = user("Queued: #words=3 #hold=2\nContinue.")
    assert text_of(await ask(stub, again)) == "word1 word2 word3."
    stub.release()
    await asking


async def test_it_breaks_off_once(stub: StubModel) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await ask(stub, user("#words=3 #cut=2"))
    again = user("Queued: #words=3 #cut=2\nContinue.")
    assert text_of(await ask(stub, again)) == "word1 word2 word3."
    assert [asked.outcome for asked in stub.requests] == ["cut", "done"]


async def test_errors(stub: StubModel) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        await ask(stub, user("#error=401"))


async def test_whoever_leaves_is_noticed(stub: StubModel) -> None:
    asking = asyncio.ensure_future(ask(stub, user("#hold=0")))
    asked = await stub.request("#hold")
    await stub.wait_for(lambda: asked.outcome == "held")
    asking.cancel()
    await stub.wait_for(lambda: asked.outcome == "left")


async def test_a_script_goes_before_the_directives(stub: StubModel) -> None:
    stub.script = lambda asked: (
        DirectedReply("", tool=ToolCall("x", "{}")) if asked.prompt == "go" else None
    )
    assert "tool_calls" in (await ask(stub, user("go")))[1]["choices"][0]["delta"]
    assert text_of(await ask(stub, user("#say:Stay."))) == "Stay."
