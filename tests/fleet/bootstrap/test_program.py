"""The archive of this program: without secrets, and named by its content."""

from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from fleet.bootstrap.errors import BootstrapFailed
from fleet.bootstrap.program import Program, pack


def names(program: Program) -> set[str]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(program.content))) as archive:
        return set(archive.getnames())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "program"
    for name in ("run.py", ".env", ".env.example", ".env.local", "app/x.py", ".venv/big", "a/.env"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def test_an_unpacked_program_goes_without_secrets_and_packages(root: Path) -> None:
    assert names(pack(root)) == {"run.py", ".env.example", "app", "app/x.py", "a"}


def test_a_checkout_goes_as_its_last_commit(root: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=x", "-c", "user.email=x@x"]
        subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, timeout=30)

    git("init", "-q")
    git("add", "run.py", "app")
    git("commit", "-qm", "One")
    first = pack(root)
    assert names(first) == {"run.py", "app", "app/x.py"}
    assert first.note == ""
    assert pack(root) == first
    (root / "run.py").write_text("changed")
    second = pack(root)
    assert second.release == first.release
    assert "changes since then are not in it" in second.note
    git("commit", "-qam", "Two")
    assert pack(root).release != first.release


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BootstrapFailed, match="cannot be packed"):
        pack(tmp_path / "nothing")
