"""Forgetting: whatever order wishes and lines of several machines come in, and in every memory."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.memory import folder as folder_module
from fleet.memory.entries import entries, new_id
from fleet.memory.errors import MemoryRefused, MemoryUnwritable
from fleet.memory.folder import WorkspaceMemory
from fleet.memory.forgetting import LINES_KIND, Forgetting
from fleet.memory.pages import MemoryLine
from fleet.memory.places import KnownPlaces, MemoryPlace
from fleet.memory.retention import EVERY_S, Retention
from fleet.memory.store import Appended
from fleet.memory.wishes import WISHES_FILE, wish
from fleet.outbox import Outbox
from state import StateError
from testing.manual_clock import ManualClock, eventually

BEGIN = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
TITLE = "a machine, 2026-11-27"
Said = tuple[MemoryLine, datetime]


def made(tmp_path: Path) -> WorkspaceMemory:
    (tmp_path / "memory").mkdir(parents=True, exist_ok=True)
    return WorkspaceMemory(tmp_path)


def line(words: str, at: datetime, member: int = 1, guild: int = 7, kind: str = "t") -> MemoryLine:
    ident = new_id(kind, member_id=member, guild_id=guild)
    (entry,) = entries(ident, at, f"member {member}", words)
    return MemoryLine(id=entry.id, text=entry.text)


def text_of(memory: WorkspaceMemory) -> str:
    files = (memory.workspace / "memory" / "fleet").glob("*.md")
    return "".join(each.read_text("utf-8") for each in files)


# -- any order -----------------------------------------------------------------------------------

MEMBERS, GUILDS, MACHINES = (1, 12), (7, 71), ("box1", "box2", "box3")
MINUTES = st.integers(0, 4)
OPERATIONS = st.one_of(
    st.tuples(
        st.just("say"), st.sampled_from(MACHINES), st.sampled_from(MEMBERS), st.sampled_from(GUILDS)
    ),
    st.tuples(st.just("wait"), MINUTES),
    st.tuples(st.just("deliver"), st.sampled_from(MACHINES)),
    st.tuples(st.just("answer lost"), st.sampled_from(MACHINES)),
    st.tuples(
        st.just("wish"), st.sampled_from((("u1",), ("u12",), ("g7", "t"), ("u1", "g71", "t")))
    ),
    st.tuples(st.just("late wish"), st.integers(0, 2)),
)


class Machines:
    """Three machines with queues and one memory; wishes may be delivered late."""

    def __init__(self, memory: WorkspaceMemory) -> None:
        self.memory = memory
        self.now = BEGIN
        self.said: list[Said] = []
        self.queued: dict[str, list[list[MemoryLine]]] = {name: [] for name in MACHINES}
        self.waiting: list[tuple[Sequence[str], float]] = []
        self.wishes: list[tuple[Sequence[str], datetime]] = []

    def do(self, operation: str, *given: object) -> None:
        match operation, given:
            case "say", (str() as machine, int() as member, int() as guild):
                spoken = line(f"word{len(self.said)}x", self.now, member, guild)
                self.said.append((spoken, self.now))
                self.queued[machine].append([spoken])
            case "wait", (int() as minutes,):
                self.now += timedelta(minutes=minutes)
            case "deliver" | "answer lost", (str() as machine,):
                self.deliver(machine, keep=operation == "answer lost")
            case "wish", (tuple() as tags,):
                self.wishes.append((tags, self.now))
                self.waiting.append((tags, self.now.timestamp()))
            case "late wish", (int() as which,):
                if which < len(self.waiting):
                    self.memory._forget(*self.waiting.pop(which))

    def deliver(self, machine: str, *, keep: bool) -> None:
        batches = self.queued[machine]
        if batches:
            self.memory._append(f"{machine}-2026-11-27.md", TITLE, batches[0])
            if not keep:
                batches.pop(0)

    def end(self) -> None:
        for machine in MACHINES:
            while self.queued[machine]:
                self.deliver(machine, keep=False)
        for each in self.waiting:
            self.memory._forget(*each)

    def is_forgotten(self, spoken: MemoryLine, at: datetime) -> bool:
        """By the rule of docs/memory.md, in other words than the code's."""
        return any(
            all(f".{tag}." in f".{spoken.id}." for tag in tags)
            and at.replace(second=0) <= wished + timedelta(minutes=1)
            for tags, wished in self.wishes
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(OPERATIONS, max_size=40))
def test_in_any_order_what_is_forgotten_is_gone_and_all_else_is_there_once(
    operations: list[tuple[object, ...]],
) -> None:
    with TemporaryDirectory() as place:
        machines = Machines(made(Path(place)))
        for operation, *given_then in operations:
            machines.do(str(operation), *given_then)
        machines.end()
        text = text_of(machines.memory)
        for number, (spoken, at) in enumerate(machines.said):
            times = text.count(f"word{number}x")
            assert times == (not machines.is_forgotten(spoken, at)), spoken


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_program_without_the_lock_forgets_while_lines_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The Gateway's plugin: it writes the wish, then blanks, at the worst moments."""
    memory = made(tmp_path)
    real = WorkspaceMemory._append_to

    def forget() -> None:
        place = tmp_path / "memory" / "fleet"
        folder_module._keep_wish(place, ["u1"], BEGIN.timestamp())
        for path in place.glob("*.md"):
            folder_module._blank(path, wish(["u1"], BEGIN.timestamp()))

    def append(self: WorkspaceMemory, *given_then: object) -> Appended:
        if moment == "before":
            forget()
        done = real(self, *given_then)  # type: ignore[arg-type]
        if moment == "after":
            forget()
        return done

    monkeypatch.setattr(WorkspaceMemory, "_append_to", append)
    lines = [line("tea", BEGIN, 1), line("coffee", BEGIN, 2)]
    done = memory._append("box2-2026-11-27.md", TITLE, lines)
    assert "tea" not in text_of(memory)
    assert "coffee" in text_of(memory)
    assert done.appended == (1 if moment == "before" else 2)


