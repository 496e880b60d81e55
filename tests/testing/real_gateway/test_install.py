"""What is fetched, and what is said when it cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from testing.real_gateway.errors import InstallFailed, NpmMissing
from testing.real_gateway.install import CACHE_VARIABLE, Installed, cache_folder, install


def npm_that(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an npm on PATH that runs ``script`` where the package is to be installed."""
    npm = folder / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.defpath}")


GOOD_NPM = """
for last; do :; done
case "$last" in
openclaw@*) mkdir -p node_modules/openclaw && touch node_modules/openclaw/openclaw.mjs ;;
*) mkdir -p "node_modules/${last%@*}/bin" && touch "node_modules/${last%@*}/bin/node" ;;
esac
echo "$last" >> ../asked
"""


def test_without_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(NpmMissing, match=r"npm is not on PATH; it is needed once, to fetch node"):
        install(tmp_path / "cache")


def test_npm_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm_that(tmp_path, "echo registry not reachable; exit 7", monkeypatch)
    with pytest.raises(InstallFailed, match=r"(?s)failed with status 7.*registry not reachable"):
        install(tmp_path / "cache")


def test_npm_brings_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm_that(tmp_path, "exit 0", monkeypatch)
    with pytest.raises(InstallFailed, match=r"is installed, but .* is not there"):
        install(tmp_path / "cache")


def test_each_package_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm_that(tmp_path, GOOD_NPM, monkeypatch)
    cache = tmp_path / "cache"
    said: list[str] = []
    installed = install(cache, said.append)
    assert installed.node.program.exists()
    assert len(said) == 2
    assert install(cache, said.append) == installed
    assert (cache / "asked").read_text().split() == [installed.node.spec, installed.openclaw.spec]


def test_a_broken_off_install_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm_that(tmp_path, GOOD_NPM, monkeypatch)
    half = Installed.in_cache(tmp_path / "cache").node
    half.program.parent.mkdir(parents=True)
    half.program.touch()
    assert not half.complete
    install(tmp_path / "cache")
    assert half.complete


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "openclaw-voice" / "real-gateway"
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
