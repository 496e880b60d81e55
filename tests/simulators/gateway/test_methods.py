"""chat.send and its neighbours, as the real Gateway was seen to answer them."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.gateway import GatewaySimulator
from tests.simulators.gateway.raw_client import RawClient, greeted

KEY = "agent:jarvis:discord:dm:1"
TIME = "It is half past seven, sir."


def turn(run: str, message: str = "What time is it?", **more: Any) -> dict[str, Any]:
    return {"sessionKey": KEY, "message": message, "idempotencyKey": run, **more}


def texts(payloads: list[dict[str, Any]], state: str) -> list[str | None]:
    """The message texts of all events of that state."""
    return [
        payload["message"]["content"][0]["text"] if "message" in payload else None
        for payload in payloads
        if payload["state"] == state
    ]


async def started(client: RawClient, run: str, message: str = "x", **more: Any) -> dict[str, Any]:
    answer = await client.ask("chat.send", turn(run, message, **more))
    assert answer["ok"], answer
    payload: dict[str, Any] = answer["payload"]
    return payload


@pytest.fixture
def lenient(gateway: GatewaySimulator) -> GatewaySimulator:
    gateway._strict = False
    return gateway


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sessionKey": "agent:x"}, 'malformed session key "agent:x"'),
        ({"sessionKey": "agent::x"}, 'malformed session key "agent::x"'),
        (
            {"sessionKey": "agent:nobody:discord:dm:1"},
            'Agent "nobody" no longer exists in configuration',
        ),
        ({"message": "  "}, "message or attachment required"),
        (
            {"agentId": "sage"},
            "Multiple agents are configured, but session agent resolution has no explicit owner. "
            'The agent-scoped session key belongs to "jarvis", not "sage".',
        ),
    ],
)
async def test_turns_that_cannot_be(
    gateway: GatewaySimulator, changes: dict[str, Any], message: str
) -> None:
    async with greeted(gateway.url) as client:
        answer = await client.ask("chat.send", turn("r") | changes)
    assert answer["error"] == {"code": "INVALID_REQUEST", "message": message}


async def test_an_unknown_field(lenient: GatewaySimulator) -> None:
    async with greeted(lenient.url) as client:
        answer = await client.ask("chat.send", turn("r", speaker="Alice"))
    assert answer["error"]["message"] == (
        "invalid chat.send params: at root: unexpected property 'speaker'"
    )
    assert lenient.violations == [answer["error"]["message"]]


@pytest.mark.parametrize(
    ("scopes", "method", "missing"),
    [
        (["operator.read"], "chat.send", "operator.write"),
        (["operator.pairing"], "agents.list", "operator.read"),
        (["operator.read", "operator.write"], "no.such.method", "operator.admin"),
    ],
)
async def test_missing_rights(
    gateway: GatewaySimulator, scopes: list[str], method: str, missing: str
) -> None:
    async with greeted(gateway.url, scopes=scopes) as client:
        answer = await client.ask(method, {})
    assert answer["error"] == {
        "code": "FORBIDDEN",
        "message": f"missing scope: {missing}",
        "details": {
            "code": "MISSING_SCOPE",
            "missingScope": missing,
            "requiredScopes": [missing],
        },
    }


async def test_fields_that_need_admin(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        answer = await client.ask("chat.send", turn("r", suppressCommandInterpretation=True))
    assert answer["error"]["details"]["missingScope"] == "operator.admin"


async def test_an_admin_learns_that_there_is_no_such_method(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url, scopes=["operator.admin"]) as client:
        answer = await client.ask("no.such.method", {})
    assert answer["error"]["message"] == "unknown method: no.such.method"


# -- keys ------------------------------------------------------------------------------------------


async def test_keys_are_lower_case_and_get_their_agent(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        for number, changes in enumerate(
            [
                {"sessionKey": "agent:JARVIS:Discord:DM:ABC"},
                {"sessionKey": "discord:dm:1"},
                {"sessionKey": "discord:dm:1", "agentId": "sage"},
            ]
        ):
            await client.ask("chat.send", turn(f"r{number}") | changes)
            await client.until("final", f"r{number}")
    assert [run.session.key for run in gateway.runs] == [
        "agent:jarvis:discord:dm:abc",
        "agent:jarvis:discord:dm:1",
        "agent:sage:discord:dm:1",
    ]


# -- idempotency -----------------------------------------------------------------------------------


async def test_the_same_turn_again(gateway: GatewaySimulator) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    async with greeted(gateway.url) as client, greeted(gateway.url) as other:
        assert await started(client, "r") == {"runId": "r", "status": "started"}
        await pause.reached.wait()
        assert await started(client, "r") == {"runId": "r", "status": "in_flight"}
        pause.resume()
        await client.until("final", "r")
        assert await started(other, "r") == {"runId": "r", "status": "ok"}
    assert len(gateway.runs) == 1


async def test_another_turn_under_the_same_key(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        await started(client, "r")
        answer = await client.ask("chat.send", turn("r", "something else"))
    assert answer["error"]["details"] == {"reason": "chat-request-conflict"}


async def test_a_failed_turn_again(gateway: GatewaySimulator) -> None:
    gateway.faults.fail_run("no credit left")
    async with greeted(gateway.url) as client:
        await started(client, "r")
        await client.until("error", "r")
        answer = await client.ask("chat.send", turn("r", "x"))
    assert answer["ok"] is False
    assert (answer["payload"]["runId"], answer["payload"]["status"]) == ("r", "error")
    assert "no credit left" in answer["payload"]["summary"]
    assert answer["error"]["code"] == "UNAVAILABLE"


# -- a second message while a run is going ---------------------------------------------------------


async def test_steer_the_answer_comes_under_the_first_runs_id(gateway: GatewaySimulator) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    async with greeted(gateway.url) as client:
        await started(client, "a", "Who are you?")
        await pause.reached.wait()
        assert await started(client, "b", "What time is it?") == {
            "runId": "b",
            "status": "started",
        }
        pause.resume()
        assert "message" not in await client.until("final", "b")
        await client.until("final", "a")
        assert texts(client.chat("b"), "final") == [None]
        assert texts(client.chat("a"), "final") == [f"I am Jarvis, at your service.\n\n{TIME}"]
        assert await started(client, "b", "What time is it?") == {"runId": "b", "status": "ok"}


@pytest.mark.parametrize("mode", ["followup", "collect"])
async def test_followup_the_answer_comes_under_an_id_that_nobody_knows(
    gateway: GatewaySimulator, mode: str
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    async with greeted(gateway.url) as client:
        await started(client, "a", "Who are you?")
        await pause.reached.wait()
        await started(client, "b", "What time is it?", queueMode=mode)
        assert "message" not in await client.until("final", "b")
        pause.resume()
        await client.until("final", "a")
        stranger = gateway.runs[-1].id
        assert stranger not in ("a", "b")
        final = await client.until("final", stranger)
        assert final["message"]["content"][0]["text"] == TIME


async def test_interrupt_ends_the_first_and_runs_the_second(gateway: GatewaySimulator) -> None:
    pause = gateway.faults.pause_run(after_words=2)
    async with greeted(gateway.url) as client:
        await started(client, "a", "Who are you?")
        await pause.reached.wait()
        assert await started(client, "b", "What time is it?", queueMode="interrupt") == {
            "runId": "b",
            "status": "started",
            "interruptedActiveRun": True,
        }
        (aborted,) = [event for event in client.chat("a") if event["state"] == "aborted"]
        assert aborted["stopReason"] == "aborted"
        assert aborted["message"]["content"][0]["text"] == "I am"
        final = await client.until("final", "b")
        assert final["message"]["content"][0]["text"] == TIME
        history = (await client.ask("chat.history", {"sessionKey": KEY}))["payload"]["messages"]
    assert [{"type": "text", "text": "I am"}] not in [entry["content"] for entry in history]


# -- aborts ----------------------------------------------------------------------------------------


async def test_an_abort_event_comes_before_its_answer(gateway: GatewaySimulator) -> None:
    pause = gateway.faults.pause_run(after_words=2)
    async with greeted(gateway.url) as client:
        await started(client, "a", "Who are you?")
        await pause.reached.wait()
        answer = await client.ask("chat.abort", {"sessionKey": KEY, "runId": "a"})
        assert answer["payload"] == {"ok": True, "aborted": True, "runIds": ["a"]}
        (aborted,) = [event for event in client.chat("a") if event["state"] == "aborted"]
        assert aborted["stopReason"] == "rpc"
        history = (await client.ask("chat.history", {"sessionKey": KEY}))["payload"]["messages"]
        assert history[-1]["content"] == [{"type": "text", "text": "I am"}]


@pytest.mark.parametrize("params", [{"sessionKey": KEY}, {"sessionKey": KEY, "runId": "zz"}])
async def test_an_abort_of_nothing(gateway: GatewaySimulator, params: dict[str, Any]) -> None:
    async with greeted(gateway.url) as client:
        answer = await client.ask("chat.abort", params)
    assert answer["payload"] == {"ok": True, "aborted": False, "runIds": []}


async def test_somebody_elses_run(gateway: GatewaySimulator) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    async with greeted(gateway.url) as client, greeted(gateway.url) as other:
        await started(client, "a")
        await pause.reached.wait()
        answer = await other.ask("chat.abort", {"sessionKey": KEY, "runId": "a"})
        assert answer["error"] == {"code": "INVALID_REQUEST", "message": "unauthorized"}
        async with greeted(gateway.url, scopes=["operator.admin"]) as admin:
            answer = await admin.ask("chat.abort", {"sessionKey": KEY, "runId": "a"})
            assert answer["payload"]["aborted"] is True


# -- commands --------------------------------------------------------------------------------------


async def test_a_text_that_begins_with_a_slash_never_reaches_the_agent(
    gateway: GatewaySimulator,
) -> None:
    async with greeted(gateway.url) as client:
        await client.ask("chat.send", turn("r", "/status"))
    assert gateway.commands == ["/status"]
    assert gateway.runs == []


async def test_stop_as_a_message(gateway: GatewaySimulator) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    async with greeted(gateway.url) as client:
        await started(client, "a")
        await pause.reached.wait()
        await started(client, "b", "/stop")
        (aborted,) = [event for event in client.chat("a") if event["state"] == "aborted"]
        assert aborted["stopReason"] == "stop"


async def test_directives_are_found_anywhere(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        await started(client, "a", "Please /model evil and/or 24/7 http://a/model go\n/think high")
    assert gateway.commands == ["/model", "/think"]


# -- the rest --------------------------------------------------------------------------------------


async def test_history_shows_a_run_in_flight(gateway: GatewaySimulator) -> None:
    pause = gateway.faults.pause_run(after_words=2)
    async with greeted(gateway.url) as client:
        await started(client, "a", "Who are you?")
        await pause.reached.wait()
        history = (await client.ask("chat.history", {"sessionKey": KEY}))["payload"]
        assert history["inFlightRun"]["runId"] == "a"
        assert history["inFlightRun"]["text"] == "I am"
        assert [entry["content"] for entry in history["messages"]] == ["Who are you?"]
        pause.resume()
        await client.until("final", "a")
        history = (await client.ask("chat.history", {"sessionKey": KEY, "limit": 1}))["payload"]
    assert "inFlightRun" not in history
    assert history["messages"][0]["role"] == "assistant"
    assert history["hasMore"] is True


async def test_history_is_cut_unless_asked_for_whole(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        words = "word " * 2_000
        await started(client, "a", words)
        await client.until("final", "a")
        short = (await client.ask("chat.history", {"sessionKey": KEY}))["payload"]["messages"][0]
        assert short["content"] == words[:8_000] + "\n...(truncated)..."
        assert short["idempotencyKey"] == "a:user"
        whole = {"sessionKey": KEY, "maxChars": 500_000}
        messages = (await client.ask("chat.history", whole))["payload"]["messages"]
        assert messages[0]["content"] == words


async def test_waiting_for_the_end_of_a_run(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        await started(client, "a", "Who are you?")
        answer = (await client.ask("agent.wait", {"runId": "a"}))["payload"]
        assert answer["status"] == "ok"
        assert answer["terminalReply"]["text"] == "I am Jarvis, at your service."
        gateway.faults.fail_run("no credit left")
        await started(client, "b")
        answer = (await client.ask("agent.wait", {"runId": "b"}))["payload"]
        assert answer["status"] == "error"
        assert "no credit left" in answer["error"]
        gateway.faults.silence_run()
        await started(client, "c")
        await client.ask("chat.abort", {"sessionKey": KEY, "runId": "c"})
        answer = (await client.ask("agent.wait", {"runId": "c"}))["payload"]
        assert (answer["status"], answer["stopReason"]) == ("error", "rpc")


async def test_a_run_that_goes_on_and_one_that_never_was_look_the_same(
    gateway: GatewaySimulator,
) -> None:
    gateway.faults.silence_run()
    async with greeted(gateway.url) as client:
        await started(client, "a")
        for run in ("a", "nobody"):
            answer = (await client.ask("agent.wait", {"runId": run, "timeoutMs": 0}))["payload"]
            assert answer == {"runId": run, "status": "timeout"}


async def test_wrong_params_of_an_answer_that_takes_its_time(lenient: GatewaySimulator) -> None:
    async with greeted(lenient.url) as client:
        answer = await client.ask("agent.wait", {"timeoutMs": "0"})
    assert answer["error"]["code"] == "INVALID_REQUEST"
    assert lenient.violations


async def test_agents(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        payload = (await client.ask("agents.list", {}))["payload"]
    assert payload["defaultId"] == "jarvis"
    assert [agent["id"] for agent in payload["agents"]] == ["jarvis", "sage"]
