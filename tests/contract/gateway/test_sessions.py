"""Which keys name a session, and which agents there are."""

from __future__ import annotations

import pytest

from tests.contract.gateway.gateways import AGENTS
from tests.contract.gateway.probe import Probe, turn_params
from tests.contract.gateway.test_turns import text_of


async def test_agents(probe: Probe) -> None:
    """agents.list: the agents, the default one first"""
    answer = await probe.call("agents.list")
    default, *others = AGENTS
    assert [agent["id"] for agent in answer["agents"]] == [default, *sorted(others)]
    assert answer["defaultId"] == "main"
    assert answer["mainKey"] == "main"
    assert {agent["name"] for agent in answer["agents"]} >= {"Jarvis", "Sage"}


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("chat.send", {"message": "#say:No.", "idempotencyKey": "malformed"}),
        ("chat.abort", {}),
        ("chat.history", {}),
    ],
)
@pytest.mark.parametrize("key", ["agent:x", "agent::x"])
async def test_malformed_key(probe: Probe, method: str, more: dict[str, str], key: str) -> None:
    """a malformed session key is refused"""
    error = await probe.refusal(method, {"sessionKey": key, **more})
    assert error["code"] == "INVALID_REQUEST"
    assert error["message"] == f'malformed session key "{key}"'


async def test_unknown_agent(probe: Probe) -> None:
    """an unknown agent: no turn, an empty history, nothing to abort"""
    key = "agent:nobody:discord:dm:1"
    error = await probe.refusal("chat.send", turn_params(key, "#say:No.", "run-nobody"))
    assert error["code"] == "INVALID_REQUEST"
    assert error["message"] == 'Agent "nobody" no longer exists in configuration'
    assert (await probe.call("chat.history", {"sessionKey": key}))["messages"] == []
    assert (await probe.call("chat.abort", {"sessionKey": key}))["aborted"] is False


@pytest.mark.parametrize(
    "rest",
    [
        "discord:dm:{n}",
        "discord:dm:{n}:guild:7",
        "discord:channel:{n}",
        "discord:channel:{n}:thread:7",
        "discord:guild:{n}",
        "discord:guild:{n}:voice:8:user:7",
    ],
)
async def test_key_shapes(probe: Probe, session: str, rest: str) -> None:
    """keys of all our session scopes are accepted and kept unchanged"""
    key = "agent:jarvis:" + rest.format(n=session.rsplit(":", 1)[-1])
    final = await probe.end(await probe.turn(key, "#say:Here."))
    assert final["sessionKey"] == key
    assert text_of(final) == "Here."


async def test_lower_case(probe: Probe, session: str) -> None:
    """keys are kept in lower case"""
    final = await probe.end(await probe.turn(session.upper().replace("AGENT", "agent"), "#say:Hm."))
    assert final["sessionKey"] == session


async def test_key_without_agent(probe: Probe, session: str) -> None:
    """a key without an agent belongs to the agent of agentId"""
    rest = session.removeprefix("agent:jarvis:")
    final = await probe.end(await probe.turn(rest, "#say:Hm.", agentId="sage"))
    assert final["sessionKey"] == f"agent:sage:{rest}"


async def test_contradiction(probe: Probe, session: str) -> None:
    """an agentId that contradicts the key is refused"""
    params = turn_params(session, "#say:No.", f"run-{session}", agentId="sage")
    error = await probe.refusal("chat.send", params)
    assert error["code"] == "INVALID_REQUEST"
    assert 'session key belongs to "jarvis", not "sage"' in error["message"]
