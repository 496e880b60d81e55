"""Errors of the memory bridge.

MemoryBridgeError          the text says what happened to which file, and what to do
├── MemoryUnwritable       it may succeed later: a full disk, a Gateway that is away
└── MemoryRefused          it will never succeed: the day's file is full, the request is wrong
"""

from __future__ import annotations


class MemoryBridgeError(Exception):
    """Lines were not written into, or removed from, the agent's memory."""


class MemoryUnwritable(MemoryBridgeError):
    """Nothing was written; the same request may succeed later."""

    def __init__(self, text: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class MemoryRefused(MemoryBridgeError):
    """Nothing was written, and repeating the request does not help."""
