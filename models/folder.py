"""The folder of the models: its place, its lock, its errors, and the check of a file."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from models.errors import Damaged, StoreUnusable
from models.progress import megabytes

_APP: Final = "openclaw-voice"
_LOCK_TIMEOUT_S: Final = 3600.0
_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Found:
    """The path of a model on this machine, and its origin: a source's label, or ``store``."""

    path: Path
    origin: str


def sha256_of(path: Path) -> str:
    """The hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, *, size: int, sha256: str | None) -> None:
    """Compare a file with the published one; without ``sha256``, its size alone.

    Raises:
        Damaged: it differs, or does not exist.
    """
    try:
        found = path.stat().st_size
        if found != size:
            raise Damaged(f"{path} has {found:,} bytes, the published file {size:,}")
        if sha256 and (digest := sha256_of(path)) != sha256:
            raise Damaged(f"{path} has the sha256 {digest}, the published file {sha256}")
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error


def default_dir() -> Path:
    """The user's cache folder on each platform (XDG Base Directory 0.8 on Linux).

    Raises:
        StoreUnusable: the user has no home folder.
    """
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            configured = os.environ.get("XDG_CACHE_HOME", "")
            # The specification says to ignore relative paths.
            base = Path(configured) if os.path.isabs(configured) else Path.home() / ".cache"
    except RuntimeError as error:
        raise StoreUnusable(f"no folder for models: {error}; set models.dir") from error
    return base / _APP / "models"


class StoreFolder:
    """``models.dir``, or the default. It is created by the first download."""

    def __init__(self, root: Path | None) -> None:
        self.root = (root.expanduser() if root else default_dir()).absolute()

    @property
    def partial(self) -> Path:
        """The folder of downloads that are not yet complete and verified."""
        return self.root / "partial"

    @contextlib.contextmanager
    def locked(self, waiting: Callable[[], None]) -> Generator[None, None, None]:
        """Lock the folder against other processes; call ``waiting`` if another one holds the lock.

        Raises:
            StoreUnusable: the folder cannot be written to, or the other process holds the lock
                for an hour.
        """
        with self.guarded():
            self.partial.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / ".lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                waiting()
                self._wait_for(lock)
        try:
            with self.guarded():
                yield
        finally:
            lock.release()

    def _wait_for(self, lock: FileLock) -> None:
        try:
            lock.acquire(timeout=_LOCK_TIMEOUT_S)
        except Timeout as error:
            raise StoreUnusable(
                f"another process holds {self.root / '.lock'} for an hour: end it, then try again"
            ) from error

    @contextlib.contextmanager
    def guarded(self) -> Generator[None, None, None]:
        """Turn an `OSError` into an error that says what to do.

        Raises:
            StoreUnusable: in its place.
        """
        try:
            yield
        except OSError as error:
            if error.errno in _NO_SPACE:
                raise StoreUnusable(
                    f"no space left in {self.root}: free some, or set models.dir to a larger disk"
                ) from error
            raise StoreUnusable(
                f"cannot write to {error.filename or self.root} ({error.strerror or error}): "
                "make it writable, or set models.dir to a folder that is"
            ) from error

    def check_space(self, size: int) -> None:
        """Check that there is space for a download, before it begins.

        Raises:
            StoreUnusable: less than ``size`` bytes are free.
        """
        free = shutil.disk_usage(self.root).free
        if free < size:
            raise StoreUnusable(
                f"{megabytes(size)} are needed in {self.root}, {megabytes(free)} are free: "
                "free some, or set models.dir to a larger disk"
            )
