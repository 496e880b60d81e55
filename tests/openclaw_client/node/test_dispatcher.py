"""The dispatcher: refusals, timeouts, rate limit and the audit log."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openclaw_client.errors import BadArguments, ProtocolViolation
from openclaw_client.node.audit import AuditLog
from openclaw_client.node.commands import NodeCommands
from openclaw_client.node.dispatcher import WINDOW_S, Dispatcher, InvokeResult, RateLimit
from openclaw_client.node.voice_commands import VoiceCommands
from openclaw_client.protocol.payloads import InvokeRequest, NodeList
from openclaw_client.protocol.wire import read_payload
from simulators.gateway.params import NodeInvokeResultParams, check_params
from testing.fake_rooms import ALICES, FakeRooms, room
from testing.manual_clock import ManualClock, settle

SECRET = "the password is swordfish"


class DispatcherRig:
    """A dispatcher over fake rooms, and its audit log."""

    def __init__(self, audit: AuditLog, clock: ManualClock, per_minute: int = 3) -> None:
        self.rooms = FakeRooms(room())
        self.clock = clock
        self.audit = audit
        commands = NodeCommands(VoiceCommands(self.rooms, ()).all(), ["voice.say", "voice.status"])
        self.dispatcher = Dispatcher(commands, RateLimit(per_minute), audit, clock)
        self._count = 0

    def invocation(self, command: str = "voice.say", **changes: Any) -> InvokeRequest:
        self._count += 1
        params = changes.pop("params", {"text": SECRET})
        base = {
            "id": f"i{self._count}",
            "nodeId": "n",
            "command": command,
            "paramsJSON": None if params is None else json.dumps(params),
            "timeoutMs": 5000,
            "idempotencyKey": f"k{self._count}",
            "sessionKey": ALICES,
        }
        return InvokeRequest.model_validate(base | changes)

    async def ask(self, *args: Any, **changes: Any) -> InvokeResult:
        return await self.dispatcher.answer(self.invocation(*args, **changes))

    def outcomes(self) -> list[str]:
        lines = self.audit.path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["outcome"] for line in lines]


@pytest.fixture
def rig(tmp_path: Path, clock: ManualClock) -> Iterator[DispatcherRig]:
    with AuditLog(tmp_path / "audit.jsonl", max_bytes=100_000, files_kept=1) as audit:
        yield DispatcherRig(audit, clock)


async def test_a_command_is_executed_and_logged_without_its_text(
    rig: DispatcherRig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answer = await rig.ask()
    assert answer.code is None
    assert answer.payload is not None
    assert answer.payload["outcome"] == "spoken"
    assert rig.outcomes() == ["ok"]
    written = rig.audit.path.read_text(encoding="utf-8") + caplog.text
    assert "swordfish" not in written
    assert "Dinner" not in written


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"command": "system.run"}, "UNAVAILABLE", "command not supported"),
        ({"command": "voice.leave"}, "UNAVAILABLE", "command not supported"),
        ({"params": {}}, "INVALID_REQUEST", "text is missing"),
        ({"params": None}, "INVALID_REQUEST", "text is missing"),
        ({"params": {"text": "x", "guild": "901"}}, "FORBIDDEN", "another server"),
        ({"sessionKey": "agent:x:discord:dm:7"}, "FORBIDDEN", "no member of a call"),
    ],
)
async def test_each_refusal_has_its_code_and_its_reason(
    rig: DispatcherRig, changes: dict[str, Any], code: str, text: str
) -> None:
    answer = await rig.ask(**changes)
    assert answer.code == code
    assert text in answer.message
    assert rig.outcomes() == [code]
    assert rig.rooms.said == []


async def test_an_agent_that_goes_in_circles_is_stopped_for_a_while(rig: DispatcherRig) -> None:
    for _ in range(3):
        assert (await rig.ask()).code is None
    refused = await rig.ask()
    assert refused.code == "RATE_LIMITED"
    assert "the next one in 60 s" in refused.message
    assert (await rig.ask(sessionKey=None)).code is None
    await rig.clock.advance(61)
    assert (await rig.ask()).code is None


async def test_the_same_call_again_speaks_once_and_does_not_count(rig: DispatcherRig) -> None:
    again = [await rig.ask(idempotencyKey="call_7") for _ in range(9)]
    assert len({json.dumps(answer.payload) for answer in again}) == 1
    assert len(rig.rooms.said) == 1
    assert rig.outcomes() == ["ok"] + ["replayed"] * 8
    assert (await rig.ask()).code is None


async def test_what_takes_too_long_is_given_up(rig: DispatcherRig) -> None:
    rig.rooms.hold = asyncio.Event()
    task = asyncio.create_task(rig.ask(timeoutMs=2500))
    await settle()
    await rig.clock.advance(2.4)
    assert not task.done()
    await rig.clock.advance(0.2)
    answer = await task
    assert (answer.code, answer.message) == ("TIMEOUT", "not done within 2.5 s")


@pytest.mark.parametrize("timeout_ms", [None, 0])
async def test_without_a_timeout_the_default_holds(
    rig: DispatcherRig, timeout_ms: int | None
) -> None:
    await rig.ask(timeoutMs=timeout_ms)
    assert rig.rooms.said[0][2] == 29.0


async def test_an_unexpected_error_is_a_result_and_a_traceback_in_the_log(
    rig: DispatcherRig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.rooms.bug = RuntimeError(SECRET)
    answer = await rig.ask()
    assert answer.code == "UNAVAILABLE"
    assert answer.message == "failed unexpectedly: RuntimeError"
    assert "Traceback" in caplog.text


async def test_a_command_that_is_cancelled_is_on_record(rig: DispatcherRig) -> None:
    rig.rooms.hold = asyncio.Event()
    task = asyncio.create_task(rig.ask())
    await settle()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert rig.outcomes() == ["cancelled"]
    assert rig.dispatcher.outcomes == {"cancelled": 1}


def test_answers_are_such_as_the_gateway_takes() -> None:
    invocation = InvokeRequest(id="1", node_id="n", command="voice.say")
    done = InvokeResult({"outcome": "spoken"}).params(invocation)
    failed = InvokeResult(code="INVALID_REQUEST", message="text is missing").params(invocation)
    for params in (done, failed):
        check_params(NodeInvokeResultParams, params, "node.invoke.result")
    assert done["payload"] == {"outcome": "spoken"}
    assert failed["error"] == {"code": "INVALID_REQUEST", "message": "text is missing"}


def test_a_session_may_give_so_many_in_a_minute_and_then_has_to_wait() -> None:
    limit = RateLimit(2)
    assert limit.wait_s("a", 0.0) == 0
    assert limit.wait_s("a", 10.0) == 0
    assert limit.wait_s("a", 20.0) == 40.0
    assert limit.wait_s("a", 59.9) > 0
    assert limit.wait_s("a", WINDOW_S) == 0


def test_one_session_does_not_use_up_anothers() -> None:
    limit = RateLimit(1)
    assert limit.wait_s("a", 0.0) == 0
    assert limit.wait_s(None, 0.0) == 0
    assert limit.wait_s("a", 0.0) > 0


def test_what_was_refused_does_not_count() -> None:
    limit = RateLimit(1)
    limit.wait_s("a", 0.0)
    for second in range(1, 60):
        assert limit.wait_s("a", float(second)) > 0
    assert limit.wait_s("a", WINDOW_S) == 0


def test_sessions_that_were_quiet_longest_are_forgotten() -> None:
    limit = RateLimit(1)
    for number in range(5000):
        limit.wait_s(str(number), 0.0)
    assert len(limit._times) == 1000


SEEN = {
    "id": "57b53bef-6976-4039-ae91-99179c14ced7",
    "nodeId": "2969f502",
    "command": "voice.say",
    "paramsJSON": '{"text":"good evening"}',
    "timeoutMs": 29988,
    "idempotencyKey": "tool_search_code:call_115a75fe8b16:voice_say:1",
    "sessionKey": "agent:jarvis:discord:dm:430812336788349554",
}


def test_a_request_is_read_with_its_arguments_as_text() -> None:
    read = read_payload(InvokeRequest, SEEN, "node.invoke.request")
    assert read.params_json == '{"text":"good evening"}'
    assert (read.timeout_ms, read.session_key) == (29988, SEEN["sessionKey"])


def test_without_arguments_session_or_key_it_is_one_too() -> None:
    read = read_payload(
        InvokeRequest,
        {"id": "1", "nodeId": "n", "command": "voice.status", "paramsJSON": None, "new": True},
        "node.invoke.request",
    )
    assert (read.params_json, read.session_key, read.idempotency_key) == (None, None, None)


def test_one_that_is_none_is_refused_without_its_content() -> None:
    with pytest.raises(ProtocolViolation) as refused:
        read_payload(InvokeRequest, {**SEEN, "command": 7}, "node.invoke.request")
    assert "good evening" not in str(refused.value)


def test_a_list_of_nodes_is_read_for_what_we_need_of_it() -> None:
    row = {"nodeId": "n", "approvalState": "approved", "commands": ["voice.say"], "caps": []}
    (read,) = read_payload(NodeList, {"ts": 1, "nodes": [row]}, "node.list").nodes
    assert (read.commands, read.pending_request_id) == (["voice.say"], None)


def test_a_refusal_carries_its_code() -> None:
    answer = InvokeResult.refused(BadArguments("text is missing"))
    assert (answer.code, answer.message) == ("INVALID_REQUEST", "text is missing")
