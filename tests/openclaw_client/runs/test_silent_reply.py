"""Silent replies give no delta, and every other answer passes unchanged."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_client import OpenClawClient
from openclaw_client.runs.run_reducer import TextDelta
from openclaw_client.runs.silent_reply import SilentReplyFilter, declines, is_silent_reply
from simulators.gateway import GatewaySimulator, ScriptedAnswer
from simulators.gateway.agents import Memory
from testing.gateways import TOKEN, config_for
from testing.manual_clock import ManualClock, instantly
from tests.openclaw_client.runs.asking import ask, lose, reconnect

SILENT = (
    "",
    " \n\t ",
    "NO_REPLY",
    " NO_REPLY\n",
    "no_reply",
    "**NO_REPLY**",
    '"NO_REPLY".',
    "`HEARTBEAT_OK`",
    "HEARTBEAT_OK",
    "NO_REPLY\n\nNO_REPLY",
)
DECLINED = (
    "NOT_FOR_ME",
    "**not_for_me**\n",
    "NOT\\_FOR\\_ME",
    "NOT FOR ME.",
    "NOT-FOR-ME",
    "NOT_FOR_ME: Ann asked Ben.",
    "NOT_FOR_ME" + " because she asked him" * 20,
)
SAID = (
    "No.",
    "NO",
    "No, sir.",
    "H",
    "Heartbeat okay.",
    "NO_REPLY is what I would say to nothing.",
    "NO_REPLYING",
    "Not for me, thanks.",
    "NOT_FOR_MEN",
    "HEARTBEAT_OK, and the door is open.",
    "*No* reply has come.",
    "?",
    "👍",
    "…",
    "  Yes.",
    "NO_REPLY" * 60 + "!",
)


def given_out(pieces: list[str], *, declinable: bool = False) -> str:
    held = SilentReplyFilter(declinable=declinable)
    deltas = [each for piece in pieces for each in held.feed(TextDelta(piece))]
    return "".join(delta.text for delta in (*deltas, *held.finish()))


@pytest.mark.parametrize("text", SILENT)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_word_for_silence_is_never_given_out(text: str, size: int) -> None:
    assert is_silent_reply(text)
    assert given_out([text[i : i + size] for i in range(0, len(text), size)]) == ""


@pytest.mark.parametrize("text", DECLINED)
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_an_agent_that_may_decline_is_silent_when_it_does(text: str, size: int) -> None:
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    assert given_out(pieces, declinable=True) == ""
    assert given_out(pieces) == text


@pytest.mark.parametrize("text", SAID)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_what_only_looks_like_a_refusal_is_said(text: str, size: int) -> None:
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    assert given_out(pieces, declinable=True) == text


@pytest.mark.parametrize("text", SAID)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_what_only_looks_like_it_is_said(text: str, size: int) -> None:
    assert given_out([text[i : i + size] for i in range(0, len(text), size)]) == text


@given(
    st.lists(
        st.text(max_size=6) | st.sampled_from(["NO", "_REPLY", "HEART", "BEAT_OK", "T_FOR_ME", " "])
    )
)
def test_nothing_else_is_lost(pieces: list[str]) -> None:
    whole = "".join(pieces)
    assert given_out(pieces) == ("" if is_silent_reply(whole) else whole)
    silent = is_silent_reply(whole) or declines(whole)
    assert given_out(pieces, declinable=True) == ("" if silent else whole)


def test_an_answer_is_kept_back_no_longer_than_it_may_be_none() -> None:
    held = SilentReplyFilter()
    assert held.feed(TextDelta("No")) == []
    assert held.feed(TextDelta(", sir")) == [TextDelta("No, sir")]
    assert held.feed(TextDelta(". NO_REPLY")) == [TextDelta(". NO_REPLY")]
    assert held.finish() == []


def test_words_that_are_taken_back_for_silence_are_void() -> None:
    held = SilentReplyFilter()
    assert held.feed(TextDelta("Let me")) == [TextDelta("Let me")]
    assert held.feed(TextDelta("NO_", replace=True)) == [TextDelta("", replace=True)]
    assert held.feed(TextDelta("REPLY")) == []
    assert held.finish() == []


def test_words_that_are_taken_back_for_others() -> None:
    held = SilentReplyFilter()
    held.feed(TextDelta("Let me"))
    assert held.feed(TextDelta("It is noon.", replace=True)) == [
        TextDelta("", replace=True),
        TextDelta("It is noon."),
    ]


async def test_a_silence_that_was_chosen_while_the_connection_was_down_is_one(
    clock: ManualClock,
) -> None:
    class Silent:
        id, name = "sage", "Sage"

        def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
            return ScriptedAnswer("NO_REPLY")

    async with (
        GatewaySimulator(token=TOKEN, agents=[Silent()], sleep=instantly, clock=clock) as gateway,
        OpenClawClient(config_for(gateway.url), clock=clock) as client,
    ):
        pause = gateway.faults.pause_run(0)
        asking = asyncio.create_task(ask(client))
        await pause.reached.wait()
        await lose(client, gateway)
        pause.resume()
        await gateway.wait_for(lambda: gateway.runs[-1].ended_at_ms)
        await reconnect(client, clock)
        assert await asyncio.wait_for(asking, 5) == ""
