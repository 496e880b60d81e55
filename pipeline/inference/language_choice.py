"""The language that a text is decoded in: told, detected, or the usual one where that is unsure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(slots=True)
class LanguageChoice:
    """The language of one transcription; ``code`` is None until it is detected.

    A language detected ``among`` others with less probability than ``sure`` gives way to ``usual``.
    """

    code: str | None
    among: Collection[str]
    usual: str | None
    sure: float
    probability: float = 1.0
    given: bool = False
    """The language is no evidence of what was spoken."""

    def __post_init__(self) -> None:
        self.given = self.code is not None

    def settle(self, detect: Callable[[], tuple[str, float]]) -> str:
        """The language; the first call asks ``detect`` for it and its probability if need be."""
        if self.code is None:
            self.code, self.probability = detect()
            if self.usual is not None and self.probability < self.sure:
                self.given = self.code != self.usual
                self.code = self.usual
        return self.code