# -- the queue of wishes -------------------------------------------------------------------------


class Away:
    """A memory that is away, or refuses."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked: list[tuple[str, ...]] = []

    async def append(self, file: str, title: str, lines: Sequence[MemoryLine]) -> Appended:
        raise self.error

    async def forget(self, tags: Sequence[str], at: float) -> int:
        self.asked.append(tuple(tags))
        raise self.error


async def test_every_memory_gets_the_wish_and_one_that_is_away_holds_up_no_other(
    tmp_path: Path, clock: ManualClock
) -> None:
    there, away = made(tmp_path / "w"), Away(MemoryUnwritable("it is away"))
    await there.append("box1-2026-11-27.md", TITLE, [line("tea", BEGIN)])
    async with Outbox(tmp_path / "outbox", clock=clock) as outbox:
        wall = BEGIN.timestamp
        forgetting = Forgetting(outbox, {"old": away, "new": there}, wall=wall)
        forgetting.start()
        await forgetting.forget(["u1"])
        await eventually(lambda: forgetting.counts["removed"] == 1)
        await eventually(lambda: outbox.waiting == 1)
    assert "tea" not in text_of(there)
    back = made(tmp_path / "old")
    async with Outbox(tmp_path / "outbox", clock=clock) as outbox:
        Forgetting(outbox, {"old": back}).start()
        await outbox.empty()
    assert "u1" in (tmp_path / "old" / "memory" / "fleet" / WISHES_FILE).read_text()


async def test_a_wish_takes_its_lines_from_the_queue_even_where_the_bridge_is_off(
    tmp_path: Path, clock: ManualClock
) -> None:
    async with Outbox(tmp_path / "outbox", clock=clock) as outbox:
        rows = [line("tea", BEGIN, 1), line("late tea", BEGIN + timedelta(hours=1), 1)]
        payload = {"op": "append", "file": "f.md", "title": "f", "lines": []}
        await outbox.put(LINES_KIND, {**payload, "lines": [each.model_dump() for each in rows]})
        await outbox.put(LINES_KIND, {**payload, "lines": [rows[0].model_dump()]})
        store = made(tmp_path / "w")
        await Forgetting(outbox, {"": store}, wall=BEGIN.timestamp).forget(["u1"])
    kept = "".join(each.read_text() for each in (tmp_path / "outbox").iterdir())
    assert ": tea" not in kept
    assert "late tea" in kept


async def test_a_member_cannot_fill_the_queue_with_wishes(
    tmp_path: Path, clock: ManualClock
) -> None:
    now = BEGIN.timestamp()
    async with Outbox(tmp_path / "outbox", clock=clock) as outbox:
        forgetting = Forgetting(outbox, {"": made(tmp_path)}, wall=lambda: now)
        for _ in range(3):
            await forgetting.forget(["u1"])
            now += 600
        await forgetting.forget(["u2"])
        assert outbox.waiting == 2
        forgetting.start()
        await outbox.empty()
    wishes = (tmp_path / "memory" / "fleet" / WISHES_FILE).read_text()
    assert wishes == f"{now - 600:.0f} u1\n{now:.0f} u2\n"


async def test_a_full_queue_is_told_to_the_member(tmp_path: Path, clock: ManualClock) -> None:
    async with Outbox(tmp_path / "outbox", clock=clock, most=0) as outbox:
        with pytest.raises(StateError, match="a wish to forget is not kept"):
            await Forgetting(outbox, {"": made(tmp_path)}).forget(["u1"])


async def test_a_wish_that_no_memory_can_take_is_told_and_ends(
    tmp_path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with Outbox(tmp_path / "outbox", clock=clock) as outbox:
            forgetting = Forgetting(outbox, {"": Away(MemoryRefused("tags: wrong"))})
            forgetting.start()
            await forgetting.forget(["u1"])
            await outbox.empty()
            await outbox.put("memory-wish", {"tags": ["u1"], "at": 1, "place": "gone"})
            await outbox.put("memory-wish", {"tags": [], "at": 1, "place": ""})
            await outbox.empty()
    assert "a wish to forget was not taken: tags: wrong" in caplog.text
    assert "the memory gone is no longer known" in caplog.text
    assert "no wish of this version" in caplog.text


async def test_old_lines_go_after_the_days_of_the_settings(
    tmp_path: Path, clock: ManualClock
) -> None:
    memory = made(tmp_path)
    old, young = BEGIN - timedelta(days=31), BEGIN - timedelta(days=29)
    rows = [line("tea", old), line("fact", old, kind="o"), line("values", old, kind="s")]
    await memory.append("box1-2026-10-27.md", TITLE, [*rows, line("coffee", young)])
    async with Outbox(tmp_path / "outbox", clock=clock) as outbox:
        forgetting = Forgetting(outbox, {"": memory}, wall=BEGIN.timestamp)
        forgetting.start()
        async with Retention(forgetting, "", 30, clock):
            await eventually(lambda: forgetting.counts["removed"] == 3)
            await outbox.empty()
            assert clock.due_in() == [EVERY_S]
        async with Retention(forgetting, "", 0, clock):
            assert clock.due_in() == []
    assert "coffee" in text_of(memory)


# -- memories of earlier settings ----------------------------------------------------------------


def test_memories_of_earlier_settings_are_known(tmp_path: Path) -> None:
    first = MemoryPlace(folder=tmp_path / "a", agent="jarvis")
    second = MemoryPlace(agent="sage")
    KnownPlaces(tmp_path, first).save()
    assert KnownPlaces(tmp_path, None).all == [first]
    KnownPlaces(tmp_path, second).save()
    assert KnownPlaces(tmp_path, None).all == [second, first]
    assert [each.key for each in KnownPlaces(tmp_path, first).all] == [
        str(tmp_path / "a"),
        "plugin sage",
    ]
