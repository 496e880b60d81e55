"""From a command to its answer: what is refused, how long it may take, what is on record."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openclaw_client.node.audit import AuditLog
from openclaw_client.node.commands import NodeCommands
from openclaw_client.node.dispatch import Dispatcher
from openclaw_client.node.invocation import Answer, Invocation
from openclaw_client.node.rate_limit import RateLimit
from openclaw_client.node.voice import VoiceCommands
from simulators.gateway.params import NodeInvokeResultParams, check_params
from testing.manual_clock import ManualClock, settle
from tests.openclaw_client.node.fake_rooms import ALICES, FakeRooms, room

SECRET = "the password is swordfish"


class Desk:
    """A dispatcher over fake rooms, and its audit log."""

    def __init__(self, audit: AuditLog, clock: ManualClock, per_minute: int = 3) -> None:
        self.rooms = FakeRooms(room())
        self.clock = clock
        self.audit = audit
        commands = NodeCommands(VoiceCommands(self.rooms, ()).all(), ["voice.say", "voice.status"])
        self.dispatcher = Dispatcher(commands, RateLimit(per_minute), audit, clock)
        self._count = 0

    def invocation(self, command: str = "voice.say", **changes: Any) -> Invocation:
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
        return Invocation.model_validate(base | changes)

    async def ask(self, *args: Any, **changes: Any) -> Answer:
        return await self.dispatcher.answer(self.invocation(*args, **changes))

    def outcomes(self) -> list[str]:
        lines = self.audit.path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["outcome"] for line in lines]


@pytest.fixture
def desk(tmp_path: Path, clock: ManualClock) -> Iterator[Desk]:
    with AuditLog(tmp_path / "audit.jsonl", max_bytes=100_000, files_kept=1) as audit:
        yield Desk(audit, clock)


async def test_a_command_is_obeyed_and_recorded_without_its_words(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answer = await desk.ask()
    assert answer.code is None
    assert answer.payload is not None
    assert answer.payload["outcome"] == "spoken"
    assert desk.outcomes() == ["ok"]
    written = desk.audit.path.read_text(encoding="utf-8") + caplog.text
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
    desk: Desk, changes: dict[str, Any], code: str, text: str
) -> None:
    answer = await desk.ask(**changes)
    assert answer.code == code
    assert text in answer.message
    assert desk.outcomes() == [code]
    assert desk.rooms.said == []


async def test_an_agent_that_goes_in_circles_is_stopped_for_a_while(desk: Desk) -> None:
    for _ in range(3):
        assert (await desk.ask()).code is None
    refused = await desk.ask()
    assert refused.code == "RATE_LIMITED"
    assert "the next one in 60 s" in refused.message
    assert (await desk.ask(sessionKey=None)).code is None
    await desk.clock.advance(61)
    assert (await desk.ask()).code is None


async def test_the_same_call_again_speaks_once_and_does_not_count(desk: Desk) -> None:
    again = [await desk.ask(idempotencyKey="call_7") for _ in range(9)]
    assert len({json.dumps(answer.payload) for answer in again}) == 1
    assert len(desk.rooms.said) == 1
    assert desk.outcomes() == ["ok"] + ["replayed"] * 8
    assert (await desk.ask()).code is None


async def test_what_takes_too_long_is_given_up(desk: Desk) -> None:
    desk.rooms.hold = asyncio.Event()
    task = asyncio.create_task(desk.ask(timeoutMs=2500))
    await settle()
    await desk.clock.advance(2.4)
    assert not task.done()
    await desk.clock.advance(0.2)
    answer = await task
    assert (answer.code, answer.message) == ("TIMEOUT", "not done within 2.5 s")


@pytest.mark.parametrize("timeout_ms", [None, 0])
async def test_without_a_limit_the_usual_one_holds(desk: Desk, timeout_ms: int | None) -> None:
    await desk.ask(timeoutMs=timeout_ms)
    assert desk.rooms.said[0][2] == 29.0


async def test_what_nobody_foresaw_is_an_answer_too_and_a_traceback_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.rooms.bug = RuntimeError(SECRET)
    answer = await desk.ask()
    assert answer.code == "UNAVAILABLE"
    assert answer.message == "failed unexpectedly: RuntimeError"
    assert "Traceback" in caplog.text


async def test_a_command_that_is_cancelled_is_on_record(desk: Desk) -> None:
    desk.rooms.hold = asyncio.Event()
    task = asyncio.create_task(desk.ask())
    await settle()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert desk.outcomes() == ["cancelled"]
    assert desk.dispatcher.outcomes == {"cancelled": 1}


def test_answers_are_such_as_the_gateway_takes() -> None:
    invocation = Invocation(id="1", node_id="n", command="voice.say")
    done = Answer({"outcome": "spoken"}).params(invocation)
    failed = Answer(code="INVALID_REQUEST", message="text is missing").params(invocation)
    for params in (done, failed):
        check_params(NodeInvokeResultParams, params, "node.invoke.result")
    assert done["payload"] == {"outcome": "spoken"}
    assert failed["error"] == {"code": "INVALID_REQUEST", "message": "text is missing"}
