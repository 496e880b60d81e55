"""The lock on a state folder: two bots would both answer a command and overwrite the files."""

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
"""The process that holds the lock. It is not in the lock file: filelock truncates that one."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Lock ``folder`` for the length of the body. The system ends the lock with the process.

    A folder that cannot be locked or written to is used with a warning.

    Raises:
        FolderInUse: another process holds the lock; the text says which.
    """
    # Without the soft lock, which is a plain file and would outlast a killed process.
    lock = FileLock(folder / LOCK_FILE, mode=0o600, fallback_to_soft=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise FolderInUse(
            f"a bot is running already with the state folder {folder}: {_holder(folder)}. Stop it "
            "first, or set another folder for this one with openclaw.state_dir"
        ) from None
    except OSError as error:
        why = error.strerror or error
        lock_file = folder / LOCK_FILE
        log.warning("%s cannot be locked (%s): a second bot will not be detected", lock_file, why)
        _warn_if_read_only(folder)
        yield
        return
    try:
        _write_holder(folder)
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER_FILE).unlink()
        lock.release()


def _write_holder(folder: Path) -> None:
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    holder = {"process": os.getpid(), "machine": socket.gethostname(), "since": since}
    try:
        write_state(folder / HOLDER_FILE, (json.dumps(holder) + "\n").encode())
    except StateError as error:
        _warn_not_kept(folder, error)


def _warn_if_read_only(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        _warn_not_kept(folder, error.strerror or error)


def _warn_not_kept(folder: Path, why: object) -> None:
    log.warning(
        "the state folder %s cannot be written to (%s): the guilds' choices and the Gateways' "
        "tokens end with the bot",
        folder,
        why,
    )


def _holder(folder: Path) -> str:
    with suppress(StateError):
        holder = read_state(folder / HOLDER_FILE, _described)
        if holder is not None:
            return holder
    return "its process is unknown"


def _described(text: str) -> str:
    """
    Raises:
        ValueError: it is not a holder file.
    """
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    process, machine, since = (found.get(key, "?") for key in ("process", "machine", "since"))
    return f"process {process} on {machine}, since {since}"
