"""What an agent decided about lines: the prompts, and its answers, kept in a file.

An answer belongs to the digest of its prompt, so after a change of the prompt, of a transcript or
of a reply the line has none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.openclaw_agent import earlier_lines
from bench.conversation.addressee.score import AddresseeScore, JudgedCase, numbers, table
from openclaw_client import SpeakerRef
from openclaw_client.turn_text import Doubt as ToldDoubt
from openclaw_client.turn_text import frame_message
from pipeline.ports import AddresseeDoubt, AgentTurn, Persona
from pipeline.settings import Level


@dataclass(frozen=True, slots=True)
class Prompt:
    """A line that an agent decides about, and what it reads."""

    persona: Persona
    turn: AgentTurn
    doubt: AddresseeDoubt
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def turn_of(judged: JudgedCase) -> AgentTurn:
    """The turn of a line, with what the agent may know of the talk before."""
    case = judged.case
    return AgentTurn(
        case.persona.agent,
        case.utterance.text,
        case.speaker,
        case.context,
        present=case.room.people,
    )


def is_over_reply(judged: JudgedCase) -> bool:
    """Whether the line is said over a reply: such lines the rules decide alone."""
    reply = judged.case.room.last_reply
    return reply is not None and reply.playing


def framed(words: str, turn: AgentTurn, doubt: ToldDoubt | None = None) -> str:
    """The message of a turn as the agent reads it, with other words than the member's."""
    return frame_message(
        words,
        SpeakerRef(str(turn.speaker.id), turn.speaker.name),
        present=[person.name for person in turn.present],
        earlier=earlier_lines(turn),
        doubt=doubt,
    )


def report(name: str, level: Level, judged: Iterable[JudgedCase]) -> dict[str, Any]:
    """Print the score of some decisions; returns its numbers."""
    scored = AddresseeScore(tuple(judged))
    side_talk = [each for each in scored.of(["side talk"]).judged if each.case.level is None]
    answered = sum(each.decision.addressed for each in side_talk)
    print(f"{name}\n{table({level: scored})}")
    print(f"{answered} of {len(side_talk)} lines of side talk are answered\n")
    return {**numbers({level: scored})[level], "side_talk_answered": answered}


def unanswered(asked: Iterable[Prompt], answers: Mapping[str, bool]) -> list[Prompt]:
    return [each for each in asked if each.digest not in answers]


def write_prompts(file: Path, prompts: Sequence[Prompt]) -> None:
    """Write prompts for another model: a digest and a prompt, as JSON, a line each."""
    lines = [f"{json.dumps([each.digest, each.text])}\n" for each in prompts]
    file.write_text("".join(lines), "utf-8")


def read_answers(path: Path) -> dict[str, bool]:
    """The answers of a file by the digests of their prompts; none if there is no file.

    Raises:
        ValueError: a line is no digest, "yes" or "no", and words, with tabs between them.
    """
    if not path.is_file():
        return {}
    answers: dict[str, bool] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        match line.split("\t"):
            case [digest, ("yes" | "no") as answer, _]:
                answers[digest] = answer == "yes"
            case _:
                raise ValueError(
                    f"{path}, line {number}: needs a digest, yes or no, and words, with tabs "
                    f"between them, not {line!r}"
                )
    return answers


def keep_answer(path: Path, prompt: Prompt, *, meant: bool) -> None:
    """Append an answer to the file."""
    with path.open("a", encoding="utf-8") as file:
        words = " ".join(prompt.turn.text.split())
        file.write(f"{prompt.digest}\t{'yes' if meant else 'no'}\t{words}\n")
