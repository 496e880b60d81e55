"""The scenes of the addressee set, as cases: a line, the room state at that time, and its label.

The room state of a case holds what the bot would know: the replies of the scene, the turns that
they answer, and for every other line the addressee that the rules decided. README.md has the
format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from bench.conversation.scene_files import SceneError, check_fields, read_scenes
from pipeline.addressee import decide as rules
from pipeline.addressee.classifier import Decision
from pipeline.addressee.context import RoomState, room_state
from pipeline.agent_context import context_for
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.language.utterance import ParsedUtterance
from pipeline.participants import Participants
from pipeline.ports import ContextLine, Persona, Speaker, Voice
from pipeline.settings import Level, RelevanceSettings
from pipeline.transcript import SpokenSentence, Transcript

Part: TypeAlias = Literal["tuning", "earlier", "held", "held2", "held3", "held4", "held5"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
DEVELOPMENT: Final[tuple[Part, ...]] = ("tuning", "earlier", "held")
"""The parts that rules and weights are made on."""
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
KINDS: Final = (
    "name", "misheard", "mention", "follow-up", "exchange", "imperative", "control", "room",
    "alone", "backchannel", "side talk", "sarcasm", "reading", "phone", "other bot",
    "code-switching", "raw", "word name",
)  # fmt: skip
"""What a line can be; it can be several of these."""

AGENTS: Final = {name: Persona(name, name.capitalize(), Voice(name)) for name in ("jarvis", "sage")}
_FIELDS: Final = "name, people and lines"
_KNOWN: Final = {"name", "people", "lines", "agents", "called", "language", "kind"}
_PAUSE_S: Final = 2.0
_LINE: Final = re.compile(
    r"(?:\[(?P<after>\d+)\] )?(?:(?P<level>low|medium|high) )?(?P<by>\w+)(?P<sounding>\.\.\.)?"
    r"(?: -> (?P<to>\w+))?(?:@(?P<language>[a-z]{2}))?(?: \((?P<kinds>[^)]+)\))?: (?P<text>.+)"
)


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line of a person before it is parsed. ``names`` are those that speech to text expects;
    ``may_call`` is what that says of them (`Transcription.may_call`)."""

    scene: str
    speaker: str
    text: str
    language: str
    names: ExpectedNames = NO_NAMES
    may_call: str = ""


Wording: TypeAlias = Callable[[SpokenLine], SpokenLine]
"""Gives a line the words, and the language, that the rules get: as written, stripped, or as speech
to text heard it."""


def as_written(line: SpokenLine) -> SpokenLine:
    return line


def stripped(line: SpokenLine) -> SpokenLine:
    """Lower case, without commas and without the closing mark."""
    return replace(line, text=line.text.replace(",", "").rstrip(" .?!…").lower())


@dataclass(frozen=True, slots=True)
class Case:
    """A line of a scene, the room state, and the lowest level that must answer it."""

    scene: str
    speaker: Speaker
    utterance: ParsedUtterance
    room: RoomState
    level: Level | None
    kinds: tuple[str, ...]
    language: str = "en"
    """The language that it is spoken in, which speech to text may not detect."""
    context: tuple[ContextLine, ...] = ()
    """What the agent is told of the talk before, if it is asked about the line."""
    persona: Persona = AGENTS["jarvis"]
    """The agent that answers in the scene, with the name that it is shown by."""
    may_call: str = ""
    """The name of an agent that may be called, by the sound."""

    def expected(self, level: Level) -> bool:
        """Whether it must be answered at ``level``."""
        return self.level is not None and LEVELS.index(self.level) <= LEVELS.index(level)


def cases(part: Part | Path, wording: Wording = as_written) -> list[Case]:
    """Every line that a person says in the scenes of a part, or of a file or folder of scenes.

    Raises:
        SceneError: a line does not follow the format, or a file is no list of scenes.
    """
    source = part if isinstance(part, Path) else Path(__file__).with_name(part)
    files = sorted(source.glob("*.yaml")) if source.is_dir() else [source]
    if not all(path.is_file() for path in files) or not files:
        raise SceneError(f"{source}: there is no file of scenes (*.yaml)")
    return [
        case
        for path in files
        for scene in read_scenes(path.read_text("utf-8"), path.name, _FIELDS)
        for case in replay(scene, wording)
    ]


def decide(
    case: Case,
    level: Level,
    settings: RelevanceSettings | None = None,
    *,
    may_leave_to_agent: bool = False,
) -> Decision:
    """The bot's decision; voice commands are addressed to it in any state."""
    return _decide(
        case.utterance,
        case.room,
        level,
        settings or RelevanceSettings(),
        may_leave_to_agent=may_leave_to_agent,
        may_call=case.may_call,
    )


def _decide(
    said: ParsedUtterance,
    room: RoomState,
    level: Level,
    settings: RelevanceSettings,
    *,
    may_leave_to_agent: bool = False,
    may_call: str = "",
) -> Decision:
    return rules.decide(
        said,
        room,
        lambda _: True,
        level,
        settings,
        may_leave_to_agent=may_leave_to_agent,
        may_call=may_call,
    )


