"""Sensors in the prompts of any session."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from app.fleet.member import fleet_member
from fleet.sensors.readings import Reading
from openclaw_client import OpenClawClient
from settings import Settings
from testing.waiting import eventually
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Payload, Probe
from tests.contract.gateway.test_sensors import PATIENCE_S, Thermometer

PUSH = "openclaw-voice.sensors.push"


def pushed(node: str, text: str) -> Payload:
    return {"node": node, "readings": [{"sensor": "gpu0.temperature", "text": text, "ageMs": 2000}]}


async def prompt_of(plugged: Gateway, owner: Probe, agent: str = "jarvis") -> str:
    """What the model is given in the first turn of a new session."""
    question = f"How warm is it, {uuid.uuid4().hex}?"
    session = f"agent:{agent}:discord:dm:{uuid.uuid4().int % 10**18}"
    await owner.end(await owner.turn(session, question))
    return plugged.told_with(question)


async def test_any_session_has_what_was_pushed_last(plugged: Gateway, owner: Probe) -> None:
    node = f"box-{uuid.uuid4().hex[:8]}"
    assert await owner.call(PUSH, pushed(node, "91 C")) == {"kept": 1}
    assert await owner.call(PUSH, pushed(node, "84 C")) == {"kept": 1}
    told = await prompt_of(plugged, owner)
    assert f"- {node} gpu0.temperature: 84 C (" in told
    assert "91 C" not in told
    assert f"- {node} gpu0.temperature: 84 C (" in await prompt_of(plugged, owner, "sage")
    await owner.call(PUSH, {"node": node, "readings": []})
    assert node not in await prompt_of(plugged, owner)


async def test_an_old_reading_is_not_shown(plugged: Gateway, owner: Probe) -> None:
    node = f"box-{uuid.uuid4().hex[:8]}"
    old = {"sensor": "door", "text": "open", "ageMs": 61_000}
    await owner.call(PUSH, {"node": node, "readings": [old]})
    assert node not in await prompt_of(plugged, owner)


async def test_wrong_params_are_refused(owner: Probe) -> None:
    error = await owner.refusal(PUSH, {"node": "box", "readings": [{"sensor": "a"}]})
    assert error["code"] == "INVALID_REQUEST"
    assert "text" in error["message"]
    error = await owner.refusal(PUSH, {"node": "box", "readings": [], "colour": "red"})
    assert "colour" in error["message"]


async def test_a_push_needs_the_write_scope(plugged: Gateway) -> None:
    async with let_in(plugged, scopes=["operator.read"]) as reader:
        error = await reader.refusal(PUSH, pushed("box", "91 C"))
        assert error["message"] == "missing scope: operator.write"


class Present(Thermometer):
    """Its values are of this moment."""

    async def read(self) -> Sequence[Reading]:
        return [Reading(self.sensor, self.value, "C", time.time())]


async def test_a_machines_sensors_are_pushed_by_themselves(
    plugged: Gateway, owner: Probe, tmp_path: Path
) -> None:
    settings = Settings.model_validate(
        {
            "openclaw": {
                "base_url": plugged.url,
                "auth_token": plugged.token,
                "node": {"name": "lab"},
            },
            "fleet": {"sensors": {"sources": [], "interval_s": 1, "in_prompts": ["lab*"]}},
        }
    )
    thermometer = Present()
    async with (
        OpenClawClient(settings.openclaw) as client,
        fleet_member(settings, tmp_path, [thermometer]) as member,
    ):
        accepted: list[str] = []

        async def request(method: str, params: Payload) -> object:
            answer = await client.request(method, params)
            accepted.extend(each["text"] for each in params["readings"])
            return answer

        member.prompts.request = request
        thermometer.value = 26.0
        await eventually(lambda: "26 C" in accepted, PATIENCE_S)
        told = await prompt_of(plugged, owner)
        assert f"- lab {thermometer.sensor}: 26 C (" in told
