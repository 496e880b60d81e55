"""The health of the process's parts: live, ready, and what to do about what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

Condition: TypeAlias = Literal["well", "impaired", "broken", "off"]
"""``impaired``: it works in part, or by a stand-in. ``off``: the settings do not want it."""


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One part of the process: how it is, and what to do about it."""

    name: str
    """Short and fixed, such as ``gateway``."""
    condition: Condition
    words: str
    """How it is, for operators."""
    advice: str = ""
    """What to do; empty if nothing is to be done."""
    needed: bool = True
    """Whether the process is not ready while this part is broken."""


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
