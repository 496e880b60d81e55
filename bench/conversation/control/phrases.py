"""The phrases of the control set: what asks for silence over a reply, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from bench.conversation.scene_files import SceneError
from configuration.unique_keys import load_yaml

Part: TypeAlias = Literal["tuning", "test"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
LANGUAGES: Final = ("en", "de", "fr", "es", "pt", "ja")
_HALVES: Final = {"stop": True, "not": False}


@dataclass(frozen=True, slots=True)
class ControlPhrase:
    """A whole utterance. ``stops`` tells whether it asks a reply to end, and nothing else."""

    text: str
    language: str
    part: Part
    stops: bool


def phrases(language: str) -> tuple[ControlPhrase, ...]:
    """The phrases of a language, by its ISO code."""
    text = Path(__file__).with_name(f"{language}.yaml").read_text(encoding="utf-8")
    return parse(text, language)


def parse(text: str, language: str) -> tuple[ControlPhrase, ...]:
    """The phrases in the YAML ``text``.

    Raises:
        SceneError: a part or a half is missing, or a phrase is there twice.
    """
    found = tuple(_phrases(load_yaml(text), language))
    once: set[str] = set()
    for phrase in found:
        if phrase.text in once:
            raise SceneError(f"control, {language}: {phrase.text!r} is there twice")
        once.add(phrase.text)
    return found


def _phrases(data: object, language: str) -> Iterator[ControlPhrase]:
    for part in PARTS:
        halves = data.get(part) if isinstance(data, dict) else None
        if not isinstance(halves, dict) or halves.keys() != _HALVES.keys():
            raise SceneError(f"control, {language}: {part} must have the halves stop and not")
        for half, stops in _HALVES.items():
            for line in str(halves[half]).splitlines():
                if line.strip():
                    yield ControlPhrase(line.strip(), language, part, stops)


def as_whisper_writes(text: str) -> str:
    """The text without its marks and capitals: Whisper leaves them out of short utterances."""
    text = text.lower().replace("-", " ")
    return "".join(letter for letter in text if letter.isalnum() or letter in " '’")
