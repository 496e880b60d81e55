"""What must be known of a machine before a node is installed there. No I/O.

`PROBE` is a script for ``sh`` that changes nothing; `read_facts` reads what it prints.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fleet.bootstrap.errors import BootstrapFailed

MIN_FREE_MB: Final = 3_000
"""The packages take 1.2 GB, and as much again while they are installed; an upgrade needs both."""
SYSTEMS: Final = ("Linux", "Darwin")
ARCHITECTURES: Final = ("x86_64", "amd64", "aarch64", "arm64")
"""Those for which the packages have wheels."""

Service: TypeAlias = Literal["system", "user", "none"]
"""A unit of the machine, one of the user, or none: there is no systemd."""

_RUNNING: Final = frozenset({"running", "degraded", "starting", "initializing", "maintenance"})

_PROBE: Final = r"""
say() { printf '%s=%s\n' "$1" "$2"; }
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
say home "$HOME"
say uid "$(id -u)"
say system "$(uname -s)"
say architecture "$(uname -m)"
for candidate in python3 python3.13 python3.12 python3.11; do
    if version=$("$candidate" -c 'import sys
sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14)) or None' 2>/dev/null); then
        say python "$(command -v "$candidate")"
        say version "$("$candidate" -V 2>&1)"
        break
    fi
done
say any_python "$(python3 -V 2>&1 || true)"
for tool in tar gzip; do
    command -v "$tool" >/dev/null 2>&1 || say missing "$tool"
done
folder=FOLDER
case "$folder" in "~/"*) folder="$HOME/${folder#"~/"}" ;; esac
say folder "$folder"
[ -e "$folder" ] && say exists yes
[ -e "$folder" ] && [ ! -e "$folder/.openclaw-voice-node" ] && say foreign yes
say current "$(readlink "$folder/current" 2>/dev/null || true)"
[ -e "$folder/state/node.json" ] && say joined yes
near=$folder
while [ ! -d "$near" ]; do near=$(dirname "$near"); done
say near "$near"
[ -w "$near" ] && say writable yes
say free_kb "$(df -Pk "$near" | awk 'NR == 2 { print $4 }')"
say system_units "$(systemctl is-system-running 2>/dev/null || true)"
say user_units "$(systemctl --user is-system-running 2>/dev/null || true)"
"""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What the probe found. ``folder`` is the whole path of the installation."""

    home: str
    root: bool
    python: str
    version: str
    folder: str
    exists: bool
    current: str
    """The release that is in use, relative to the folder; empty if there is none."""
    joined: bool
    free_mb: int
    services: frozenset[Service]

    def service(self, wanted: Service | None) -> Service:
        """The kind of unit to write: the wanted one, or the best that there is."""
        if wanted is not None:
            return wanted
        best: Service = "system" if self.root else "user"
        return best if best in self.services else "none"


def probe(folder: str) -> str:
    """The script for a machine whose installation is, or is to come, in ``folder``."""
    return _PROBE.replace("folder=FOLDER", f"folder={shlex.quote(folder)}")


def read_facts(printed: str) -> HostFacts:
    """
    Raises:
        BootstrapFailed: a node cannot be installed there; the text says what to do.
    """
    found: dict[str, str] = {}
    missing = []
    for line in printed.splitlines():
        name, _, value = line.partition("=")
        if name == "missing":
            missing.append(value)
        found[name] = value.strip()
    _check(found, missing)
    services: set[Service] = {"none"}
    if found.get("system_units") in _RUNNING and found.get("uid") == "0":
        services.add("system")
    if found.get("user_units") in _RUNNING:
        services.add("user")
    return HostFacts(
        home=found["home"],
        root=found.get("uid") == "0",
        python=found["python"],
        version=found.get("version", ""),
        folder=found["folder"],
        exists="exists" in found,
        current=found.get("current", ""),
        joined="joined" in found,
        free_mb=_whole(found.get("free_kb")) // 1024,
        services=frozenset(services),
    )


def _check(found: Mapping[str, str], missing: list[str]) -> None:
    if not {"home", "folder", "system"} <= found.keys():
        raise BootstrapFailed("the machine has no usable shell: `sh` did not answer as expected")
    if found["system"] not in SYSTEMS:
        raise BootstrapFailed(f"a node runs on {' and '.join(SYSTEMS)}, not on {found['system']}")
    if found.get("architecture") not in ARCHITECTURES:
        raise BootstrapFailed(
            f"there are no packages for the architecture {found.get('architecture')}: it has to be "
            f"one of {', '.join(ARCHITECTURES)}"
        )
    if not found.get("python"):
        raise BootstrapFailed(
            f"no Python 3.11, 3.12 or 3.13 there (python3 is: {found.get('any_python') or 'none'}):"
            " install one (Debian, Ubuntu: apt install python3 python3-venv)"
        )
    if missing:
        raise BootstrapFailed(f"{' and '.join(missing)} is missing there: install it")
    folder, near = found["folder"], found.get("near", "")
    if "foreign" in found:
        raise BootstrapFailed(
            f"{folder} exists there and is no installation of this command: choose another --folder"
        )
    if "writable" not in found:
        raise BootstrapFailed(f"{near} is not writable there: choose another --folder, or user")
    free_mb = _whole(found.get("free_kb")) // 1024
    if free_mb < MIN_FREE_MB:
        raise BootstrapFailed(
            f"{near} has {free_mb} MB free there; the packages need {MIN_FREE_MB} MB"
        )


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 20 else 0
