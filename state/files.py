"""Reading and writing the bot's files: whole or not at all, and never in the bot's way.

A file that cannot be read, for whatever reason lies in the file, is put aside under another name
and told of; the bot goes on without it, and nothing of it is lost.
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
"""A thousand times what a busy bot keeps; more than this is no file of ours."""
_MISSING: Final = frozenset({errno.ENOENT, errno.ENOTDIR})
_PASSING: Final = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EINTR, errno.EIO, errno.ESTALE}
)
"""What says nothing about the file: putting it aside would lose a sound one."""
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})
"""What file systems without hard links answer."""
_READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Without waiting, where a pipe or a device lies in the file's place."""
_OTHERS: Final = 0o077
"""Any right of the group and of everybody else."""


class _Unusable(Exception):
    """The file is not what the bot writes; the text says in what."""


def read_state(
    path: Path, parse: Callable[[str], T], *, secret: bool = False, irreplaceable: bool = False
) -> T | None:
    """What ``parse`` makes of the file's text; None if there is no file, or it was put aside.

    ``parse`` raises `ValueError` for what is not as the bot writes it; none of its text is told, as
    it may quote the file. A ``secret`` file that others may read is shut, and that is told. An
    ``irreplaceable`` one is for its owner to mend, and never put aside.

    Raises:
        StateUnreadable: it cannot be read, and lies where it was.
    """
    try:
        text = _text(path, secret=secret)
        return None if text is None else _parsed(text, parse)
    except _Unusable as why:
        reason = str(why)
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _PASSING:
            text = f"{path} cannot be read at present: {reason}"
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
    """Put ``content`` in the place of what was there, for this user's eyes alone. It is on the disk
    when this returns; a crash on the way leaves the one or the other.

    Raises:
        StateUnwritable: what was there before is untouched.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    with _told(path), _draft(path, content) as draft:
        os.replace(draft, path)
        _sync_folder(path.parent)


def create_state(path: Path, content: bytes) -> bool:
    """Write a file that is not there; False if one is there, perhaps by another process just now.

    Raises:
        StateUnwritable: it cannot be written.
    """
    with _told(path), _draft(path, content) as draft:
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
    """Give whatever lies at ``path`` another name beside it, ``NAME.broken-TIME``; the new path.

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
            raise _Unusable("it is no file")
        if secret and found.st_mode & _OTHERS:
            _shut(path, found.st_mode)
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
        return "it is no JSON, or cut short"
    return "its content is not as this version of the bot writes it"


def _shut(path: Path, mode: int) -> None:
    try:
        path.chmod(mode & 0o700)
    except OSError as error:
        log.warning("%s is open to other users of this machine: %s", path, error.strerror or error)
    else:
        log.warning("%s was open to other users of this machine; now it is not", path)


@contextlib.contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    """A file beside ``path`` with that content, on the disk, with mode 0600; gone at the end."""
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
    """The new name, too, is to outlive a power cut. The file is written, whatever becomes of it."""
    with contextlib.suppress(OSError):  # not every system opens or syncs a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StateUnwritable(
            f"{path} cannot be written ({error.strerror or error}); make its folder writable and "
            "see that there is space, or set openclaw.state_dir to another"
        ) from error


log = logging.getLogger(__name__)

M = TypeVar("M", bound=BaseModel)


class StateFile(Generic[M]):
    """``value`` is the data; `save` writes it after a change.

    ``what`` names the data in the log, such as "what guilds choose". Without a ``file`` the data
    ends with the process; so it does, after a line in the log, where the file cannot be used.
    """

    def __init__(self, file: Path | None, empty: M, what: str) -> None:
        self._file = file
        self._not_kept = f"{what} could not be kept, and ends with the bot: %s"
        self._faults = FaultLog(log)
        self.value = self._read(empty)

    def save(self) -> None:
        """Write the data; a failure is told, and costs only what outlives the process."""
        if self._file is None:
            return
        content = self.value.model_dump_json(indent=2) + "\n"
        try:
            write_state(self._file, content.encode())
        except StateError as error:
            self._faults.tell(logging.WARNING, self._not_kept, error)
        else:
            self._faults.well(self._not_kept)

    def _read(self, empty: M) -> M:
        if self._file is None:
            return empty
        try:
            return read_state(self._file, type(empty).model_validate_json) or empty
        except StateUnreadable as error:
            log.warning(self._not_kept, error)
            self._file = None  # it must not be written over
            return empty
