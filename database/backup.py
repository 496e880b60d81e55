"""Copy an SQLite database beside a running bot, and put a copy back.

SQLite's own online backup makes the copy: it has every change that was committed when it ended,
those in the write-ahead log too. Copying the file alone would lose them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from database.errors import DatabaseUnreachable
from database.inspection import inspect_file
from database.location import Location
from database.upgrade import revisions

_BESIDE: Final = ("", "-wal", "-shm")
"""What SQLite's database consists of: the file, its log, and the index of the log."""

ON_A_SERVER: Final = (
    "Use the server's own tools: pg_dump --format=custom makes a copy, pg_restore puts it back"
)


def back_up(location: Location, to: Path) -> str | None:
    """Copy a database to the new file ``to``, and check the copy. The revision of its tables;
    None without tables.

    Raises:
        DatabaseUnusable: the database, or its copy, cannot be used.
        FileExistsError: there is a file of that name already.
    """
    file = _file(location)
    if not file.exists():
        raise DatabaseUnreachable(str(file), "there is none", "The bot makes it at its first start")
    part = to.with_name(f"{to.name}.part")
    with _as_unreachable(to):
        # Other users cannot read it, and a file of that name stays.
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            _copy(file, part)
            revision = inspect_file(part, frozenset(revisions()))
            part.replace(to)
        except BaseException:
            for each in (part, to):
                each.unlink(missing_ok=True)
            raise
    return revision


def restore(location: Location, copy: Path) -> Path | None:
    """Put a copy in the place of a database that no bot uses. Where the replaced one is now; None
    if there was none.

    Nothing is deleted: the replaced files get another name.

    Raises:
        DatabaseUnusable: the copy cannot be used, or belongs to a later version.
    """
    file = _file(location)
    if not copy.is_file():
        raise DatabaseUnreachable(str(copy), "there is no such file", "Name a copy of a backup")
    if inspect_file(copy, frozenset(revisions())) is None:
        raise DatabaseUnreachable(str(copy), "it has no tables", "Name a copy of a backup")
    part = file.with_name(f"{file.name}.part")
    with _as_unreachable(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        # A copy may have a log of its own: another database was copied while it was open.
        _copy(copy, part)
        replaced = _put_aside(file)
        part.replace(file)
    return replaced


def _file(location: Location) -> Path:
    if location.file is None:
        raise DatabaseUnreachable(str(location), "it is no file of SQLite", ON_A_SERVER)
    return location.file


def _copy(source: Path, to: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source)) as opened,
        contextlib.closing(sqlite3.connect(to)) as target,
    ):
        opened.backup(target)


def _put_aside(file: Path) -> Path | None:
    if not file.exists():
        return None
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = file.with_name(f"{file.name}.before-restore-{at}")
    for suffix in _BESIDE:
        old = Path(f"{file}{suffix}")
        if old.exists():
            shutil.move(old, f"{aside}{suffix}")
    return aside


@contextlib.contextmanager
def _as_unreachable(file: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        advice = "Check the free space and the rights of the folder"
        raise DatabaseUnreachable(str(file), reason, advice) from error
