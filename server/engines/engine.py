"""The interface of the speech engines, and the voices that they list."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ListedVoice:
    """A voice that a request may name by ``id``; people read ``name``.

    ``language`` is a BCP 47 tag, such as ``en-GB``.
    """

    id: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class SpokenText:
    """Audio while it is synthesised: ``chunks`` are s16le mono at ``rate`` Hz.

    Closing ``chunks`` stops the synthesis. Reading it raises `SynthesisFailed` if the engine fails.
    ``speed`` is the factor of the voice's natural pace that the engine reached.
    """

    rate: int
    chunks: Generator[bytes, None, None]
    speed: float


class VoiceEngine(Protocol):
    """An engine with its voices. Every method may be called by several threads at once."""

    @property
    def prefix(self) -> str:
        """What comes before the colon in the ids of its voices, such as ``kokoro``."""
        ...

    @property
    def label(self) -> str:
        """The engine's name for people, such as ``espeak-ng``."""
        ...

    def voices(self) -> tuple[ListedVoice, ...]:
        """All voices, with complete ids."""
        ...

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        """Synthesise ``text``; ``voice`` is an id without the prefix.

        ``speed`` is a factor of the voice's natural pace, limited to what the engine can do; the
        result has the factor that it reached. A text without words gives no audio, or a short
        silence.

        Raises:
            UnknownVoice: the engine has no such voice; the text names the nearest ones.
            SynthesisFailed: from ``chunks``; the engine failed on the text.
        """
        ...

    def close(self) -> None:
        """Stop after the pending texts."""
        ...
