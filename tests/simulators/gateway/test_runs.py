"""The events of a run, and the faults that can be planned for one."""

from __future__ import annotations

import asyncio

import pytest

from simulators.gateway import GatewaySimulator, default_agents
from testing.gateways import TOKEN
from testing.manual_clock import ManualClock, settle
from tests.simulators.gateway.raw_client import RawClient, greeted

KEY = "agent:jarvis:discord:dm:1"
JARVIS = "I am Jarvis, at your service."


async def run_to_the_end(client: RawClient, run: str, state: str = "final") -> None:
    params = {"sessionKey": KEY, "message": "Who are you?", "idempotencyKey": run}
    assert (await client.ask("chat.send", params))["ok"]
    await client.until(state, run)


def deltas(client: RawClient, run: str) -> list[str]:
    return [event["deltaText"] for event in client.chat(run) if event["state"] == "delta"]


async def test_the_events_of_a_run(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        await run_to_the_end(client, "r")
    states = [event["state"] for event in client.chat("r")]
    assert states == ["status"] * 3 + ["delta"] * 6 + ["final"]
    assert "".join(deltas(client, "r")) == JARVIS
    whole = ""
    for event in client.chat("r"):
        if event["state"] == "delta":
            whole += event["deltaText"]
            assert event["message"]["content"][0]["text"] == whole
    assert any(frame["event"] == "agent" for frame in client.events)


async def test_an_agent_in_no_hurry_is_heard_at_most_every_75_ms() -> None:
    """Words every 40 ms: the first at once, then two at a time, the rest before `final`."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    agents = default_agents(first_token_s=0.3, between_words_s=0.04)
    async with (
        GatewaySimulator(token=TOKEN, agents=agents, sleep=sleep) as gateway,
        greeted(gateway.url) as client,
    ):
        await run_to_the_end(client, "r")
    assert deltas(client, "r") == ["I", " am Jarvis,", " at your", " service."]
    assert slept == [0.3] + [0.04] * 5


async def test_an_agent_that_answers_at_once() -> None:
    async with GatewaySimulator(token=TOKEN) as gateway, greeted(gateway.url) as client:
        await run_to_the_end(client, "r")
    assert deltas(client, "r") == ["I", " am Jarvis, at your service."]


async def test_everyone_who_may_read_hears_every_run(gateway: GatewaySimulator) -> None:
    async with (
        greeted(gateway.url) as client,
        greeted(gateway.url, scopes=["operator.read"]) as reader,
        greeted(gateway.url, scopes=["operator.pairing"]) as deaf,
        greeted(gateway.url, caps=["session-scoped-events"]) as scoped,
    ):
        await run_to_the_end(client, "r")
        await reader.until("final", "r")
        for other in (deaf, scoped):
            gateway.tick()
            while (await other.frame())["event"] != "tick":
                pass
            assert other.chat("r") == []


async def test_an_error_comes_twice(gateway: GatewaySimulator) -> None:
    gateway.faults.fail_run("no credit", kind="rate_limit", after_words=2)
    async with greeted(gateway.url) as client:
        await run_to_the_end(client, "r", "error")
        second = await client.until("error", "r")
    first = client.chat("r")[-2]
    assert (first["errorMessage"], first["errorKind"]) == ("no credit", "rate_limit")
    assert second["errorMessage"].startswith("⚠️ Agent failed before reply: no credit\n")
    assert "errorKind" not in second
    assert "agentId" not in second
    assert "".join(deltas(client, "r")) == "I am"


async def test_a_broken_model_stream(gateway: GatewaySimulator) -> None:
    gateway.faults.restart_run(after_words=2)
    async with greeted(gateway.url) as client:
        await run_to_the_end(client, "r")
    events = [event for event in client.chat("r") if event["state"] == "delta"]
    assert [event.get("replace", False) for event in events[:4]] == [False, False, True, False]
    assert events[2]["deltaText"] == ""
    assert "".join(event["deltaText"] for event in events[3:]) == JARVIS


async def test_a_slow_model(gateway: GatewaySimulator) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    gateway._runner._sleep = sleep
    gateway.faults.delay_run(12.0)
    async with greeted(gateway.url) as client:
        await run_to_the_end(client, "r")
    assert slept[0] == 12.0


async def test_a_silent_model_runs_out_of_time(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.silence_run()
    async with greeted(gateway.url) as client:
        params = {"sessionKey": KEY, "message": "Hi", "idempotencyKey": "r", "timeoutMs": 2_000}
        await client.ask("chat.send", params)
        await settle()
        await clock.advance(2.1)
        error = await client.until("error", "r")
    assert error["errorKind"] == "timeout"
    assert gateway.runs[0].status == "error"


async def test_a_lost_delta(gateway: GatewaySimulator) -> None:
    gateway.faults.lose_delta(1)
    async with greeted(gateway.url) as client:
        await run_to_the_end(client, "r")
    assert "".join(deltas(client, "r")) == JARVIS.replace(" am", "")


async def test_a_final_twice_and_a_final_without_message(gateway: GatewaySimulator) -> None:
    gateway.faults.repeat_terminal()
    gateway.faults.bare_final()
    async with greeted(gateway.url) as client:
        await run_to_the_end(client, "r")
        await client.until("final", "r")
        await run_to_the_end(client, "s")
    assert "message" not in client.chat("s")[-1]


async def test_a_run_goes_on_while_its_client_is_away(gateway: GatewaySimulator) -> None:
    gateway.faults.drop_in_run(after_words=2)
    async with greeted(gateway.url) as client:
        params = {"sessionKey": KEY, "message": "Who are you?", "idempotencyKey": "r"}
        await client.ask("chat.send", params)
        assert (await client.closed())[0] == 1006
    await gateway.wait_for(lambda: gateway.runs[0].status == "ok")
    assert "".join(deltas(client, "r")) == "I am"


@pytest.mark.parametrize("faults", [1, 3])
async def test_faults_are_for_one_run_each(gateway: GatewaySimulator, faults: int) -> None:
    for _ in range(faults):
        gateway.faults.fail_run("no")
    async with greeted(gateway.url) as client:
        for number in range(faults):
            await run_to_the_end(client, f"r{number}", "error")
        await run_to_the_end(client, "last")
