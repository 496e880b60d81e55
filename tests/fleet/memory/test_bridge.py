"""The bridge: nothing is lost or doubled across outages and restarts, and wishes are kept."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fleet.memory.bridge import MemoryBridge
from fleet.memory.entries import MemoryEntry, entries, new_id
from fleet.memory.errors import MemoryRefused, MemoryUnwritable
from fleet.memory.folder import WorkspaceMemory
from fleet.memory.forgetting import LINES_KIND, Forgetting
from fleet.memory.pages import MemoryLine
from fleet.memory.plugin import NO_OPERATOR, NO_PLUGIN, PluginMemory
from fleet.memory.store import Appended
from fleet.outbox import Outbox
from openclaw_client.errors import GatewayUnreachable, RequestFailed
from testing.manual_clock import ManualClock, eventually

AT = datetime(2026, 11, 27, 14, 5, tzinfo=UTC)
AFTER = AT.timestamp() + 3_600.0
FILE = "box2-3f2a9c-2026-11-27.md"


class Switched:
    """A workspace that can be away, and that can lose an answer."""

    def __init__(self, workspace: Path) -> None:
        self.real = WorkspaceMemory(workspace)
        self.up = True
        self.answers = True

    async def append(self, file: str, title: str, lines: Sequence[MemoryLine]) -> Appended:
        self._check(self.up)
        done = await self.real.append(file, title, lines)
        self._check(self.answers)
        return done

    async def forget(self, tags: Sequence[str], at: float) -> int:
        self._check(self.up)
        return await self.real.forget(tags, at)

    def _check(self, fine: bool) -> None:
        if not fine:
            raise MemoryUnwritable("the Gateway is away")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    (folder / "memory").mkdir(parents=True)
    return folder


@pytest.fixture
def store(workspace: Path) -> Switched:
    return Switched(workspace)


@asynccontextmanager
async def bridge(
    folder: Path, clock: ManualClock, store: Any
) -> AsyncIterator[tuple[MemoryBridge, Outbox]]:
    async with Outbox(folder / "outbox", clock=clock, chance=lambda: 0.5) as outbox:
        made = MemoryBridge(
            outbox,
            store,
            machine="box2",
            device_id="3f2a9c77",
            agent="jarvis",
            forgetting=Forgetting(outbox, {"": store}, wall=lambda: AFTER),
        )
        made.start()
        yield made, outbox


def said(words: str, member: int = 1, guild: int = 7) -> list[MemoryEntry]:
    return entries(new_id("t", member_id=member, guild_id=guild), AT, f"member {member}", words)


def kept(workspace: Path) -> str:
    return "".join(each.read_text() for each in (workspace / "memory").rglob("*.md"))


async def test_what_is_said_in_an_outage_is_written_once_after_a_restart(
    tmp_path: Path, clock: ManualClock, store: Switched, workspace: Path
) -> None:
    store.up = False
    async with bridge(tmp_path, clock, store) as (first, outbox):
        for number in range(5):
            await first.remember(said(f"word {number}"))
        await eventually(lambda: first.problem)
        assert outbox.waiting == 5
    assert kept(workspace) == ""
    store.up, store.answers = True, False
    async with bridge(tmp_path, clock, store) as (second, outbox):
        await eventually(lambda: second.problem)
        store.answers = True
        outbox.wake()
        await outbox.empty()
        assert (second.counts["appended"], second.counts["skipped"]) == (4, 1)
        assert second.problem == ""
    text = kept(workspace)
    assert [text.count(f": word {number} ^u1.g7.t.") for number in range(5)] == [1] * 5
    assert text.index("word 0") < text.index("word 4")


async def test_a_member_who_wants_to_be_forgotten_leaves_queue_and_files(
    tmp_path: Path, clock: ManualClock, store: Switched, workspace: Path
) -> None:
    async with bridge(tmp_path, clock, store) as (memory, outbox):
        await memory.remember(said("old tea", 1))
        await memory.remember(said("old coffee", 2))
        await outbox.empty()
        store.up = False
        await memory.remember([*said("new tea", 1), *said("new coffee", 2)])
        await memory.remember(said("last tea", 1))
        await eventually(lambda: memory.problem)
        await memory.forgetting.forget(["u1"])
        waiting = "".join(each.read_text() for each in (tmp_path / "outbox").glob("*.json"))
        assert "tea" not in waiting
        assert "new coffee" in waiting
    store.up = True
    async with bridge(tmp_path, clock, store) as (memory, outbox):
        await outbox.empty()
        assert memory.forgetting.counts["removed"] == 1
    text = kept(workspace)
    assert "tea" not in text
    assert "old coffee" in text
    assert "new coffee" in text


async def test_only_the_transcripts_of_a_guild_are_forgotten(
    tmp_path: Path, clock: ManualClock, store: Switched, workspace: Path
) -> None:
    async with bridge(tmp_path, clock, store) as (memory, outbox):
        await memory.remember([*said("tea", 1, 7), *said("coffee", 1, 8)])
        await memory.remember(entries(new_id("o", member_id=1), AT, "noted", "a fact"))
        await memory.forgetting.forget(["g7", "t"])
        await outbox.empty()
    text = kept(workspace)
    assert "tea" not in text
    assert "coffee" in text
    assert "a fact" in text


async def test_many_lines_go_in_several_requests(
    tmp_path: Path, clock: ManualClock, store: Switched, workspace: Path
) -> None:
    async with bridge(tmp_path, clock, store) as (memory, outbox):
        await memory.remember([line for n in range(100) for line in said(f"line {n}", n + 1)])
        await outbox.empty()
        assert outbox.counts["delivered"] == 4
    assert kept(workspace).count("\n- ") == 100


async def test_a_full_day_is_told_and_counted(
    tmp_path: Path,
    clock: ManualClock,
    workspace: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = WorkspaceMemory(workspace, most_bytes=300)
    with caplog.at_level(logging.ERROR):
        async with bridge(tmp_path, clock, store) as (memory, outbox):
            await memory.remember(said("x" * 400))
            await outbox.empty()
            assert memory.counts["refused"] == 1
    assert "at most 300 are written a day" in caplog.text


async def test_a_request_of_another_version_does_not_stop_the_others(
    tmp_path: Path, clock: ManualClock, store: Switched, workspace: Path
) -> None:
    async with bridge(tmp_path, clock, store) as (memory, outbox):
        await outbox.put(LINES_KIND, {"op": "dance"})
        await memory.remember(said("tea"))
        await outbox.empty()
    assert "tea" in kept(workspace)


# -- by the Gateway's plugin ---------------------------------------------------------------------


class Plugin:
    """Answers as the plugin does, or as told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.fault: Exception | None = None
        self.answer: Any = None

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        self.asked.append((method, json.loads(json.dumps(params))))
        if self.fault is not None:
            raise self.fault
        if self.answer is not None:
            return self.answer
        if method.endswith("append"):
            return {"appended": len(params["lines"]), "skipped": 0}
        return {"removed": 3}


