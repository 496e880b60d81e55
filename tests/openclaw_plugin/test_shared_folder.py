"""The plugin and this program write one folder: what one of them forgets, the other leaves out."""

from __future__ import annotations

import json
import random
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fleet.memory.entries import has_tags
from fleet.memory.folder import WorkspaceMemory
from fleet.memory.pages import MemoryLine
from fleet.memory.wishes import WISHES_FILE, read_wishes
from tests.openclaw_plugin.test_javascript import PLUGIN, node

SCRIPT = """
const { append, forget } = await import(process.argv[1]);
const [workspace, orders] = JSON.parse(process.argv[2]);
const agents = { agents: () => ["jarvis"], standard: () => "jarvis", workspaceOf: () => workspace };
const answers = [];
for (const [what, params] of orders) {
  answers.push(await (what === "append" ? append : forget)(params, agents));
}
console.log(JSON.stringify(answers));
"""
BEGIN = datetime(2026, 11, 27, 23, 50, tzinfo=UTC).timestamp()
TAGS = (["u42"], ["u4"], ["t", "g7"], ["u42", "g7", "t"], ["o"])


def by_the_plugin(workspace: Path, orders: list[Any]) -> list[dict[str, int]]:
    script = (PLUGIN / "lib" / "memory.js").as_uri()
    given = json.dumps([str(workspace), orders])
    done = subprocess.run(
        [node(), "--input-type=module", "-e", SCRIPT, script, given],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answers: list[dict[str, int]] = json.loads(done.stdout)
    return answers


def line(number: int, at: float, chance: random.Random) -> MemoryLine:
    member, guild = chance.choice((4, 42, 421)), chance.choice((7, 71))
    kind = chance.choice("to")
    moment = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"
    text = f"{moment} UTC, Zoë 🦊: words {number}"
    return MemoryLine(id=f"u{member}.g{guild}.{kind}.{number:04}", text=text)


@pytest.mark.parametrize("seed", range(3))
def test_both_agree_on_what_is_forgotten(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    (tmp_path / "memory").mkdir()
    memory = WorkspaceMemory(tmp_path)
    said: list[tuple[MemoryLine, float]] = []
    wishes: list[tuple[list[str], float]] = []
    for turn in range(4):
        orders: list[Any] = []
        for _ in range(12):
            at = BEGIN + chance.randrange(0, 1_200)
            if chance.random() < 0.2:
                tags = chance.choice(TAGS)
                wishes.append((tags, at))
                orders.append(["forget", {"tags": tags, "at": at}])
            else:
                said.append((line(len(said), at, chance), at))
                row = said[-1][0].model_dump()
                file = f"box{turn % 2}.md"
                orders.append(["append", {"file": file, "title": "box", "lines": [row]}])
        if turn % 2:
            by_the_plugin(tmp_path, orders)
            continue
        for what, params in orders:
            if what == "append":
                rows = [MemoryLine.model_validate(each) for each in params["lines"]]
                memory._append(params["file"], params["title"], rows)
            else:
                memory._forget(params["tags"], params["at"])
    folder = tmp_path / "memory" / "fleet"
    text = "".join(each.read_text("utf-8") for each in folder.glob("*.md"))
    for spoken, at in said:
        gone = any(
            has_tags(spoken.id, tags) and at // 60 <= (wished + 60) // 60 for tags, wished in wishes
        )
        assert text.count(f"^{spoken.id}\n") == (not gone), spoken
    latest = {tuple(sorted(tags)): int(at) for tags, at in sorted(wishes, key=lambda each: each[1])}
    assert read_wishes((folder / WISHES_FILE).read_bytes()) == latest
