"""Look at an SQLite file before the bot opens it: a file that it cannot use stays as it is."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from database.engine import BUSY_TIMEOUT_S, FILE_ADVICE, LOCKED_ADVICE
from database.errors import (
    DatabaseDamaged,
    DatabaseForeign,
    DatabaseLocked,
    DatabaseNewer,
    DatabaseUnreachable,
)

VERSION_TABLE: Final = "alembic_version"
log = logging.getLogger(__name__)

_MAGIC: Final = b"SQLite format 3\0"
_READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

DAMAGED_ADVICE: Final = (
    "Restore it from a backup, or move it away: the bot then begins with an empty one, and no "
    "member's choice to be left out holds any more"
)
FOREIGN_ADVICE: Final = "Move it away, or set another file as DATABASE__URL"
NEWER_ADVICE: Final = "Update the bot, or restore the database from before the update"


def inspect_file(file: Path, known: frozenset[str]) -> str | None:
    """The revision of the tables in an SQLite file; None without tables, and without a file.

    ``known`` are the revisions that this version has. Every page is checked. Nothing is written.

    Raises:
        DatabaseUnusable: the file cannot be used.
    """
    if not _has_content(file):
        _check_folder(file)
        return None
    with _as_unusable(file), contextlib.closing(_open(file)) as connection:
        problem = connection.execute("PRAGMA quick_check(1)").fetchone()
        if problem is not None and problem[0] != "ok":
            raise DatabaseDamaged(str(file), f"it is damaged ({problem[0]})", DAMAGED_ADVICE)
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if not tables:
            return None
        revision = None
        if VERSION_TABLE in tables:
            row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
            revision = None if row is None else str(row[0])
    check_revision(str(file), revision, known, tables)
    return revision


def check_revision(
    where: str, revision: str | None, known: frozenset[str], tables: set[str]
) -> None:
    """
    Raises:
        DatabaseForeign, DatabaseNewer: the ``tables`` of the database are not this version's.
    """
    if revision is None and tables - {VERSION_TABLE}:
        some = ", ".join(sorted(tables - {VERSION_TABLE})[:3])
        words = f"it has tables of another program ({some})"
        raise DatabaseForeign(where, words, FOREIGN_ADVICE)
    if revision is not None and revision not in known:
        words = f"a later version of the bot has written it (revision {revision[:40]})"
        raise DatabaseNewer(where, words, NEWER_ADVICE)


def check_writable(file: Path) -> None:
    """Whether the bot could write to an existing SQLite file; nothing is changed in it.

    Raises:
        DatabaseUnusable: it could not.
    """
    with _as_unusable(file), contextlib.closing(_open(file, "rw")) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def make_private(file: Path) -> None:
    """Create the file if it is not there, and let no other user of the machine read it.

    SQLite gives the files that it makes beside it later the same rights.

    Raises:
        DatabaseUnreachable: it cannot be created.
    """
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            log.warning("other users of this machine could read %s; it is now private", file)
        for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            if each.exists():
                each.chmod(each.stat().st_mode & 0o700)
    except OSError as error:
        raise _unreachable(file, error) from error


def _has_content(file: Path) -> bool:
    """Whether there is a file, and it is not empty.

    Raises:
        DatabaseDamaged, DatabaseUnreachable: it is no database, or cannot be read.
    """
    try:
        handle = os.open(file, _READ)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unreachable(file, error) from error
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "not a file"
            raise DatabaseDamaged(str(file), f"it is {what}", FOREIGN_ADVICE)
        begin = os.read(handle, len(_MAGIC))
    finally:
        os.close(handle)
    if begin and begin != _MAGIC:
        raise DatabaseDamaged(str(file), "it is not an SQLite database", DAMAGED_ADVICE)
    return bool(begin)


def _check_folder(file: Path) -> None:
    """
    Raises:
        DatabaseUnreachable: the file cannot be created.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=file.parent):
            pass
    except OSError as error:
        raise _unreachable(file, error) from error


def _open(file: Path, mode: str = "ro") -> sqlite3.Connection:
    uri = f"file:{quote(str(file))}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    if mode == "ro":
        connection.execute("PRAGMA query_only = ON")
    return connection


@contextlib.contextmanager
def _as_unusable(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise DatabaseLocked(str(file), "it is locked", LOCKED_ADVICE) from error
        raise DatabaseUnreachable(str(file), str(error), FILE_ADVICE) from error
    except sqlite3.DatabaseError as error:
        raise DatabaseDamaged(str(file), f"it is damaged ({error})", DAMAGED_ADVICE) from error


def _unreachable(file: Path, error: OSError) -> DatabaseUnreachable:
    reason = error.strerror or str(error)
    if error.filename is not None and str(error.filename) != str(file):
        reason = f"{error.filename}: {reason}"
    return DatabaseUnreachable(str(file), reason, FILE_ADVICE)
