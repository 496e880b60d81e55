"""The project's version, read from pyproject.toml."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path


@functools.cache
def project_version() -> str:
    """For example ``0.1.0``."""
    text = (Path(__file__).parent / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])
