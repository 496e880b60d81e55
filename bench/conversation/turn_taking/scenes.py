"""Turn-taking scenes: the speech and pauses of each turn, and its true end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from bench.conversation.scene_files import SceneError, check_fields, read_scenes

KINDS: Final = (
    "plain", "clause", "sentence", "hesitation", "list", "short", "thinking", "overlap",
    "backchannel",
)  # fmt: skip
SPEAKERS: Final = ("ann", "ben")
PARTS: Final = ("tuning", "test", "fresh", "fresh2", "held")
"""``fresh`` and ``fresh2`` are test parts that were written later, in the voices of the first;
``held`` was written after them and has voices of its own."""

Script: TypeAlias = tuple[str | int, ...]
"""Pieces of speech, and between them the pauses in ms."""


@dataclass(frozen=True, slots=True)
class ScriptedTurn:
    """One turn; it begins ``after_ms`` after its speaker's turn before, or the scene's start."""

    speaker: str
    says: Script
    after_ms: int = 0

    @property
    def pieces(self) -> tuple[str, ...]:
        return tuple(part for part in self.says if isinstance(part, str))

    @property
    def pauses_ms(self) -> tuple[int, ...]:
        return tuple(part for part in self.says if isinstance(part, int))

    @property
    def text(self) -> str:
        return " ".join(self.pieces)


@dataclass(frozen=True, slots=True)
class TurnScene:
    """``number`` counts the scenes of a part from 1."""

    part: str
    number: int
    kind: str
    turns: tuple[ScriptedTurn, ...]

    @property
    def name(self) -> str:
        return f"{self.part} {self.number} ({self.kind})"


def load(part: str) -> tuple[TurnScene, ...]:
    """The scenes of a part of `PARTS`."""
    return load_file(Path(__file__).with_name(f"{part}.yaml"))


def load_file(path: Path) -> tuple[TurnScene, ...]:
    """The scenes of a file in the form of ``tuning.yaml``; its name is the part.

    Raises:
        SceneError: a scene is wrong; says which, and how it must be.
        OSError: the file cannot be read.
    """
    return parse(path.read_text(encoding="utf-8"), path.stem)


def parse(text: str, part: str) -> tuple[TurnScene, ...]:
    """The scenes in the YAML ``text``.

    Raises:
        SceneError: a scene is wrong; says which, and how it must be.
    """
    found = read_scenes(text, part, "kind and says or turns")
    return tuple(_scene(each, part, number) for number, each in enumerate(found, 1))


def _scene(found: Any, part: str, number: int) -> TurnScene:
    where = f"{part}, scene {number}"
    fields = check_fields(found, where, {"kind", "says", "turns"})
    kind = fields.get("kind")
    if kind not in KINDS:
        raise SceneError(f"{where}: kind is {kind!r}; it must be one of {', '.join(KINDS)}")
    if ("says" in fields) == ("turns" in fields):
        raise SceneError(f"{where}: must have either says (one turn) or turns (several)")
    if "says" in fields:
        return TurnScene(
            part, number, kind, (ScriptedTurn(SPEAKERS[0], _says(fields["says"], where)),)
        )
    turns = fields["turns"]
    if not isinstance(turns, list) or not turns:
        raise SceneError(f"{where}: turns must be a list of turns, each with speaker and says")
    places = (f"{where}, turn {place}" for place in range(1, len(turns) + 1))
    return TurnScene(part, number, kind, tuple(map(_turn, turns, places)))


def _turn(found: Any, where: str) -> ScriptedTurn:
    fields = check_fields(found, where, {"speaker", "says", "after_ms"})
    speaker, after_ms = fields.get("speaker"), fields.get("after_ms", 0)
    if speaker not in SPEAKERS:
        raise SceneError(
            f"{where}: speaker is {speaker!r}; it must be one of {', '.join(SPEAKERS)}"
        )
    if not _is_ms(after_ms, least=0):
        raise SceneError(f"{where}: after_ms is {after_ms!r}; it must be whole milliseconds")
    return ScriptedTurn(speaker, _says(fields.get("says"), where), after_ms)


def _says(found: Any, where: str) -> Script:
    if not isinstance(found, list) or len(found) % 2 == 0:
        raise SceneError(
            f"{where}: says must be a list of pieces of speech with the pauses in ms between them, "
            f"beginning and ending with speech; it is {found!r}"
        )
    wrong_piece = next((each for each in found[::2] if not _is_speech(each)), None)
    if wrong_piece is not None:
        raise SceneError(f"{where}: {wrong_piece!r} stands where a piece of speech must be")
    wrong_pause = next(filter(lambda each: not _is_ms(each, least=50), found[1::2]), None)
    if wrong_pause is not None:
        raise SceneError(
            f"{where}: {wrong_pause!r} stands where a pause must be, in ms, at least 50"
        )
    return tuple(found)


def _is_speech(found: Any) -> bool:
    return isinstance(found, str) and any(letter.isalnum() for letter in found)


def _is_ms(found: Any, *, least: int) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found >= least
