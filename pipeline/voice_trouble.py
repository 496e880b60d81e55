"""Whether a room was told that a voice is replaced: once for each time, not for every sentence."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.ports import Voice


class VoiceTrouble:
    """``why(voice)`` is the reason for which another speaks in its place; empty when none does."""

    def __init__(self, why: Callable[[Voice], str]) -> None:
        self._why = why
        self._told: dict[str, str] = {}

    def news(self, voice: Voice) -> str:
        """The reason, if this room has not been told it yet, of this voice or of another."""
        reason = self._why(voice)
        if not reason:
            self._told.pop(voice.name, None)
            return ""
        known = reason in self._told.values()
        self._told[voice.name] = reason
        return "" if known else reason
