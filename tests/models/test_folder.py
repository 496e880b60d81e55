from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from models.errors import Damaged, StoreUnusable
from models.folder import StoreFolder, default_dir, verify

DATA = b"weights"
SHA256 = hashlib.sha256(DATA).hexdigest()
linux = pytest.mark.skipif(sys.platform != "linux", reason="folders of Linux")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "model.onnx"
    path.write_bytes(DATA)
    return path


def test_the_published_file_passes(path: Path) -> None:
    verify(path, size=7, sha256=SHA256)


def test_another_size_is_found_before_hashing(path: Path) -> None:
    with pytest.raises(Damaged, match="7 bytes, the published file 8"):
        verify(path, size=8, sha256=SHA256)


def test_other_bytes_of_the_same_size_are_found(path: Path) -> None:
    path.write_bytes(b"wEights")
    with pytest.raises(Damaged, match=SHA256):
        verify(path, size=7, sha256=SHA256)


def test_without_a_hash_the_size_decides(path: Path) -> None:
    path.write_bytes(b"wEights")
    verify(path, size=7, sha256=None)


def test_a_missing_file_counts_as_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="cannot be read"):
        verify(tmp_path / "gone", size=7, sha256=SHA256)


@linux
def test_the_default_is_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_dir() == tmp_path / "openclaw-voice" / "models"


@linux
@pytest.mark.parametrize("value", ["", "relative/cache"])
def test_an_empty_or_relative_cache_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_dir() == tmp_path / ".cache" / "openclaw-voice" / "models"


def test_naming_a_folder_does_not_create_it(tmp_path: Path) -> None:
    StoreFolder(tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_a_tilde_is_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert StoreFolder(Path("~/models")).root == tmp_path / "models"


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("not a folder")
    folder = StoreFolder(tmp_path / "models")
    with (
        pytest.raises(StoreUnusable, match=r"models.*set models\.dir"),
        folder.locked(lambda: None),
    ):
        pass


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir(mode=0o500)
    folder = StoreFolder(tmp_path / "models")
    with pytest.raises(StoreUnusable, match="make it writable"), folder.locked(lambda: None):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_reported_as_such(tmp_path: Path) -> None:
    folder = StoreFolder(tmp_path)
    with (
        pytest.raises(StoreUnusable, match="no space left"),
        folder.guarded(),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")


def test_a_download_that_cannot_fit_is_refused_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match=r"1000000000000\.0 MB are needed"):
        StoreFolder(tmp_path).check_space(10**18)


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    folder = StoreFolder(tmp_path)
    waited: list[bool] = []
    for _ in range(2):
        with pytest.raises(KeyError), folder.locked(lambda: waited.append(True)):
            raise KeyError
    assert not waited
