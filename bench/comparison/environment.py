"""The environment of the compared systems: created if missing or out of date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
REQUIREMENTS: Final = ROOT / "bench/comparison/requirements.txt"
FOLDER: Final = ROOT / ".cache/comparison"
_STAMP: Final = FOLDER / ".ready"


class NoEnvironment(RuntimeError):
    """The systems could not be installed; the text says where to look."""


def systems_python() -> Path:
    """The interpreter of their environment, which is created if needed.

    Raises:
        NoEnvironment: scripts/setup.sh failed.
    """
    if not _is_ready():
        setup = ROOT / "scripts/setup.sh"
        made = subprocess.run(
            ["sh", str(setup), "comparison"], cwd=ROOT, check=False, stdout=sys.stderr
        )
        if made.returncode != 0:
            raise NoEnvironment(
                f"the systems of {REQUIREMENTS.relative_to(ROOT)} are not installed: "
                "see what scripts/setup.sh says above"
            )
    return FOLDER / "bin/python"


def _is_ready() -> bool:
    return _STAMP.is_file() and _STAMP.stat().st_mtime >= REQUIREMENTS.stat().st_mtime
