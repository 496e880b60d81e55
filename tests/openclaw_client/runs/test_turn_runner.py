"""Turns over a Gateway: answers, order and interruptions."""

from __future__ import annotations

import asyncio

import pytest

from openclaw_client import (
    OpenClawClient,
    TextDelta,
    TurnAborted,
)
from simulators.gateway import GatewaySimulator
from testing.gateways import config_for
from testing.manual_clock import settle
from tests.openclaw_client.runs.asking import (
    LIFE,
    STORY,
    ask,
    last,
    story,
    words_of,
)

# -- answers ---------------------------------------------------------------------------------------


async def test_an_answer_while_it_is_written(client: OpenClawClient) -> None:
    deltas = [delta async for delta in story(client)]
    assert len(deltas) > 20
    assert "".join(delta.text for delta in deltas) == STORY
    assert not any(delta.replace for delta in deltas)


async def test_a_whole_answer(client: OpenClawClient) -> None:
    assert await ask(client) == LIFE


async def test_what_goes_to_the_gateway(client: OpenClawClient, gateway: GatewaySimulator) -> None:
    await ask(client, speaker=(42, "Alice"), context="Bob is here.", timeout=9.5)
    (params,) = gateway.asked("chat.send")
    assert params["sessionKey"] == "agent:sage:discord:dm:42"
    assert params["idempotencyKey"] == last(gateway).id
    assert params["queueMode"] == "interrupt"
    assert params["timeoutMs"] == 9_500
    heard = last(gateway).heard
    assert heard.words == "What is the meaning of life?"
    assert heard.speaker == ("42", "Alice")
    assert heard.context == "Bob is here."


async def test_nothing_is_sent_before_the_first_step(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    stream = story(client)
    await settle()
    assert not gateway.asked("chat.send")
    await stream.aclose()
    assert not gateway.asked("chat.send")


async def test_each_turn_hears_its_own_run_only(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    """The Gateway tells every connection of every session."""
    async with OpenClawClient(config_for(gateway.url)) as other:
        answers = await asyncio.gather(
            client.send_message("sage", "Tell me a story.", speaker="alice"),
            client.send_message("jarvis", "What time is it?", speaker="alice"),
            other.send_message("jarvis", "Who are you?", speaker="bob"),
        )
    assert list(answers) == [
        STORY,
        "It is half past seven, sir.",
        "I am Jarvis, at your service.",
    ]


async def test_a_broken_model_stream_replaces_the_text(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.restart_run(after_words=3)
    deltas = [delta async for delta in story(client)]
    assert TextDelta("", replace=True) in deltas
    assert deltas[:3] == [TextDelta("Once"), TextDelta(" upon"), TextDelta(" a")]
    gateway.faults.restart_run(after_words=3)
    assert await ask(client) == LIFE


async def test_a_lost_delta_costs_no_word(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.lose_delta(2)
    assert await ask(client) == LIFE


async def test_a_final_without_its_message(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.bare_final()
    assert await ask(client) == LIFE


async def test_a_second_final_does_not_touch_the_next_turn(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.repeat_terminal()
    assert await ask(client) == LIFE
    assert await client.send_message("sage", "Tell me a story.", speaker="alice") == STORY


async def test_a_malformed_event_of_our_run_is_dropped(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=2)
    asking = asyncio.create_task(ask(client))
    await pause.reached.wait()
    payloads: list[object] = [[], {"runId": 7}, {"runId": last(gateway).id, "state": 5}]
    for payload in payloads:
        gateway.broadcast("chat", payload)
    pause.resume()
    assert await asking == LIFE
    assert client.stats.frames_bad == 3


# -- order -----------------------------------------------------------------------------------------


async def test_the_second_turn_of_a_session_waits_for_the_first(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    first = asyncio.create_task(ask(client))
    await pause.reached.wait()
    second = asyncio.create_task(client.send_message("sage", "Who are you?", speaker="alice"))
    await settle()
    assert len(gateway.runs) == 1
    pause.resume()
    assert await first == LIFE
    assert await second == "I am Sage, and I have all the time in the world."
    assert [run.status for run in gateway.runs] == ["ok", "ok"]


async def test_the_session_is_free_when_the_run_ends_not_when_it_was_read(
    client: OpenClawClient,
) -> None:
    reading = story(client)
    await anext(reading)
    assert await ask(client) == LIFE
    assert "Once" + "".join([delta.text async for delta in reading]) == STORY


async def test_sessions_do_not_wait_for_each_other(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    slow = asyncio.create_task(ask(client))
    await pause.reached.wait()
    assert await ask(client, speaker="bob") == LIFE
    assert await client.send_message("jarvis", "Hi", speaker="alice") == "Very well, sir."
    pause.resume()
    assert await slow == LIFE


async def test_an_interruption_takes_the_place_of_the_running_turn(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=3)
    stream = story(client)
    assert await words_of(stream, 3) == "Once upon a"
    await pause.reached.wait()
    assert await ask(client, interrupt=True) == LIFE
    with pytest.raises(TurnAborted, match="newer turn") as aborted:
        await anext(stream)
    assert aborted.value.partial == "Once upon a"
    assert [run.status for run in gateway.runs] == ["aborted", "ok"]
    # chat.abort, not queueMode: only so the half answer stays in the agent's memory.
    history = [entry["content"] for entry in gateway.runs[0].session.history]
    assert [{"type": "text", "text": "Once upon a"}] in history


async def test_an_interruption_leaves_other_peoples_questions_waiting(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    running = asyncio.create_task(ask(client))
    await pause.reached.wait()
    waiting = asyncio.create_task(client.send_message("sage", "Who are you?", speaker="alice"))
    await settle()
    urgent = asyncio.create_task(
        client.send_message("sage", "Who wrote that book?", speaker="alice", interrupt=True)
    )
    with pytest.raises(TurnAborted):
        await running
    assert await urgent == "It was written by a wise old woman."
    assert await waiting == "I am Sage, and I have all the time in the world."
    assert [run.heard.words for run in gateway.runs[1:]] == ["Who wrote that book?", "Who are you?"]


async def test_of_two_interruptions_the_later_counts(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    running = asyncio.create_task(ask(client))
    await pause.reached.wait()
    earlier = asyncio.create_task(ask(client, interrupt=True))
    await asyncio.sleep(0)
    later = asyncio.create_task(ask(client, interrupt=True))
    outcomes = await asyncio.gather(running, earlier, later, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [TurnAborted, TurnAborted, str]
    assert len(gateway.runs) == 2


# -- what must not become a command ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name", "context"),
    [
        ("/stop", "Alice", ""),
        ("Please /model gpt and go on", "Alice", ""),
        ("Hello", "/elevated full", ""),
        ("Hello", "Alice", "Bob said: /think high"),
        ("Hello", "Alice", "/status"),
    ],
)
async def test_no_speech_and_no_name_is_a_gateway_command(
    client: OpenClawClient, gateway: GatewaySimulator, words: str, name: str, context: str
) -> None:
    await client.send_message("jarvis", words, context=context, speaker=("42", name))
    assert last(gateway).status == "ok"
    assert gateway.commands == []