@pytest.fixture
def plugin() -> Plugin:
    return Plugin()


@pytest.fixture
def remote(plugin: Plugin) -> PluginMemory:
    memory = PluginMemory("jarvis")
    memory.call = plugin.call
    return memory


async def test_lines_go_to_the_plugin_with_agent_and_file(
    tmp_path: Path, clock: ManualClock, plugin: Plugin, remote: PluginMemory
) -> None:
    async with bridge(tmp_path, clock, remote) as (memory, outbox):
        (line,) = said("tea")
        await memory.remember([line])
        await memory.forgetting.forget(["u1"])
        await outbox.empty()
        assert memory.counts["appended"] == 1
        assert memory.forgetting.counts["removed"] == 3
    assert sorted(plugin.asked, key=str) == [
        (
            "openclaw-voice.memory.append",
            {
                "agentId": "jarvis",
                "file": FILE,
                "title": "box2, 2026-11-27",
                "lines": [{"id": line.id, "text": line.text}],
            },
        ),
        ("openclaw-voice.memory.forget", {"agentId": "jarvis", "tags": ["u1"], "at": AFTER}),
    ]


MISSING = {"code": "MISSING_SCOPE", "missingScope": "operator.admin"}


@pytest.mark.parametrize(
    ("fault", "said_then"),
    [
        (GatewayUnreachable("no answer"), "no answer"),
        (RequestFailed("m", "FORBIDDEN", "missing scope: operator.admin", MISSING), NO_PLUGIN),
        (RequestFailed("m", "INVALID_REQUEST", "unknown method: m"), NO_PLUGIN),
        (
            RequestFailed("m", "INVALID_REQUEST", "agentId: no", {"code": "INVALID_PARAMS"}),
            "agentId: no",
        ),
        (RequestFailed("m", "X", "disk full", {"code": "MEMORY_UNWRITABLE"}), "disk full"),
    ],
)
async def test_what_may_pass_is_repeated(
    plugin: Plugin, remote: PluginMemory, fault: Exception, said_then: str
) -> None:
    plugin.fault = fault
    with pytest.raises(MemoryUnwritable) as caught:
        await remote.forget(["u1"], 1.0)
    assert said_then in str(caught.value)


@pytest.mark.parametrize("code", ["MEMORY_FULL", "INVALID_PARAMS"])
async def test_what_does_not_pass_is_given_up(
    plugin: Plugin, remote: PluginMemory, code: str
) -> None:
    plugin.fault = RequestFailed("m", "INVALID_REQUEST", "no", {"code": code})
    with pytest.raises(MemoryRefused, match="no"):
        await remote.forget(["u1"], 1.0)


@pytest.mark.parametrize("answer", [{}, {"removed": "3"}, {"removed": True}, [], "ok"])
async def test_an_answer_of_another_version_is_repeated_not_believed(
    plugin: Plugin, remote: PluginMemory, answer: object
) -> None:
    plugin.answer = answer
    with pytest.raises(MemoryUnwritable, match="update it"):
        await remote.forget(["u1"], 1.0)


async def test_without_an_operators_connection_it_says_what_is_missing() -> None:
    with pytest.raises(MemoryUnwritable) as caught:
        await PluginMemory("jarvis").forget(["u1"], 1.0)
    assert str(caught.value) == NO_OPERATOR


async def test_the_reason_for_waiting_is_told_once(
    tmp_path: Path,
    clock: ManualClock,
    plugin: Plugin,
    remote: PluginMemory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plugin.fault = RequestFailed("m", "FORBIDDEN", "missing scope: operator.admin", MISSING)
    with caplog.at_level(logging.INFO):
        async with bridge(tmp_path, clock, remote) as (memory, outbox):
            await memory.remember(said("tea"))
            for attempts in range(1, 6):
                await eventually(partial(_asked, plugin, attempts))
                outbox.wake()
            plugin.fault = None
            outbox.wake()
            await outbox.empty()
    assert caplog.text.count("the agent's memory waits (nothing is lost)") == 1
    assert caplog.text.count("the agent's memory is written again") == 1


def _asked(plugin: Plugin, times: int) -> bool:
    return len(plugin.asked) >= times
