"""Node and OpenClaw, at pinned versions, from npm into a cache outside the tree (850 MB)."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from testing.real_gateway.errors import InstallFailed, NpmMissing

OPENCLAW_VERSION = "2026.9.6"
NODE_VERSION = "24.21.0"
"""OpenClaw 2026.9.6 wants >=24.16 <25, or >=26.1; installed versions are often older."""
CACHE_VARIABLE = "OPENCLAW_VOICE_TEST_CACHE"
INSTALL_TIMEOUT_S = 480.0
_COMPLETE = ".complete"
_NPM_INSTALL = ("install", "--no-audit", "--no-fund", "--no-progress", "--save-exact")
_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def cache_folder() -> Path:
    """``$OPENCLAW_VOICE_TEST_CACHE``, else a folder in the user's cache."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    user_cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(user_cache).expanduser().absolute() / "openclaw-voice" / "real-gateway"


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package in its own folder; ``program`` is the file that is used."""

    name: str
    version: str
    folder: Path
    program: Path

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def complete(self) -> bool:
        """The marker is written last, so an interrupted install is repeated."""
        return (self.folder / _COMPLETE).exists() and self.program.exists()


@dataclass(frozen=True, slots=True)
class Installed:
    """The paths of the two programs, installed or not."""

    cache: Path
    node: Package
    openclaw: Package

    @classmethod
    def in_cache(cls, cache: Path) -> Installed:
        name = _node_package()
        node_home = cache / f"node-{NODE_VERSION}"
        node = node_home / "node_modules" / name / "bin" / "node"
        openclaw_home = cache / f"openclaw-{OPENCLAW_VERSION}"
        openclaw = openclaw_home / "node_modules" / "openclaw" / "openclaw.mjs"
        return cls(
            cache,
            Package(name, NODE_VERSION, node_home, node),
            Package("openclaw", OPENCLAW_VERSION, openclaw_home, openclaw),
        )

    @property
    def path_variable(self) -> str:
        """PATH with our Node before any other."""
        return os.pathsep.join([str(self.node.program.parent), os.environ.get("PATH", "")])

    def command(self, *arguments: str) -> list[str]:
        """The command line of ``openclaw ...``."""
        return [str(self.node.program), str(self.openclaw.program), *arguments]


def _node_package() -> str:
    """The package with Node's binary for this machine; ``node`` picks one by an install script."""
    architecture = _ARCHITECTURES.get(platform.machine().lower())
    if sys.platform == "linux" and architecture:
        return f"node-linux-{architecture}"
    return "node"


def install(
    cache: Path | None = None, say: Callable[[str], object] = lambda line: None
) -> Installed:
    """Install what is missing. Safe to call from several processes at once.

    Raises:
        NpmMissing: a package is missing, and there is no npm.
        InstallFailed: npm failed.
    """
    installed = Installed.in_cache(cache or cache_folder())
    if installed.node.complete and installed.openclaw.complete:
        return installed
    installed.cache.mkdir(parents=True, exist_ok=True)
    with FileLock(installed.cache / "install.lock"):
        for package in (installed.node, installed.openclaw):
            if not package.complete:
                say(f"npm install {package.spec} into {package.folder}")
                _fetch(package, installed.path_variable)
    return installed


def _fetch(package: Package, path_variable: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NpmMissing(
            f"npm is not on PATH; it is needed once, to fetch {package.spec} into {package.folder}"
        )
    shutil.rmtree(package.folder, ignore_errors=True)
    package.folder.mkdir(parents=True)
    (package.folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    # Node comes first: the install scripts of OpenClaw must run on it.
    path = path_variable if package.name == "openclaw" else os.environ.get("PATH", "")
    try:
        done = subprocess.run(
            [npm, *_NPM_INSTALL, package.spec],
            cwd=package.folder,
            env={**os.environ, "PATH": path, "npm_config_update_notifier": "false"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InstallFailed(
            f"npm install {package.spec} was not done after {INSTALL_TIMEOUT_S:.0f} s"
        ) from error
    if done.returncode != 0:
        raise InstallFailed(
            f"npm install {package.spec} failed with status {done.returncode}; can npm reach its "
            f"registry?\n{done.stdout[-2_000:]}"
        )
    if not package.program.exists():
        raise InstallFailed(f"{package.spec} is installed, but {package.program} is not there")
    (package.folder / _COMPLETE).write_text(f"{package.spec}\n", encoding="utf-8")
