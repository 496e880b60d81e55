"""Replays the scenes of addressee.yaml and counts what `judge` gets right.

``python -m tests.pipeline.addressee`` prints precision and recall of each level and every mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, get_args

import yaml

from pipeline.ports import Persona, Speaker, Voice
from pipeline.relevance import Decision, Utterance, judge
from pipeline.room_state import RoomState, room_state
from pipeline.settings import Level
from pipeline.transcript import SpokenSentence, Transcript

SCENES: Final = Path(__file__).with_name("addressee.yaml")
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
AGENTS: Final = {name: Persona(name, name.capitalize(), Voice(name)) for name in ("jarvis", "sage")}
_LINE: Final = re.compile(
    r"(?:\[(?P<after>\d+)\] )?(?:(?P<level>low|medium|high) )?(?P<by>\w+)(?P<sounding>\.\.\.)?"
    r"(?: -> (?P<to>\w+))?: (?P<text>.+)"
)


@dataclass(frozen=True, slots=True)
class Case:
    """A line of a scene, the room as it was, and the lowest level that is to answer it."""

    scene: str
    utterance: Utterance
    room: RoomState
    level: Level | None

    def expected(self, level: Level) -> bool:
        return self.level is not None and LEVELS.index(self.level) <= LEVELS.index(level)


@dataclass(slots=True)
class Score:
    """Counts at one level."""

    right_yes: int = 0
    right_no: int = 0
    mistakes: list[tuple[Case, Decision]] = field(default_factory=list)

    @property
    def wrong_yes(self) -> int:
        return sum(decision.addressed for _, decision in self.mistakes)

    @property
    def precision(self) -> float:
        return self.right_yes / max(1, self.right_yes + self.wrong_yes)

    @property
    def recall(self) -> float:
        missed = len(self.mistakes) - self.wrong_yes
        return self.right_yes / max(1, self.right_yes + missed)

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def cases(path: Path = SCENES) -> list[Case]:
    """Every line that a person says in the scenes."""
    return [case for scene in yaml.safe_load(path.read_text("utf-8")) for case in _replay(scene)]


def evaluate(all_cases: list[Case], level: Level) -> Score:
    """Judge every case at one level."""
    score = Score()
    for case in all_cases:
        decision = judge(case.utterance, case.room, level)
        if decision.addressed != case.expected(level):
            score.mistakes.append((case, decision))
        elif decision.addressed:
            score.right_yes += 1
        else:
            score.right_no += 1
    return score


def report(all_cases: list[Case]) -> str:
    """Precision, recall and F1 of each level as a table, and what went wrong below it."""
    lines = [f"{'level':<8} {'lines':>5} {'precision':>9} {'recall':>7} {'F1':>5}"]
    mistakes = []
    for level in LEVELS:
        score = evaluate(all_cases, level)
        lines.append(
            f"{level:<8} {len(all_cases):>5} {score.precision:>9.3f} {score.recall:>7.3f} "
            f"{score.f1:>5.3f}"
        )
        for case, decision in score.mistakes:
            said = f"{case.utterance.speaker.name}: {case.utterance.text}"
            verdict = "answered" if decision.addressed else "not answered"
            mistakes.append(f"{level}, {case.scene}: {verdict} {said!r}\n    {decision}")
    return "\n".join([*lines, *mistakes])


def _replay(scene: dict[str, Any]) -> Iterator[Case]:
    people = {name: Speaker(number, name) for number, name in enumerate(scene["people"], 1)}
    agents = [AGENTS[name] for name in scene.get("agents", ["jarvis"])]
    transcript, now = Transcript(), 0.0
    asked_by: Speaker | None = None
    sounding_to: Speaker | None = None
    for text in scene["lines"]:
        line = _LINE.fullmatch(text)
        if line is None:
            raise ValueError(f"{scene['name']}: not a line: {text}")
        now += float(line["after"] or 2)
        if line["by"] in AGENTS:
            assert asked_by is not None
            if line["sounding"]:
                sounding_to = asked_by
            else:
                spoken = [SpokenSentence(line["text"], 0, 1000)]
                transcript.add_reply(line["by"], asked_by, spoken, 1000, at=now)
            continue
        speaker = people[line["by"]]
        room = room_state(
            transcript,
            now,
            agent=AGENTS["jarvis"],
            agents=agents,
            people=people.values(),
            replying_to=sounding_to,
        )
        sounding_to = None
        utterance = Utterance(speaker, line["text"], scene.get("language", "en"))
        level: Level | None = next((name for name in LEVELS if name == line["level"]), None)
        yield Case(scene["name"], utterance, room, level)
        if level is not None:
            asked_by = speaker
        to = "jarvis" if level is not None else line["to"]
        transcript.add_speech(speaker, line["text"], now, addressed_to=to)


if __name__ == "__main__":
    print(report(cases()))  # noqa: T201 - this is its output
