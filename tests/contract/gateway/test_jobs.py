"""Jobs on a machine: an agent gives one by its tools, and hears of its end.

The machine is the bot's own node, with a stand-in for podman.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.fleet.member import FleetMember, fleet_member
from openclaw_client import DeviceStore, GatewayNode, OpenClawClient
from settings import Settings
from testing import container_engine
from testing.waiting import eventually
from tests.contract.gateway.gateways import Gateway
from tests.contract.gateway.probe import PATIENCE_S, Probe
from tests.contract.gateway.test_nodes import owner
from tests.contract.gateway.test_turns import text_of

__all__ = ["owner"]

IMAGE = "localhost/openclaw-voice-test:1"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("engine")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in container_engine.install(folder, "podman", [IMAGE]).items():
            patch.setenv(name, value)
        yield


class Box:
    """A machine that takes jobs, over several runs of its node."""

    def __init__(self, gateway: Gateway, owner: Probe, folder: Path, sessions: list[str]) -> None:
        self._gateway, self._owner = gateway, owner
        self._devices = DeviceStore(folder)
        self._folder = folder
        self._settings = Settings.model_validate(
            {
                "openclaw": {
                    "base_url": gateway.url,
                    "auth_token": gateway.token,
                    "state_dir": str(folder),
                    "node": {"enabled": True, "name": "box"},
                },
                "fleet": {
                    "sensors": {"sources": []},
                    "jobs": {
                        "kinds": ["container"],
                        "sessions": sessions,
                        "containers": {"images": ["localhost/*"]},
                    },
                },
            }
        )

    @asynccontextmanager
    async def run(self) -> AsyncIterator[FleetMember]:
        """Connected, with its commands approved and its tools published."""
        config = self._settings.openclaw
        async with (
            OpenClawClient(config, devices=self._devices) as client,
            fleet_member(self._settings, self._folder) as member,
            GatewayNode(config, member.commands(), self._devices, client.nodes) as node,
        ):
            member.attach(node)
            await self._approved(node)
            book = member.jobs.book
            assert book is not None
            await eventually(lambda: book.has_begun, PATIENCE_S)
            yield member

    async def _approved(self, node: GatewayNode) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                rows = (await self._owner.call("node.list"))["nodes"]
                mine = [each for each in rows if each["nodeId"] == self._devices.key().id]
                row: dict[str, Any] = mine[0] if mine else {}
                if row.get("pendingRequestId"):
                    request = {"requestId": row["pendingRequestId"]}
                    await self._owner.call("node.pair.approve", request)
                elif row.get("nodePluginTools") and node.usable:
                    return
                await asyncio.sleep(0.05)


@pytest_asyncio.fixture(loop_scope="session")
async def box(
    gateway: Gateway, owner: Probe, tmp_path: Path, session: str, engine: None
) -> AsyncIterator[Box]:
    yield Box(gateway, owner, tmp_path / "box", [session])


async def use(probe: Probe, session: str, tool: str, **arguments: Any) -> dict[str, Any]:
    """What an agent gets for a tool that it calls in a turn of the session."""
    run = await probe.turn(session, f"#tool:{tool} {json.dumps(arguments)}")
    final = text_of(await probe.end(run))
    answer: dict[str, Any] = json.loads(final[final.index("{") : final.rindex("}") + 1])
    return answer


def shell(words: str) -> dict[str, Any]:
    return {"kind": "container", "image": IMAGE, "args": ["/bin/sh", "-c", words]}


async def test_a_job_from_its_order_to_its_end(
    box: Box, probe: Probe, gateway: Gateway, session: str, tmp_path: Path
) -> None:
    """an agent gives a job, is answered at once, reads its log by a cursor; its end is in the
    session's next turn"""
    mark, go = uuid.uuid4().hex, tmp_path / "go"
    async with box.run() as member:
        given = await use(
            probe,
            session,
            "job_submit",
            **shell(f"echo {mark}; while [ ! -e {go} ]; do sleep 0.1; done; echo end; exit 3"),
        )
        ident = given["jobId"]
        assert given["state"] == "running"
        assert member.jobs.book is not None
        record = member.jobs.book.find(ident)
        assert record is not None
        assert record.session_key == session
        log = member.jobs.book.folder.log_of(ident)
        await eventually(log.end, PATIENCE_S)
        page = await use(probe, session, "job_logs", job_id=ident)
        assert page["text"].startswith(mark)
        go.touch()
        await eventually(lambda: record.reported and not member.outbox.waiting, PATIENCE_S)
        question = f"What of {mark}?"
        await probe.end(await probe.turn(session, question))
        node_id = DeviceStore(tmp_path / "box").key().id
        notice = f"(node={node_id} key=job {ident}): job {ident} (container) failed - exit status 3"
        assert gateway.told_with(question).count(notice) == 1
        rest = await use(probe, session, "job_logs", job_id=ident, cursor=len(mark) + 1)
        assert rest["text"] == "end\n"
        status = await use(probe, session, "job_status", job_id=ident)
        assert (status["state"], status["exitCode"]) == ("failed", 3)


async def test_a_job_is_cancelled(box: Box, probe: Probe, session: str) -> None:
    """an agent ends a running job"""
    async with box.run() as member:
        ident = (await use(probe, session, "job_submit", **shell("sleep 60")))["jobId"]
        assert (await use(probe, session, "job_cancel", job_id=ident))["ending"] is True
        assert member.jobs.book is not None
        record = member.jobs.book.find(ident)
        assert record is not None
        await eventually(lambda: record.state == "cancelled", PATIENCE_S)
        listed = await use(probe, session, "job_list", state="ended")
        assert [each["jobId"] for each in listed["jobs"]] == [ident]


async def test_a_job_over_a_restart_of_its_machine(
    box: Box, probe: Probe, gateway: Gateway, session: str
) -> None:
    """the node restarts during a job: it is found again, its end is told once"""
    async with box.run():
        ident = (await use(probe, session, "job_submit", **shell("sleep 2; echo end")))["jobId"]
    async with box.run() as member:
        assert member.jobs.book is not None
        record = member.jobs.book.find(ident)
        assert record is not None
        await eventually(lambda: record.reported and not member.outbox.waiting, PATIENCE_S)
        assert record.state == "done"
        question = f"How did {uuid.uuid4().hex[:8]} end?"
        await probe.end(await probe.turn(session, question))
        assert gateway.told_with(question).count(f"job {ident} (container) done") == 1
        page = await use(probe, session, "job_logs", job_id=ident)
        assert page["text"] == "end\n"


async def test_another_session_gives_no_job(box: Box, probe: Probe, session: str) -> None:
    """a session that the settings do not name gets a refusal that says so"""
    async with box.run() as member:
        run = await probe.turn(f"{session}9", f"#tool:job_submit {json.dumps(shell('true'))}")
        assert "this session may give no jobs" in text_of(await probe.end(run))
        assert member.jobs.book is not None
        assert member.jobs.book.all() == []
