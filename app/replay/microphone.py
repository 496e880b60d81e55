"""Recordings as microphones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.audio_file import read_all
from app.output import name_of
from pipeline.audio import HEARD_RATE, Pcm16


@dataclass(frozen=True, slots=True)
class Microphone:
    """What one person's microphone recorded: 16 kHz mono ``int16[n]``."""

    name: str
    audio: Pcm16

    @property
    def seconds(self) -> float:
        return self.audio.size / HEARD_RATE


def read_microphones(paths: Iterable[Path]) -> list[Microphone]:
    """The recordings in files; the speaker is the file's name without its ending.

    Raises:
        UnreadableAudio: with a line for each that does not exist, is no recording or is too long.
    """
    files = list(paths)
    return [
        Microphone(speaker_of(path), audio)
        for path, audio in zip(files, read_all(files), strict=True)
    ]


def speaker_of(path: Path) -> str:
    """Who speaks in a recording."""
    return name_of(Path(path.stem))
