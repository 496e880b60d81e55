"""The rivals' environment, apart from the bot's: made when missing or when its list has changed."""

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
    """The rivals could not be installed; the text says what to look at."""


def rivals_python() -> Path:
    """The interpreter that has the rivals, installed first where it must be.

    Raises:
        NoEnvironment: scripts/setup.sh did not get them.
    """
    if not _is_ready():
        setup = ROOT / "scripts/setup.sh"
        made = subprocess.run(
            ["sh", str(setup), "comparison"], cwd=ROOT, check=False, stdout=sys.stderr
        )
        if made.returncode != 0:
            raise NoEnvironment(
                f"the rivals of {REQUIREMENTS.relative_to(ROOT)} are not installed: "
                "see what scripts/setup.sh says above"
            )
    return FOLDER / "bin/python"


def _is_ready() -> bool:
    return _STAMP.is_file() and _STAMP.stat().st_mtime >= REQUIREMENTS.stat().st_mtime
