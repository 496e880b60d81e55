"""What the processes of the models tell the HTTP API at its start."""

from __future__ import annotations

from dataclasses import dataclass

from server.engines.engine import ListedVoice


@dataclass(frozen=True, slots=True)
class DescribedVoices:
    """What a process that speaks has; all have the same."""

    label: str
    """The engine that the agents speak with."""
    voices: tuple[ListedVoice, ...]
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DescribedWhisper:
    """What a process that transcribes has; all have the same."""

    name: str
    device: str
    compute_type: str
    languages: tuple[str, ...]
