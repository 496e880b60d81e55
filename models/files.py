"""Is a file the one that was published?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from models.errors import Damaged


@dataclass(frozen=True, slots=True)
class Found:
    """Where a model lies, and who put it there: a source's label, or ``store``."""

    path: Path
    origin: str


def sha256_of(path: Path) -> str:
    """Hex digest of the whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, *, size: int, sha256: str | None) -> None:
    """Compare with what was published; without ``sha256``, the size alone.

    Raises:
        Damaged: it differs, or is not there.
    """
    try:
        found = path.stat().st_size
        if found != size:
            raise Damaged(f"{path} has {found:,} bytes, the published file {size:,}")
        if sha256 and (digest := sha256_of(path)) != sha256:
            raise Damaged(f"{path} has the sha256 {digest}, the published file {sha256}")
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error
