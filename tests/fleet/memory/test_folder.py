"""Memory in a workspace's folder: several processes, full disks, links, forgetting."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.memory.errors import MemoryRefused, MemoryUnwritable
from fleet.memory.folder import WorkspaceMemory
from fleet.memory.pages import MemoryLine
from fleet.memory.store import file_name

FILE = "box2-3f2a9c-2026-11-27.md"
TITLE = "box2, 2026-11-27"
AFTER = datetime(2026, 11, 27, 15, 0, tzinfo=UTC).timestamp()


def line(ident: str, words: str = "words") -> MemoryLine:
    return MemoryLine(id=ident, text=f"2026-11-27 14:05 UTC, Alice: {words}")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "AGENTS.md").write_text("# Agents\n")
    return tmp_path


@pytest.fixture
def memory(workspace: Path) -> WorkspaceMemory:
    return WorkspaceMemory(workspace)


async def test_lines_are_in_the_file_once(memory: WorkspaceMemory, workspace: Path) -> None:
    first = await memory.append(FILE, TITLE, [line("u1.t.aaaa"), line("u2.t.bbbb")])
    second = await memory.append(FILE, TITLE, [line("u2.t.bbbb"), line("u3.t.cccc")])
    assert (first.appended, first.skipped) == (2, 0)
    assert (second.appended, second.skipped) == (1, 1)
    content = (workspace / "memory" / "fleet" / FILE).read_text()
    assert [content.count(f"^{ident}\n") for ident in ("u1.t.aaaa", "u2.t.bbbb", "u3.t.cccc")] == [
        1,
        1,
        1,
    ]


async def test_a_member_is_forgotten_in_all_files_of_all_machines(
    memory: WorkspaceMemory, workspace: Path
) -> None:
    other = "box3-aaaaaa-2026-11-01.md"
    await memory.append(FILE, TITLE, [line("u1.t.aaaa", "tea"), line("u2.t.bbbb", "coffee")])
    await memory.append(other, TITLE, [line("u1.o.cccc", "cake")])
    assert await memory.forget(["u1"], AFTER) == 2
    assert await memory.forget(["u1"], AFTER) == 0
    folder = workspace / "memory" / "fleet"
    kept = (folder / FILE).read_text() + (folder / other).read_text()
    assert "tea" not in kept
    assert "cake" not in kept
    assert "u1" not in kept
    assert "coffee ^u2.t.bbbb\n" in kept


async def test_files_of_others_are_left_alone(memory: WorkspaceMemory, workspace: Path) -> None:
    daily = workspace / "memory" / "2026-11-27.md"
    daily.parent.mkdir()
    daily.write_text("- words ^u1.t.aaaa\n")
    outside = workspace / "outside.md"
    outside.write_text("- words ^u1.t.aaaa\n")
    await memory.append(FILE, TITLE, [line("u2.t.bbbb")])
    (workspace / "memory" / "fleet" / "link.md").symlink_to(outside)
    assert await memory.forget(["u1"], AFTER) == 0
    assert "u1.t.aaaa" in daily.read_text()
    assert "u1.t.aaaa" in outside.read_text()


def test_several_processes_lose_and_double_nothing(workspace: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from fleet.memory.folder import WorkspaceMemory\n"
        "from fleet.memory.pages import MemoryLine\n"
        "who, file = sys.argv[2], sys.argv[3]\n"
        "memory = WorkspaceMemory(Path(sys.argv[1]))\n"
        "for n in range(40):\n"
        "    text = f'2026-11-27 14:05 UTC, {who}: line {n}'\n"
        "    memory._append(file, 'box', [MemoryLine(id=f'{who}.t.{n:04}', text=text)])\n"
        "    if who == 'u1' and n % 8 == 7:\n"
        "        memory._forget(['u9'], 1_795_788_000)\n"
    )
    (workspace / "memory" / "fleet").mkdir(parents=True)
    seed = "".join(f"- words {n} ^u9.t.{n:04}\n" for n in range(50))
    (workspace / "memory" / "fleet" / "shared-1.md").write_text(seed)
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(workspace), who, file])
        for who, file in (("u1", "shared-1.md"), ("u2", "shared-1.md"), ("u3", "own-3.md"))
    ]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    shared = (workspace / "memory" / "fleet" / "shared-1.md").read_text()
    own = (workspace / "memory" / "fleet" / "own-3.md").read_text()
    for who, text in (("u1", shared), ("u2", shared), ("u3", own)):
        counts = [text.count(f" ^{who}.t.{n:04}\n") for n in range(40)]
        assert counts == [1] * 40, who
    assert "u9" not in shared


async def test_a_full_disk_leaves_the_file_as_it_was(
    memory: WorkspaceMemory, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await memory.append(FILE, TITLE, [line("u1.t.aaaa")])
    path = workspace / "memory" / "fleet" / FILE
    before = path.read_bytes()
    write, room = os.write, 10

    def nearly_full(handle: int, data: bytes) -> int:
        nonlocal room
        if room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = write(handle, data[:room])
        room -= written
        return written

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", nearly_full)
        with pytest.raises(MemoryUnwritable, match="No space left"):
            await memory.append(FILE, TITLE, [line("u1.t.bbbb")])
    assert path.read_bytes() == before
    done = await memory.append(FILE, TITLE, [line("u1.t.bbbb")])
    assert done.appended == 1


async def test_a_day_has_a_limit(workspace: Path) -> None:
    memory = WorkspaceMemory(workspace, most_bytes=400)
    await memory.append(FILE, TITLE, [line("u1.t.aaaa")])
    with pytest.raises(MemoryRefused, match="at most 400 are written a day"):
        await memory.append(FILE, TITLE, [line("u1.t.bbbb", "x" * 300)])
    assert (await memory.append(FILE, TITLE, [line("u1.t.aaaa")])).skipped == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: None, "is no folder"),
        (lambda folder: folder.touch(), "is no folder"),
        (lambda folder: folder.mkdir(), "does not look like an agent's workspace"),
    ],
)
async def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path, make, said: str) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "workspace"
    make(folder)
    with pytest.raises(MemoryUnwritable, match=said):
        await WorkspaceMemory(folder).append(FILE, TITLE, [line("u1.t.aaaa")])


async def test_a_link_out_of_the_workspace_is_refused(
    memory: WorkspaceMemory, workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (workspace / "memory").mkdir()
    (workspace / "memory" / "fleet").symlink_to(elsewhere)
    with pytest.raises(MemoryUnwritable, match="leads out of the workspace"):
        await memory.append(FILE, TITLE, [line("u1.t.aaaa")])
    assert list(elsewhere.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_read_only_folder_is_named(memory: WorkspaceMemory, workspace: Path) -> None:
    folder = workspace / "memory" / "fleet"
    folder.mkdir(parents=True, mode=0o500)
    with pytest.raises(MemoryUnwritable, match=f"{folder} cannot be written"):
        await memory.append(FILE, TITLE, [line("u1.t.aaaa")])


@pytest.mark.parametrize("file", ["../x.md", "a/b.md", ".hidden.md", "x.txt", "X.md", ""])
async def test_only_files_of_the_folder_are_written(memory: WorkspaceMemory, file: str) -> None:
    with pytest.raises(MemoryRefused):
        await memory.append(file, TITLE, [line("u1.t.aaaa")])


async def test_the_gateway_may_read_what_it_could_read_before(
    memory: WorkspaceMemory, workspace: Path
) -> None:
    (workspace / "memory" / "fleet").mkdir(parents=True)
    (workspace / "memory" / "fleet").chmod(0o770)
    await memory.append(FILE, TITLE, [line("u1.t.aaaa")])
    mode = (workspace / "memory" / "fleet" / FILE).stat().st_mode & 0o777
    assert mode & ~0o660 == 0
    assert mode & 0o600 == 0o600


@pytest.mark.parametrize(
    ("machine", "name"),
    [
        ("box2", "box2-3f2a9c-2026-11-27.md"),
        ("Box 2 / lab", "box-2-lab-3f2a9c-2026-11-27.md"),
        ("日本", "node-3f2a9c-2026-11-27.md"),
    ],
)
def test_the_file_is_named_after_machine_and_day(machine: str, name: str) -> None:
    assert file_name(machine, "3f2a9c77", "2026-11-27") == name
