from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from models.errors import Damaged
from models.files import verify

DATA = b"weights"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "model.onnx"
    path.write_bytes(DATA)
    return path


def test_the_published_file_passes(path: Path) -> None:
    verify(path, size=7, sha256=SHA256)


def test_another_size_is_told_before_hashing(path: Path) -> None:
    with pytest.raises(Damaged, match="7 bytes, the published file 8"):
        verify(path, size=8, sha256=SHA256)


def test_other_bytes_of_the_same_size_are_found(path: Path) -> None:
    path.write_bytes(b"wEights")
    with pytest.raises(Damaged, match=SHA256):
        verify(path, size=7, sha256=SHA256)


def test_without_a_hash_the_size_decides(path: Path) -> None:
    path.write_bytes(b"wEights")
    verify(path, size=7, sha256=None)


def test_a_file_that_is_gone_counts_as_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="cannot be read"):
        verify(tmp_path / "gone", size=7, sha256=SHA256)
