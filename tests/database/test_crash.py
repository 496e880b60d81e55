"""A process that is killed loses nothing that it was told is kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from database.location import Location
from database.store import open_store

WRITES_UNTIL_KILLED = """
import asyncio, sys
from pathlib import Path
from database.location import Location
from database.store import open_store

async def main():
    async with open_store(Location(Path(sys.argv[1]))) as store:
        for number in range(1, 100_000):
            await store.settings.set(number, "auto_join_members", number % 99 + 1)
            print(number, flush=True)

asyncio.run(main())
"""


def killed_after(file: Path, most: int) -> int:
    """The last change that the process was told is kept, before kill -9."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITES_UNTIL_KILLED, str(file)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        kept = 0
        for line in process.stdout:
            kept = int(line)
            if kept >= most:
                process.kill()
                break
        rest = process.stdout.read().split()
    return max([kept, *map(int, rest)])


async def test_what_was_kept_is_there_after_kill_9(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    kept = killed_after(file, 25)
    async with open_store(Location(file)) as store:
        for number in range(1, kept + 1):
            assert store.settings.of(number).auto_join_members == number % 99 + 1
        beyond = store.settings.of(kept + 2)
        assert beyond.auto_join_members == 1, "at most the change on its way was kept too"
        await store.settings.set(1, "auto_join_members", 50)
