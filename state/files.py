"""Read and write the bot's state files: atomically, and without stopping the bot.

A file with unusable content is renamed, with a warning in the log; the bot continues without it,
and its content is kept.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import BaseModel

from logs import FaultLog
from state.errors import StateError, StateUnreadable, StateUnwritable

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_BYTES: Final = 16 * 1024 * 1024
"""A thousand times the size of a busy bot's file; a larger file is not ours."""
_MISSING: Final = frozenset({errno.ENOENT, errno.ENOTDIR})
_PASSING: Final = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EINTR, errno.EIO, errno.ESTALE}
)
"""Errors that may pass: renaming the file would lose an intact one."""
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})
"""Errors of file systems without hard links."""
_READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Do not block if the path is a pipe or a device."""
_OTHERS: Final = 0o077
"""The rights of the group and of others."""
log = logging.getLogger(__name__)
M = TypeVar("M", bound=BaseModel)


class _Unusable(Exception):
    """The file is not as the bot writes it; the text says why."""


def read_state(
    path: Path, parse: Callable[[str], T], *, secret: bool = False, irreplaceable: bool = False
) -> T | None:
    """The result of ``parse`` for the file's text; None if the file is missing or was renamed.

    ``parse`` raises `ValueError` for unusable content; its message is not shown, as it may quote
    the file. A ``secret`` file that others may read is made private, with a warning. An
    ``irreplaceable`` file is never renamed: its owner must repair it.

    Raises:
        StateUnreadable: the file cannot be read, and was not moved.
    """
    try:
        text = _text(path, secret=secret)
        return None if text is None else _parsed(text, parse)
    except _Unusable as why:
        reason = str(why)
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _PASSING:
            text = f"{path} cannot be read now: {reason}"
            raise StateUnreadable(text, reason, passing=True) from error
    if irreplaceable:
        raise StateUnreadable(f"{path} cannot be used ({reason})", reason)
    try:
        aside = put_aside(path)
    except OSError as error:
        raise StateUnreadable(
            f"{path} cannot be used ({reason}), nor put aside ({error.strerror or error}): remove "
            "it, or make it and its folder readable and writable for the bot",
            reason,
        ) from error
    log.warning("%s cannot be used (%s); it was put aside as %s", path, reason, aside.name)
    return None


def write_state(path: Path, content: bytes) -> None:
    """Replace the content of a file atomically, readable for this user only.

    It is on the disk when this returns; a crash leaves the old content or the new.

    Raises:
        StateUnwritable: the earlier content is untouched.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    with _as_state_error(path), _draft(path, content) as draft:
        os.replace(draft, path)
        _sync_folder(path.parent)


def create_state(path: Path, content: bytes) -> bool:
    """Write a new file; False if it exists, perhaps by another process at the same time.

    Raises:
        StateUnwritable: the file cannot be written.
    """
    with _as_state_error(path), _draft(path, content) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if os.path.lexists(path):
                return False
            os.replace(draft, path)
        _sync_folder(path.parent)
    return True


def put_aside(path: Path) -> Path:
    """Rename ``path`` to ``NAME.broken-TIME`` in its folder; returns the new path.

    Raises:
        OSError: it cannot be renamed.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    aside, number = path.with_name(f"{path.name}.broken-{stamp}"), 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.broken-{stamp}-{number}")
    os.rename(path, aside)
    return aside


def _text(path: Path, *, secret: bool) -> str | None:
    try:
        handle = os.open(path, _READ)
    except OSError as error:
        if error.errno in _MISSING:
            return None
        raise
    with open(handle, "rb") as file:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise _Unusable("it is a directory")
        if not stat.S_ISREG(found.st_mode):
            raise _Unusable("it is not a file")
        if secret and found.st_mode & _OTHERS:
            _make_private(path, found.st_mode)
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _Unusable(f"it has more than {MOST_BYTES // 1024**2} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unusable("it is not UTF-8") from None


def _parsed(text: str, parse: Callable[[str], T]) -> T:
    if not text.strip("\0 \t\r\n"):
        raise _Unusable("it is empty")
    try:
        return parse(text)
    except (ValueError, RecursionError):
        raise _Unusable(_what_is_wrong(text)) from None


def _what_is_wrong(text: str) -> str:
    if text.lstrip()[:1] not in ("{", "["):
        return "it is not as the bot writes it"
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return "it is not JSON, or incomplete"
    return "its content is not as this version of the bot writes it"


def _make_private(path: Path, mode: int) -> None:
    try:
        path.chmod(mode & 0o700)
    except OSError as error:
        log.warning("other users of this machine can read %s: %s", path, error.strerror or error)
    else:
        log.warning("other users of this machine could read %s; it is now private", path)


@contextlib.contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    """A temporary file beside ``path`` with that content, synced, with mode 0600."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".draft", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Sync the new name as well, against a power cut. A failure is ignored: the file is written."""
    with contextlib.suppress(OSError):  # not every system opens or syncs a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _as_state_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StateUnwritable(
            f"{path} cannot be written ({error.strerror or error}); make its folder writable and "
            "check the free space, or set openclaw.state_dir to another folder"
        ) from error


class StateFile(Generic[M]):
    """A model of data that is kept in a file. ``value`` is the data; `save` writes it.

    ``what`` names the data in the log, such as "what guilds choose". The data ends with the process
    if there is no ``file``, or if the file cannot be used; the log has a warning then.
    """

    def __init__(self, file: Path | None, empty: M, what: str) -> None:
        self._file = file
        self._not_kept = f"{what} could not be kept, and ends with the bot: %s"
        self._faults = FaultLog(log)
        self.value = self._read(empty)

    def save(self) -> None:
        """Write the data; a failure is logged, and the data stays in memory."""
        if self._file is None:
            return
        content = self.value.model_dump_json(indent=2) + "\n"
        try:
            write_state(self._file, content.encode())
        except StateError as error:
            self._faults.tell(logging.WARNING, self._not_kept, error)
        else:
            self._faults.recovered(self._not_kept)

    def _read(self, empty: M) -> M:
        if self._file is None:
            return empty
        try:
            return read_state(self._file, type(empty).model_validate_json) or empty
        except StateUnreadable as error:
            log.warning(self._not_kept, error)
            self._file = None  # it must not be overwritten
            return empty
