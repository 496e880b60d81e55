"""The health of the process's parts: live, ready, and what to do about what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

from web.status import PartHealth

ReadHealth: TypeAlias = Callable[[], Sequence[PartHealth]]
"""Reads the health of every part, without waiting for any."""


def is_ready(parts: Sequence[PartHealth]) -> bool:
    """Whether no needed part is broken."""
    return not any(part.condition == "broken" for part in parts if part.needed)


def as_json(parts: Sequence[PartHealth], version: str) -> dict[str, Any]:
    """The body of ``/readyz``."""
    return {
        "ready": is_ready(parts),
        "version": version,
        "parts": [asdict(part) for part in parts],
    }