def replay(scene: Mapping[str, Any], wording: Wording = as_written) -> Iterator[Case]:
    """Every line of one scene that a person says.

    Raises:
        SceneError: a line does not follow the format, or a field is missing or unknown.
    """
    where = str(scene.get("name", "a scene")) if isinstance(scene, dict) else "a scene"
    checked = check_fields(scene, where, _KNOWN)
    for needed in ("name", "people", "lines"):
        if not checked.get(needed):
            raise SceneError(f"{where}: needs {_FIELDS}")
    state = _SceneState(checked, wording)
    for text in checked["lines"]:
        line = _parse(checked, text)
        state.now += float(line["after"] or _PAUSE_S)
        if line["by"] in AGENTS:
            state.reply(line, text)
        else:
            case = state.case(line)
            yield case
            state.speech(case)


class _SceneState:
    """The state of a scene after some lines."""

    def __init__(self, scene: Mapping[str, Any], wording: Wording) -> None:
        self.now = 0.0
        self._wording = wording
        self._scene = scene
        self._people = {name: Speaker(id_, name) for id_, name in enumerate(scene["people"], 1)}
        shown = scene.get("called", {})
        self._agents = [
            replace(AGENTS[name], name=shown.get(name, AGENTS[name].name))
            for name in scene.get("agents", ["jarvis"])
        ]
        self._participants = Participants(
            self._agents, self._agents[0], RelevanceSettings().name_threshold
        )
        for speaker in self._people.values():
            self._participants.add(speaker)
        self._transcript = Transcript()
        self._asked_by: Speaker | None = None
        self._sounding: tuple[str, Speaker] | None = None
        """The agent's words so far, and the speaker that they answer."""

    def reply(self, line: dict[str, str | None], text: str) -> None:
        if self._asked_by is None:
            raise SceneError(f"{self._scene['name']}: no question before the reply: {text}")
        words = line["text"] or ""
        if line["sounding"]:
            self._sounding = (words, self._asked_by)
        else:
            self._end_reply(words, self._asked_by)

    def case(self, line: dict[str, str | None]) -> Case:
        room = room_state(
            self._transcript,
            self.now,
            agents=[agent.agent for agent in self._agents],
            people=self._people.values(),
            replying_to=self._sounding[1] if self._sounding is not None else None,
        )
        speaker = self._people[line["by"] or ""]
        language = _language(self._scene, line)
        names = replace(self._participants.expected_names, stops=self._sounding is not None)
        spoken = SpokenLine(self._scene["name"], speaker.name, line["text"] or "", language, names)
        heard = self._wording(spoken)
        said = self._participants.parse(speaker.id, heard.text, heard.language)
        level: Level | None = next((name for name in LEVELS if name == line["level"]), None)
        kinds = _kinds(self._scene, line)
        context = context_for(self._transcript, speaker, others=False)
        return Case(
            self._scene["name"],
            speaker,
            said,
            room,
            level,
            kinds,
            language,
            context,
            self._agents[0],
            heard.may_call,
        )

    def speech(self, case: Case) -> None:
        """Add a line to the state; a line to the agent ends the reply that it interrupts."""
        said = case.utterance
        to = _taken_to(said, case.room, case.level)
        self._transcript.add_speech(case.speaker, said, self.now, addressed_to=to)
        if case.level is not None:
            self._asked_by = case.speaker
            if self._sounding is not None:
                self._end_reply(*self._sounding)
        self._sounding = None

    def _end_reply(self, words: str, to: Speaker) -> None:
        spoken = [SpokenSentence(words, 0, 1000)]
        self._transcript.add_reply("jarvis", to, spoken, 1000, at=self.now)


def _taken_to(said: ParsedUtterance, room: RoomState, level: Level | None) -> str | None:
    """The addressee that the bot decided for an earlier line."""
    if level is not None:
        return said.agent
    to = _decide(said, room, "medium", RelevanceSettings()).addressee
    return None if to == said.agent else to


def _parse(scene: Mapping[str, Any], text: str) -> dict[str, str | None]:
    line = _LINE.fullmatch(text)
    if line is None:
        raise SceneError(f"{scene['name']}: not a line: {text}")
    if line["by"] not in AGENTS and line["by"] not in scene["people"]:
        raise SceneError(f"{scene['name']}: {line['by']} is not there: {text}")
    return line.groupdict()


def _language(scene: Mapping[str, Any], line: dict[str, str | None]) -> str:
    return line["language"] or str(scene.get("language", "en"))


def _kinds(scene: Mapping[str, Any], line: dict[str, str | None]) -> tuple[str, ...]:
    named = line["kinds"] or scene.get("kind", "")
    kinds = tuple(kind.strip() for kind in named.split(","))
    unknown = set(kinds) - set(KINDS)
    if unknown:
        raise SceneError(f"{scene['name']}: no such kind {sorted(unknown)}: {line['text']}")
    return kinds
