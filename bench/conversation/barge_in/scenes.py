"""Barge-in scenes: sounds over a reply, and whether the reply must stop or continue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from bench.conversation.noises import NOISES
from bench.conversation.scene_files import SceneError, check_fields, read_scenes

Wants: TypeAlias = Literal["stop", "continue"]
SPEAKERS: Final = ("ann", "ben")
_SOUNDS: Final = ("say", "noise", "echo_db")
EARLIEST_MS: Final = -500
"""The question before the reply has ended by then."""


@dataclass(frozen=True, slots=True)
class OverlapSound:
    """A sound over the reply. One of ``say``, ``noise`` and ``echo_db`` is given; ``at_ms`` is
    counted from the first sound of the reply; an echo lasts the whole scene."""

    speaker: str
    at_ms: int = 0
    say: str | None = None
    noise: str | None = None
    echo_db: float | None = None


@dataclass(frozen=True, slots=True)
class BargeInScene:
    """``number`` counts from 1."""

    number: int
    kind: str
    wants: Wants
    parts: tuple[OverlapSound, ...]

    @property
    def sounds(self) -> str:
        """Its sounds, in words."""
        return ", ".join(
            f"{part.speaker}: {part.say or part.noise or f'echo {part.echo_db} dB'}"
            for part in self.parts
        )


def load() -> tuple[BargeInScene, ...]:
    return parse(Path(__file__).with_name("scenes.yaml").read_text(encoding="utf-8"))


def parse(text: str) -> tuple[BargeInScene, ...]:
    """The scenes in the YAML ``text``.

    Raises:
        SceneError: a scene is wrong; says which, and how it must be.
    """
    found = read_scenes(text, "barge-in", "kind, wants and parts")
    return tuple(_scene(each, number) for number, each in enumerate(found, 1))


def _scene(found: Any, number: int) -> BargeInScene:
    where = f"barge-in, scene {number}"
    check_fields(found, where, {"kind", "wants", "parts"})
    kind, wants, parts = found.get("kind"), found.get("wants"), found.get("parts")
    if not isinstance(kind, str):
        raise SceneError(f"{where}: kind is {kind!r}; it must be a word or two")
    if wants not in get_args(Wants):
        raise SceneError(f"{where}: wants is {wants!r}; it must be {' or '.join(get_args(Wants))}")
    if not isinstance(parts, list) or not parts:
        raise SceneError(f"{where}: parts must be a list of sounds, each with its speaker")
    places = (f"{where}, part {place}" for place in range(1, len(parts) + 1))
    return BargeInScene(number, kind, wants, tuple(map(_part, parts, places)))


def _part(found: Any, where: str) -> OverlapSound:
    check_fields(found, where, {"speaker", "at_ms", *_SOUNDS})
    given = [sound for sound in _SOUNDS if sound in found]
    if len(given) != 1:
        raise SceneError(
            f"{where}: must have one of {', '.join(_SOUNDS)}, and has {given or 'none'}"
        )
    if found.get("speaker") not in SPEAKERS:
        raise SceneError(
            f"{where}: speaker is {found.get('speaker')!r}; it must be one of {', '.join(SPEAKERS)}"
        )
    sound, at_ms = found[given[0]], found.get("at_ms", 0)
    if isinstance(at_ms, bool) or not isinstance(at_ms, int) or at_ms < EARLIEST_MS:
        raise SceneError(
            f"{where}: at_ms is {at_ms!r}; it must be whole milliseconds from {EARLIEST_MS} on"
        )
    if given == ["noise"] and sound not in NOISES:
        raise SceneError(f"{where}: noise is {sound!r}; it must be one of {', '.join(NOISES)}")
    if given == ["say"] and not (isinstance(sound, str) and any(map(str.isalnum, sound))):
        raise SceneError(f"{where}: say is {sound!r}; it must be words")
    if given == ["echo_db"] and not (isinstance(sound, int | float) and sound <= 0):
        raise SceneError(f"{where}: echo_db is {sound!r}; it must be a number of at most 0")
    return OverlapSound(found["speaker"], at_ms, **{given[0]: sound})
