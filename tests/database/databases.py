"""Databases for the tests: SQLite's file, and a PostgreSQL server of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from database.location import Location, located

_PLACES: Final = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/bin")
_TIMEOUT_S: Final = 30


def postgres_programs() -> Path | None:
    """The folder with initdb and postgres; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    for pattern in _PLACES:
        places += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    return next((each for each in places if (each / "postgres").exists()), None)


def _unprivileged() -> dict[str, int]:
    """PostgreSQL refuses to run as root: the user to run it as, for `subprocess`."""
    if os.name != "posix" or os.getuid() != 0:
        return {}
    user = next((each for each in pwd.getpwall() if each.pw_name == "postgres"), None)
    user = user or pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid}


@contextmanager
def postgres_server(programs: Path) -> Iterator[Location]:
    """A server of its own, reached by a socket in its folder; it ends with the body."""
    folder = Path(mkdtemp(prefix="ocv-pg-"))
    who = _unprivileged()
    if who:
        os.chown(folder, who["user"], who["group"])
    data = folder / "data"
    options = "-c fsync=off -c max_connections=40 -c unix_socket_permissions=0777"
    try:
        _run([programs / "initdb", "-D", data, "-U", "bot", "-A", "trust", "-N"], who)
        args = f"-k {folder} -h '' {options}"
        start = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", args, "start"]
        _run(start, who)
        try:
            os.chmod(folder, 0o755)
            yield located(f"postgresql://bot@/postgres?host={folder}")
        finally:
            _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], who)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[object], who: dict[str, int]) -> None:
    done = subprocess.run(
        [str(each) for each in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        timeout=_TIMEOUT_S, cwd="/", check=False, **who,  # type: ignore[call-overload]
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')}")
