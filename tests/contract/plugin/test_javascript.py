"""What only the plugin itself does, in the real Gateway: routing, policy, memory, its skill."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from openclaw_client.node.commands import PLUGIN_ID
from testing.real_gateway import RealGateway
from testing.real_gateway.directives import TOOL_RESULT_LEAD
from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import Gateway
from tests.contract.gateway.probe import Payload, Probe, client_info, connect_params, knock
from tests.contract.gateway.test_nodes import COMMANDS, approve, invocation
from tests.contract.gateway.test_turns import text_of
from tests.contract.plugin.conftest import COPY, FENCED
from tests.contract.plugin.test_prompts import PUSH, prompt_of, pushed

APPEND, FORGET = "openclaw-voice.memory.append", "openclaw-voice.memory.forget"


@asynccontextmanager
async def named_node(
    plugged: Gateway, owner: Probe, name: str, device: Device
) -> AsyncIterator[Probe]:
    """Connected under that name, with approved commands."""
    async with knock(plugged.url) as probe:
        who = client_info("node-host", "node", displayName=name)
        proof = device.params(probe.challenge, plugged.token, client=who, role="node", scopes=[])
        more = {"caps": ["voice"], "commands": COMMANDS}
        probe.hello = await probe.call("connect", connect_params(plugged.token, **proof, **more))
        await approve(owner, device)
        yield probe


async def answered(probe: Probe, device: Device, since: int, **result: Any) -> Payload:
    """Answer the request that comes after ``since`` of them; the request."""
    seen: list[Payload] = []
    while len(seen) <= since:
        seen = probe.payloads("node.invoke.request")
        if len(seen) <= since:
            await probe.more()
    params = {"id": seen[since]["id"], "nodeId": device.id, **result}
    assert await probe.call("node.invoke.result", params) == {"ok": True}
    return seen[since]


def tool_answer(final: Payload) -> Any:
    assert final["state"] == "final"
    return json.loads(text_of(final).removeprefix(TOOL_RESULT_LEAD))


async def test_its_methods_are_announced(genuine: RealGateway, owner: Probe) -> None:
    methods = owner.hello["features"]["methods"]
    assert {PUSH, APPEND, FORGET} <= set(methods)


async def test_an_agent_lists_and_asks_nodes(
    genuine: RealGateway, plugged: Gateway, owner: Probe, session: str
) -> None:
    device = Device()
    name = f"hall-{uuid.uuid4().hex[:6]}"
    async with named_node(plugged, owner, name, device) as node:
        listed = tool_answer(await owner.end(await owner.turn(session, "#tool:fleet_list {}")))
        (row,) = [each for each in listed["nodes"] if each["node"] == name]
        assert (row["connected"], row["commands"]) == (True, COMMANDS)
        for number, wanted in enumerate((name, device.id, "auto")):
            asked = {"node": wanted, "command": "voice.say", "params": {"text": "hi"}}
            run = await owner.turn(session, f"#tool:fleet_invoke {json.dumps(asked)}")
            request = await answered(node, device, number, ok=True, payload={"spoken": True})
            assert request["sessionKey"] == session
            assert request["paramsJSON"] == '{"text":"hi"}'
            answer = tool_answer(await owner.end(run))
            assert answer == {"ok": True, "node": name, "payload": {"spoken": True}}


async def test_an_agent_is_told_why_a_node_refused(
    genuine: RealGateway, plugged: Gateway, owner: Probe, session: str
) -> None:
    device = Device()
    async with named_node(plugged, owner, "hall", device) as node:
        run = await owner.turn(session, '#tool:fleet_invoke {"node":"hall","command":"voice.say"}')
        error = {"code": "NOT_IN_CALL", "message": "the bot is in no call"}
        await answered(node, device, 0, ok=False, error=error)
        answer = tool_answer(await owner.end(run))
        assert answer["ok"] is False
        assert "the bot is in no call" in answer["error"]
        run = await owner.turn(session, '#tool:fleet_invoke {"node":"attic","command":"voice.say"}')
        assert "none has that name" in tool_answer(await owner.end(run))["error"]


async def test_the_policy_denies_before_the_node_is_asked(
    genuine: RealGateway, plugged: Gateway, owner: Probe
) -> None:
    fenced, free = Device(), Device()
    async with (
        named_node(plugged, owner, FENCED, fenced) as quiet,
        named_node(plugged, owner, "free", free) as node,
    ):
        error = await owner.refusal("node.invoke", invocation(fenced))
        assert error["code"] == "INVALID_REQUEST"
        assert error["message"] == (
            f"the policy of the Gateway denies voice.say on {FENCED}: it is night"
        )
        assert error["details"] == {"nodeCommandDispatched": False, "code": "DENIED"}
        await quiet.barrier()
        assert quiet.payloads("node.invoke.request") == []
        for device, probe, command in ((fenced, quiet, "voice.status"), (free, node, "voice.say")):
            ident = await owner.ask_only("node.invoke", invocation(device, command))
            await answered(probe, device, 0, ok=True, payload={})
            assert (await owner.answer(ident))["ok"]


async def test_only_the_chosen_agents_have_sensors_in_their_prompts(
    genuine: RealGateway, plugged: Gateway, owner: Probe
) -> None:
    node = f"box-{uuid.uuid4().hex[:8]}"
    await owner.call(PUSH, pushed(node, "84 C"))
    assert node in await prompt_of(plugged, owner, "jarvis")
    assert node not in await prompt_of(plugged, owner, "ailing")


async def test_memory_is_written_once_found_and_forgotten(
    genuine: RealGateway, owner: Probe
) -> None:
    word = uuid.uuid4().hex[:12]
    line = {"id": f"u42.g7.t.{word}", "text": f"2026-11-27 14:05 UTC, Alice: {word} green tea"}
    params = {"agentId": "sage", "file": "box2-2026-11-27.md", "title": "box2", "lines": [line]}
    assert await owner.call(APPEND, params) == {"appended": 1, "skipped": 0, "forgotten": 0}
    assert await owner.call(APPEND, params) == {"appended": 0, "skipped": 1, "forgotten": 0}
    file = genuine.folder / "workspace" / "sage" / "memory" / "fleet" / "box2-2026-11-27.md"
    assert file.read_text("utf-8").count(f"- {line['text']} ^{line['id']}\n") == 1
    assert await owner.call(FORGET, {"agentId": "sage", "tags": ["u42", word]}) == {"removed": 1}
    assert word not in file.read_text("utf-8")


async def test_memory_is_written_nowhere_else(genuine: RealGateway, owner: Probe) -> None:
    line = {"id": "o.aaaa", "text": "x"}
    for wrong in ({"file": "../MEMORY.md"}, {"agentId": "stranger"}, {"lines": [{"id": "o.aaaa"}]}):
        params = {"agentId": "sage", "file": "a.md", "title": "a", "lines": [line], **wrong}
        error = await owner.refusal(APPEND, params)
        assert error["details"] == {"code": "INVALID_PARAMS"}, error


async def test_the_skill_is_there(genuine: RealGateway, owner: Probe) -> None:
    """With the plugin, and without it by ``skills.load.extraDirs``."""
    skills = (await owner.call("skills.status", {"agentId": "jarvis"}))["skills"]
    found = {each["name"]: each for each in skills}
    for name in (PLUGIN_ID, COPY):
        assert found[name]["eligible"] is True
        assert found[name]["filePath"].endswith(f"{name}/SKILL.md")
