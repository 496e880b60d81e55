"""One bot a folder: two would answer every command twice, and write over each other's files."""

from __future__ import annotations

import json
import logging
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from state.errors import FolderInUse, StateError
from state.files import read_state, write_state

log = logging.getLogger(__name__)

LOCK_FILE: Final = "bot.lock"
HOLDER_FILE: Final = "bot.json"
"""Who holds the lock. Not in the lock file itself, which earlier versions of filelock emptied at
every attempt."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for the length of the body. The lock is the system's, and ends with the
    process however that ends.

    A folder that cannot be locked, or that takes no file, is told of and used all the same.

    Raises:
        FolderInUse: another process holds it; the text says which.
    """
    # Never a lock that is a mere file: it would outlast a process that is killed.
    lock = FileLock(folder / LOCK_FILE, mode=0o600, fallback_to_soft=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise FolderInUse(
            f"a bot is running already with the state folder {folder}: {_holder(folder)}. End it "
            "first, or give this one a folder of its own with openclaw.state_dir"
        ) from None
    except OSError as error:
        why = error.strerror or error
        lock_file = folder / LOCK_FILE
        log.warning("%s cannot be locked (%s): a second bot would not be noticed", lock_file, why)
        _look_whether_anything_lasts(folder)
        yield
        return
    try:
        _sign(folder)
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER_FILE).unlink()
        lock.release()


def _sign(folder: Path) -> None:
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    me = {"process": os.getpid(), "machine": socket.gethostname(), "since": since}
    try:
        write_state(folder / HOLDER_FILE, (json.dumps(me) + "\n").encode())
    except StateError as error:
        _tell_that_nothing_lasts(folder, error)


def _look_whether_anything_lasts(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        _tell_that_nothing_lasts(folder, error.strerror or error)


def _tell_that_nothing_lasts(folder: Path, why: object) -> None:
    log.warning(
        "nothing can be kept in the state folder %s (%s): what guilds choose and Gateways issue "
        "from now on ends with the bot",
        folder,
        why,
    )


def _holder(folder: Path) -> str:
    with suppress(StateError):
        who = read_state(folder / HOLDER_FILE, _described)
        if who is not None:
            return who
    return "it has not said which process it is"


def _described(text: str) -> str:
    """
    Raises:
        ValueError: it is no such note.
    """
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no object")
    process, machine, since = (found.get(key, "?") for key in ("process", "machine", "since"))
    return f"process {process} on {machine}, since {since}"
