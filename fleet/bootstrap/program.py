"""This program as an archive for another machine: what git tracks, never an .env file."""

from __future__ import annotations

import gzip
import hashlib
import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fleet.bootstrap.errors import BootstrapFailed
from version import project_version

ROOT: Final = Path(__file__).parent.parent.parent
_LEFT_OUT: Final = frozenset(
    {".git", ".venv", ".cache", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
)
_MOST_BYTES: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class Program:
    """A gzipped tar archive; ``release`` names its content. ``note`` says what is not in it."""

    release: str
    content: bytes
    note: str = ""


def pack(root: Path = ROOT) -> Program:
    """The program in ``root``: its last commit, or without git its files.

    Raises:
        BootstrapFailed: it cannot be read.
    """
    note = ""
    try:
        if (root / ".git").exists():
            tar = _git(root, "archive", "--format=tar", "HEAD")
            if _git(root, "status", "--porcelain", "--untracked-files=no"):
                note = "the last commit is installed; changes since then are not in it"
        else:
            tar = _files(root)
    except (OSError, subprocess.CalledProcessError, tarfile.TarError) as error:
        raise BootstrapFailed(f"{root} cannot be packed for the other machine: {error}") from error
    if len(tar) > _MOST_BYTES:
        raise BootstrapFailed(f"{root} has more than {_MOST_BYTES // 10**6} MB: it is no checkout")
    digest = hashlib.sha256(tar).hexdigest()[:12]
    return Program(f"{project_version()}-{digest}", gzip.compress(tar, 6, mtime=0), note)


def _git(root: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout


def _files(root: Path) -> bytes:
    """A tar archive of the files of an unpacked program, in a fixed order."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        name = Path(entry.name).name
        if name in _LEFT_OUT or (name.startswith(".env") and name != ".env.example"):
            return None
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        return entry

    with io.BytesIO() as buffer:
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for path in sorted(root.iterdir()):
                archive.add(path, arcname=path.name, filter=plain)
        return buffer.getvalue()
