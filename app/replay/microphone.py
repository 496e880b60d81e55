"""Recordings as microphones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.audio_file import read_audio
from pipeline.audio import HEARD_RATE, Pcm16


@dataclass(frozen=True, slots=True)
class Microphone:
    """What one person's microphone recorded: 16 kHz mono ``int16[n]``."""

    name: str
    audio: Pcm16

    @property
    def seconds(self) -> float:
        return self.audio.size / HEARD_RATE


def read_microphone(path: Path, name: str | None = None) -> Microphone:
    """The recording in a file; its speaker is ``name``, or the file's name without its ending.

    Raises:
        UnreadableAudio: there is no such file, it is no recording, or it is too long.
    """
    return Microphone(name or path.stem, read_audio(path))
