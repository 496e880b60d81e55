"""Barge-in scenes: sounds over a reply, and what must become of the reply."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from bench.conversation.barge_in.microphones import (
    PLAIN,
    USUAL_LOUDSPEAKER,
    Loudspeaker,
    Microphone,
)
from bench.conversation.noises import NOISES
from bench.conversation.scene_files import SceneError, check_fields, read_scenes

Wants: TypeAlias = Literal["stop", "answer", "continue"]
"""Stop and ask no agent; stop and ask the agent what was said; continue and ask no agent."""
Part: TypeAlias = Literal["tuning", "test"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
SPEAKERS: Final = ("ann", "ben")
_SOUNDS: Final = ("say", "noise", "echo_db")
EARLIEST_MS: Final = -500
"""The question before the reply has ended by then."""


@dataclass(frozen=True, slots=True)
class OverlapSound:
    """A sound over the reply. One of ``say``, ``noise`` and ``echo_db`` is given; ``at_ms`` is
    counted from the first sound of the reply, or ``after_ms`` from the end of the part before it;
    an echo lasts the whole scene."""

    speaker: str
    at_ms: int = 0
    after_ms: int | None = None
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
    microphone: Microphone = PLAIN
    """That of every person, from the first sound of the reply on."""
    loudspeaker: Loudspeaker = USUAL_LOUDSPEAKER
    """That of every person with an echo."""

    @property
    def asks(self) -> str:
        """Who asks the agent, where the reply must be answered again: the one who speaks last."""
        return [part.speaker for part in self.parts if part.say is not None][-1]

    @property
    def words(self) -> str:
        """All that the one who speaks last says."""
        said = (part.say for part in self.parts if part.speaker == self.asks)
        return " ".join(say for say in said if say is not None)

    @property
    def sounds(self) -> str:
        """Its sounds, in words."""
        return ", ".join(
            f"{part.speaker}: {part.say or part.noise or f'echo {part.echo_db} dB'}"
            for part in self.parts
        )


def load(part: Part | None = None) -> tuple[BargeInScene, ...]:
    """A part of the scenes for neural voices; without one, the scenes for synthetic voices."""
    path = Path(__file__).with_name(f"{part or 'scenes'}.yaml")
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> tuple[BargeInScene, ...]:
    """The scenes in the YAML ``text``.

    Raises:
        SceneError: a scene is wrong; says which, and how it must be.
    """
    found = read_scenes(text, "barge-in", "kind, wants and parts")
    return tuple(_scene(each, number) for number, each in enumerate(found, 1))


def _scene(found: Any, number: int) -> BargeInScene:
    where = f"barge-in, scene {number}"
    check_fields(found, where, {"kind", "wants", "parts", "microphone", "loudspeaker"})
    kind, wants, parts = found.get("kind"), found.get("wants"), found.get("parts")
    if not isinstance(kind, str):
        raise SceneError(f"{where}: kind is {kind!r}; it must be a word or two")
    if wants not in get_args(Wants):
        raise SceneError(f"{where}: wants is {wants!r}; it must be {', '.join(get_args(Wants))}")
    if not isinstance(parts, list) or not parts:
        raise SceneError(f"{where}: parts must be a list of sounds, each with its speaker")
    places = (f"{where}, part {place}" for place in range(1, len(parts) + 1))
    sounds = tuple(map(_part, parts, places))
    if sounds[0].after_ms is not None:
        raise SceneError(f"{where}: its first part is after no other; it must have at_ms")
    if wants == "answer" and all(part.say is None for part in sounds):
        raise SceneError(f"{where}: says nothing that could be answered")
    microphone = _microphone(found.get("microphone", {}), where)
    loudspeaker = _loudspeaker(found.get("loudspeaker", {}), where)
    return BargeInScene(number, kind, wants, sounds, microphone, loudspeaker)


def _microphone(found: Any, where: str) -> Microphone:
    _check_numbers(found, f"{where}, microphone", {field.name for field in fields(Microphone)})
    lost = found.get("lost", 0)
    if not 0 <= lost <= 1:
        raise SceneError(f"{where}, microphone: lost is {lost}; it must be from 0 to 1")
    return Microphone(**found)


def _loudspeaker(found: Any, where: str) -> Loudspeaker:
    where = f"{where}, loudspeaker"
    _check_numbers(found, where, {field.name for field in fields(Loudspeaker)})
    for name in found.keys() - {"direct_db"}:
        if found[name] <= 0:
            raise SceneError(f"{where}: {name} is {found[name]}; it must be above 0")
    return Loudspeaker(**found)


def _check_numbers(found: Any, where: str, names: set[str]) -> None:
    check_fields(found, where, names)
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SceneError(f"{where}: {name} is {value!r}; it must be a number")


def _part(found: Any, where: str) -> OverlapSound:
    check_fields(found, where, {"speaker", "at_ms", "after_ms", *_SOUNDS})
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
    after_ms = found.get("after_ms")
    if after_ms is not None and (not isinstance(after_ms, int) or after_ms < 0):
        raise SceneError(f"{where}: after_ms is {after_ms!r}; it must be whole milliseconds")
    if given == ["noise"] and sound not in NOISES:
        raise SceneError(f"{where}: noise is {sound!r}; it must be one of {', '.join(NOISES)}")
    if given == ["say"] and not (isinstance(sound, str) and any(map(str.isalnum, sound))):
        raise SceneError(f"{where}: say is {sound!r}; it must be words")
    if given == ["echo_db"] and not (isinstance(sound, int | float) and sound <= 0):
        raise SceneError(f"{where}: echo_db is {sound!r}; it must be a number of at most 0")
    return OverlapSound(found["speaker"], at_ms, after_ms, **{given[0]: sound})
