"""The scenes of the addressee set, as cases: a line, the room when it was said, and its label.

The room of a case knows what the bot would know: the replies as the scene has them, the turns that
they answer, and of everything else only whom the rules took it to be said to. README.md has the
format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

import yaml

from pipeline.addressing import address
from pipeline.called_names import agent_names
from pipeline.ports import Persona, Speaker, Voice
from pipeline.relevance import Decision, Utterance
from pipeline.room_state import RoomState, room_state
from pipeline.settings import Level, RelevanceSettings
from pipeline.transcript import SpokenSentence, Transcript

Part: TypeAlias = Literal["tuning", "test"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
KINDS: Final = (
    "name", "misheard", "mention", "follow-up", "exchange", "imperative", "control", "room",
    "alone", "backchannel", "side talk", "sarcasm", "reading", "phone", "other bot",
    "code-switching", "raw",
)  # fmt: skip
"""What a line can be; it can be several of these."""

AGENTS: Final = {name: Persona(name, name.capitalize(), Voice(name)) for name in ("jarvis", "sage")}
_PAUSE_S: Final = 2.0
_LINE: Final = re.compile(
    r"(?:\[(?P<after>\d+)\] )?(?:(?P<level>low|medium|high) )?(?P<by>\w+)(?P<sounding>\.\.\.)?"
    r"(?: -> (?P<to>\w+))?(?:@(?P<language>[a-z]{2}))?(?: \((?P<kinds>[^)]+)\))?: (?P<text>.+)"
)


class SceneError(ValueError):
    """A scene cannot be read; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Case:
    """A line of a scene, the room as it was, and the lowest level that is to answer it."""

    scene: str
    utterance: Utterance
    room: RoomState
    level: Level | None
    kinds: tuple[str, ...]

    def expected(self, level: Level) -> bool:
        """Whether it is to be answered at ``level``."""
        return self.level is not None and LEVELS.index(self.level) <= LEVELS.index(level)


def cases(part: Part) -> list[Case]:
    """Every line that a person says in the scenes of a part.

    Raises:
        SceneError: a line does not follow the format.
    """
    folder = Path(__file__).with_name(part)
    scenes = [
        scene
        for path in sorted(folder.glob("*.yaml"))
        for scene in yaml.safe_load(path.read_text("utf-8"))
    ]
    return [case for scene in scenes for case in replay(scene)]


def decide(case: Case, level: Level, settings: RelevanceSettings | None = None) -> Decision:
    """What the bot decides; commands are its own too, whatever there is to repeat or go on with."""
    return _decide(case.utterance, case.room, level, settings or RelevanceSettings())


def _decide(
    said: Utterance, room: RoomState, level: Level, settings: RelevanceSettings
) -> Decision:
    names = agent_names((room.agent, *room.other_agents), settings.name_threshold)
    return address(said, room, names, lambda _: True, level, settings).decision


def replay(scene: dict[str, Any]) -> Iterator[Case]:
    """Every line of one scene that a person says.

    Raises:
        SceneError: a line does not follow the format.
    """
    people = {name: Speaker(number, name) for number, name in enumerate(scene["people"], 1)}
    agents = [AGENTS[name] for name in scene.get("agents", ["jarvis"])]
    transcript, now = Transcript(), 0.0
    asked_by: Speaker | None = None
    sounding_to: Speaker | None = None
    for text in scene["lines"]:
        line = _parse(scene, text)
        now += float(line["after"] or _PAUSE_S)
        if line["by"] in AGENTS:
            if asked_by is None:
                raise SceneError(f"{scene['name']}: nobody asked for: {text}")
            if line["sounding"]:
                sounding_to = asked_by
            else:
                spoken = [SpokenSentence(line["text"] or "", 0, 1000)]
                transcript.add_reply(line["by"] or "", asked_by, spoken, 1000, at=now)
            continue
        speaker = people[line["by"] or ""]
        room = room_state(
            transcript,
            now,
            agent=AGENTS["jarvis"],
            agents=agents,
            people=people.values(),
            replying_to=sounding_to,
        )
        sounding_to = None
        said = Utterance(speaker, line["text"] or "", _language(scene, line))
        level: Level | None = next((name for name in LEVELS if name == line["level"]), None)
        yield Case(scene["name"], said, room, level, _kinds(scene, line))
        if level is not None:
            asked_by = speaker
        transcript.add_speech(speaker, said.text, now, addressed_to=_taken_to(said, room, level))


def _taken_to(said: Utterance, room: RoomState, level: Level | None) -> str | None:
    """Whom the bot takes a line to be said to, once it is past."""
    if level is not None:
        return room.agent.agent
    to = _decide(said, room, "medium", RelevanceSettings()).to
    return None if to == room.agent.agent else to


def _parse(scene: dict[str, Any], text: str) -> dict[str, str | None]:
    line = _LINE.fullmatch(text)
    if line is None:
        raise SceneError(f"{scene['name']}: not a line: {text}")
    if line["by"] not in AGENTS and line["by"] not in scene["people"]:
        raise SceneError(f"{scene['name']}: {line['by']} is not there: {text}")
    return line.groupdict()


def _language(scene: dict[str, Any], line: dict[str, str | None]) -> str:
    return line["language"] or str(scene.get("language", "en"))


def _kinds(scene: dict[str, Any], line: dict[str, str | None]) -> tuple[str, ...]:
    named = line["kinds"] or scene.get("kind", "")
    kinds = tuple(kind.strip() for kind in named.split(","))
    unknown = set(kinds) - set(KINDS)
    if unknown:
        raise SceneError(f"{scene['name']}: no such kind {sorted(unknown)}: {line['text']}")
    return kinds
