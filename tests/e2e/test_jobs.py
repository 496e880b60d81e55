"""An agent runs a job on another machine, and hears of its end in the next turn of the call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.fleet.member import FleetMember, fleet_member
from openclaw_client import DeviceStore, GatewayNode
from pipeline.events import ReplyEnded
from settings import Settings
from simulators.gateway import GatewaySimulator, ScriptedAnswer, ToolUse
from simulators.gateway.agents import Memory
from testing import container_engine
from testing.waiting import eventually
from tests.e2e.conftest import HeardSpeech, OpenHarness
from tests.e2e.test_conversation import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

IMAGE = "localhost/news:1"
ORDER = {"kind": "container", "image": IMAGE, "args": ["/bin/echo", "all is well"], "name": "news"}


class Reporter:
    """Jarvis, who has the news gathered on the GPU box, and reads them when it is done."""

    id = "jarvis"
    name = "Jarvis"

    def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
        if "(container) done - news: exit status 0" in words:
            return ScriptedAnswer("Here is the news, sir.")
        order: dict[str, object] = dict(ORDER)
        return ScriptedAnswer(
            "", tool=ToolUse("gpu1_job_submit", order, lambda _: ScriptedAnswer("Very well, sir."))
        )


@asynccontextmanager
async def gpu_box(gateway: GatewaySimulator, folder: Path) -> AsyncIterator[FleetMember]:
    """A machine without Discord on the same Gateway; its commands are approved."""
    settings = Settings.model_validate(
        {
            "openclaw": {
                "base_url": gateway.url,
                "auth_token": gateway.token,
                "state_dir": str(folder),
                "node": {"name": "gpu1"},
            },
            "fleet": {
                "sensors": {"sources": []},
                "jobs": {
                    "kinds": ["container"],
                    "sessions": ["agent:jarvis:discord:*"],
                    "containers": {"images": [IMAGE]},
                },
            },
        }
    )
    devices = DeviceStore(folder)
    async with (
        fleet_member(settings, folder) as member,
        GatewayNode(settings.openclaw, member.commands(), devices) as node,
    ):
        member.attach(node)
        box = devices.key().id
        await gateway.wait_for(
            lambda: box in gateway.nodes.all and gateway.nodes.all[box].published
        )
        pending = gateway.nodes.all[box].pending
        assert pending is not None
        gateway.approve_node(pending)
        yield member


async def test_a_job_on_a_gpu_box_and_its_end(
    open_harness: OpenHarness,
    heard_speech: HeardSpeech,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in container_engine.install(tmp_path / "engine", "podman", [IMAGE]).items():
        monkeypatch.setenv(name, value)
    async with (
        open_harness(agents=[Reporter()]) as harness,
        gpu_box(harness.gateway, tmp_path / "box") as box,
    ):
        await call_in(harness, "Alice")
        await harness.say("Alice", "Jarvis, read me the news.")
        await harness.event(ReplyEnded, where=lambda ended: ended.text == "Very well, sir.")
        assert box.jobs.book is not None
        (job,) = box.jobs.book.all()
        await eventually(lambda: job.reported and not box.outbox.waiting, 20.0)
        await harness.say("Alice", "Jarvis, read me the news.")
        await harness.event(ReplyEnded, where=lambda ended: ended.text == "Here is the news, sir.")
        await heard_speech.hears(harness, "Alice", "Very well, sir.", "Here is the news, sir.")
        assert len(box.jobs.book.all()) == 1
