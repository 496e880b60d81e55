"""Memory in the workspace of an agent whose Gateway is on this machine, or shares a disk with it.

All processes of this program take one lock for the folder. What others append at the same time is
kept: lines are only added at the end of this machine's own file, or overwritten in place. The
Gateway's plugin takes no lock. So a wish to forget is written before lines are removed, and is
looked up once more after lines were added: one of the two programs sees what the other has written.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from fleet.memory.errors import MemoryRefused, MemoryUnwritable
from fleet.memory.pages import MemoryLine, addition, forgotten
from fleet.memory.store import FILE_NAME, MOST_FILE_BYTES, Appended
from fleet.memory.wishes import WISHES_FILE, Wishes, is_forgotten, note_of, read_wishes, wish

MARKS: Final = ("AGENTS.md", "SOUL.md", "USER.md", "IDENTITY.md", "MEMORY.md", "memory")
"""A workspace has at least one of these."""
SUBFOLDER: Final = Path("memory", "fleet")
LOCK_FILE: Final = ".lock"
_LOCK_WITHIN_S: Final = 10.0
_FLAGS: Final = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class WorkspaceMemory:
    """A `MemoryStore` over ``workspace``, the folder of one agent's workspace."""

    def __init__(self, workspace: Path, *, most_bytes: int = MOST_FILE_BYTES) -> None:
        self.workspace = workspace
        self._most_bytes = most_bytes

    async def append(self, file: str, title: str, lines: Sequence[MemoryLine]) -> Appended:
        return await asyncio.to_thread(self._append, file, title, lines)

    async def forget(self, tags: Sequence[str], at: float) -> int:
        return await asyncio.to_thread(self._forget, tags, at)

    def check(self) -> None:
        """
        Raises:
            MemoryUnwritable: the folder is none, no workspace, or not writable; says what to do.
        """
        if not self.workspace.is_dir():
            raise MemoryUnwritable(
                f"{self.workspace} is no folder: set fleet.memory.folder to the agent's workspace "
                "(`openclaw agents list` shows it); OpenClaw makes it with the agent's first turn"
            )
        if not any((self.workspace / mark).exists() for mark in MARKS):
            raise MemoryUnwritable(
                f"{self.workspace} does not look like an agent's workspace: it has none of "
                f"{', '.join(MARKS)}. Set fleet.memory.folder to the agent's workspace, or make a "
                "folder `memory` in it"
            )
        folder = self.workspace / SUBFOLDER
        with _as_unwritable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            inside = Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(self.workspace))
        if not inside:
            raise MemoryUnwritable(f"{folder} leads out of the workspace: remove the link")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise MemoryUnwritable(f"{folder} cannot be written: give this user the right to it")

    # -- in a thread -------------------------------------------------------------------------

    def _append(self, file: str, title: str, lines: Sequence[MemoryLine]) -> Appended:
        if FILE_NAME.fullmatch(file) is None:
            raise MemoryRefused(f"{file!r} is no name of a memory file")
        with self._locked() as folder, _as_unwritable(folder / file):
            wishes = _wishes_in(folder)
            wanted = [line for line in lines if not is_forgotten(line.id, line.text, wishes)]
            left_out = len(lines) - len(wanted)
            if not wanted:
                return Appended(0, 0, left_out)
            flags = _FLAGS | os.O_CREAT | os.O_APPEND
            handle = os.open(folder / file, flags, _file_mode(folder))
            try:
                done = self._append_to(handle, folder / file, title, wanted)
            finally:
                os.close(handle)
            fresh = {tags: at for tags, at in _wishes_in(folder).items() if wishes.get(tags) != at}
            removed = _blank(folder / file, fresh)
            return Appended(done.appended - removed, done.skipped, left_out + removed)

    def _append_to(
        self, handle: int, path: Path, title: str, lines: Sequence[MemoryLine]
    ) -> Appended:
        content = _read(handle)
        change = addition(content, title, lines)
        if change.keep + len(change.data) > self._most_bytes and change.fresh:
            raise MemoryRefused(
                f"{path} has {len(content)} bytes, and at most {self._most_bytes} are written a day"
            )
        if change.keep != len(content):
            os.ftruncate(handle, change.keep)
        try:
            _write(handle, change.data)
            os.fsync(handle)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, change.keep)  # all lines or none
            raise
        return Appended(change.fresh, len(lines) - change.fresh)

    def _forget(self, tags: Sequence[str], at: float) -> int:
        count = 0
        with self._locked() as folder, _as_unwritable(folder):
            with _as_unwritable(folder / WISHES_FILE):
                _keep_wish(folder, tags, at)
            for path in sorted(folder.glob("*.md")):
                if path.is_file() and not path.is_symlink():
                    with _as_unwritable(path):
                        count += _blank(path, wish(tags, at))
        return count

    @contextlib.contextmanager
    def _locked(self) -> Iterator[Path]:
        """The folder of the bridge, for this process alone."""
        self.check()
        folder = self.workspace / SUBFOLDER
        lock = FileLock(folder / LOCK_FILE, mode=_file_mode(folder), fallback_to_soft=False)
        with _as_unwritable(folder / LOCK_FILE):
            try:
                lock.acquire(timeout=_LOCK_WITHIN_S)
            except Timeout:
                raise MemoryUnwritable(f"{folder} is locked by another process") from None
        try:
            yield folder
        finally:
            lock.release()


def _wishes_in(folder: Path) -> Wishes:
    """The wishes of all machines."""
    try:
        handle = os.open(folder / WISHES_FILE, _FLAGS)
    except FileNotFoundError:
        return {}
    try:
        return read_wishes(_read(handle))
    finally:
        os.close(handle)


def _keep_wish(folder: Path, tags: Sequence[str], at: float) -> None:
    """Write a wish to forget, for the lines that machines have not written yet."""
    handle = os.open(folder / WISHES_FILE, _FLAGS | os.O_CREAT, _file_mode(folder))
    try:
        note = note_of(_read(handle), tags, at)
        if note is not None:
            os.lseek(handle, note.offset, os.SEEK_SET)
            _write(handle, note.data)
            os.fsync(handle)
    finally:
        os.close(handle)


def _blank(path: Path, wishes: Wishes) -> int:
    """Overwrite the lines that are forgotten; returns how many."""
    places = forgotten(path.read_bytes(), wishes) if wishes else []
    if places:
        handle = os.open(path, _FLAGS)
        try:
            for offset, length in places:
                os.lseek(handle, offset, os.SEEK_SET)
                _write(handle, b" " * length)
            os.fsync(handle)
        finally:
            os.close(handle)
    return len(places)


def _read(handle: int) -> bytes:
    os.lseek(handle, 0, os.SEEK_SET)
    parts = []
    while part := os.read(handle, MOST_FILE_BYTES):
        parts.append(part)
    return b"".join(parts)


def _write(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _file_mode(folder: Path) -> int:
    """Who may read the folder may read its files: the Gateway may run as another user."""
    return folder.stat().st_mode & 0o666


@contextlib.contextmanager
def _as_unwritable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MemoryUnwritable(
            f"{path} cannot be written ({error.strerror or error}): check the free space and the "
            "rights of the folder"
        ) from error
