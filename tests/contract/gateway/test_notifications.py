"""A node's notifications, which the next turn of a session reads."""

from __future__ import annotations

import uuid
from typing import Any

import pytest_asyncio

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import Gateway
from tests.contract.gateway.probe import Payload, Probe
from tests.contract.gateway.test_nodes import approved, node, owner

__all__ = ["owner"]


@pytest_asyncio.fixture(loop_scope="session")
async def mark() -> str:
    """A word that no other case uses."""
    return uuid.uuid4().hex[:12]


def posted(session: str, text: str, **more: Any) -> Payload:
    payload = {"change": "posted", "key": "gpu0.temp", "sessionKey": session, "title": "gpu0"}
    return {"event": "notifications.changed", "payload": {**payload, "text": text, **more}}


async def test_notification(
    gateway: Gateway, owner: Probe, probe: Probe, session: str, mark: str
) -> None:
    """notifications.changed: the session's next turn has it as a line of the system"""
    device = Device()
    async with approved(gateway, owner, device) as sensor:
        answer = await sensor.call("node.event", posted(session, f"91 C {mark}"))
        assert answer == {"ok": True}
        run = await probe.turn(session, "How warm is it?")
        assert (await probe.end(run))["state"] == "final"
        line = f"Notification posted (node={device.id} key=gpu0.temp): gpu0 - 91 C {mark}"
        assert gateway.told_with("How warm is it?").count(line) == 1


async def test_repeated_notification(
    gateway: Gateway, owner: Probe, probe: Probe, session: str, mark: str
) -> None:
    """notifications.changed: one that waits already is not added again; another text is"""
    async with approved(gateway, owner, Device()) as sensor:
        for text in (f"91 C {mark}", f"95 C {mark}", f"91 C {mark}"):
            await sensor.call("node.event", posted(session, text))
        run = await probe.turn(session, "How warm is it?")
        await probe.end(run)
        prompt = gateway.told_with("How warm is it?")
        assert prompt.count(f"91 C {mark}") == 1
        assert prompt.count(f"95 C {mark}") == 1


async def test_long_notification(
    gateway: Gateway, owner: Probe, probe: Probe, session: str, mark: str
) -> None:
    """notifications.changed: title and text are cut at 120 characters, the last one an ellipsis"""
    async with approved(gateway, owner, Device()) as sensor:
        await sensor.call("node.event", posted(session, mark + "x" * 200))
        run = await probe.turn(session, "How warm is it?")
        await probe.end(run)
        prompt = gateway.told_with("How warm is it?")
        assert mark + "x" * (119 - len(mark)) + "…" in prompt
        assert mark + "x" * (120 - len(mark)) not in prompt


async def test_many_notifications(
    gateway: Gateway, owner: Probe, probe: Probe, session: str, mark: str
) -> None:
    """notifications.changed: twenty lines wait at most; the oldest are dropped"""
    async with approved(gateway, owner, Device()) as sensor:
        for number in range(22):
            await sensor.call("node.event", posted(session, f"{mark}-{number:02}"))
        run = await probe.turn(session, "How warm is it?")
        await probe.end(run)
        prompt = gateway.told_with("How warm is it?")
        assert [number for number in range(22) if f"{mark}-{number:02}" in prompt] == list(
            range(2, 22)
        )


async def test_unknown_event(gateway: Gateway, owner: Probe) -> None:
    """node.event: an unknown event is answered, and not handled"""
    async with approved(gateway, owner, Device()) as sensor:
        answer = await sensor.call("node.event", {"event": "sensor.reading", "payload": {}})
        assert answer == {
            "ok": True,
            "event": "sensor.reading",
            "handled": False,
            "reason": "unsupported_event",
        }


async def test_unapproved_event(gateway: Gateway) -> None:
    """node.event: a node without approved commands may not send any"""
    async with node(gateway, Device()) as sensor:
        error = await sensor.refusal("node.event", {"event": "notifications.changed"})
        assert error["details"] == {"code": "PAIRING_CHANGED"}
