"""Several processes of one bot, each with its shards, on one database."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from database.location import Location
from database.store import open_store

GUILDS = 20
MEMBER = 4_242
PROCESS = """
import asyncio, sys
from pathlib import Path
import database.store as store_module
from database.location import Location, located
from database.store import open_store

store_module.REFRESH_EVERY_S = 0.02
where, first, member = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
location = Location(Path(where)) if where.startswith("/") else located(where)

async def main():
    async with open_store(location, shared=True) as store:
        guilds = range(first, first + 20)
        await asyncio.gather(
            *(store.settings.set(each, "auto_join_members", first % 7 + 2) for each in guilds)
        )
        if first == 100:
            await store.members.choose(member, hearing="left_out")
        while store.members.of(1, member).hearing != "left_out":
            await asyncio.sleep(0.01)
        print("left out", flush=True)

asyncio.run(main())
"""


@contextlib.contextmanager
def process(where: str, first: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROCESS, where, str(first), str(MEMBER)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    ) as running:
        try:
            yield running
        finally:
            running.kill()


async def test_two_processes_share_an_empty_database_from_their_start(location: Location) -> None:
    """What a member chooses for all servers in one process holds in the other within seconds."""
    if location.file is not None:
        where = str(location.file)
    else:
        assert location.server is not None
        server = location.server
        where = f"postgresql://{server.user}@/{server.name}?host={server.host}"
    with process(where, 100) as one, process(where, 200) as other:
        for each in (one, other):
            told, errors = each.communicate(timeout=60)
            assert (told, errors) == ("left out\n", "")
    async with open_store(location) as store:
        for first in (100, 200):
            for guild in range(first, first + GUILDS):
                assert store.settings.of(guild).auto_join_members == first % 7 + 2
        assert store.members.of(1, MEMBER).hearing == "left_out"
