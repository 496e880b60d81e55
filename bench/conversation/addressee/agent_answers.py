"""Lines that an agent decides about, in two ways: it declines them, or it is asked beforehand.

Its answers are kept in a file, so the evaluation needs no agent. An answer belongs to the digest of
its prompt: after a change of the prompt, of a transcript or of a reply the line has none, and the
rules decide it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from app.openclaw_agent import earlier_lines
from bench.conversation.addressee.heard import VOICES, Listener, cases_as_heard
from bench.conversation.addressee.scenes import PARTS
from bench.conversation.addressee.score import (
    AddresseeScore,
    JudgedCase,
    numbers,
    score,
    table,
)
from bench.conversation.clips import MissingClip
from bench.conversation.scene_files import SceneError
from bench.report import add_json_argument, write_json
from openclaw_client import (
    OpenClawClient,
    OpenClawConfig,
    OpenClawError,
    PerGuildOpenClawClient,
    SpeakerRef,
)
from openclaw_client.turn_text import Doubt as ToldDoubt
from openclaw_client.turn_text import frame_message
from pipeline.errors import AgentError, ModelUnavailable
from pipeline.ports import AddresseeDoubt, AgentTurn, Persona
from pipeline.settings import Level
from settings import load_settings


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


PromptOf: TypeAlias = Callable[[JudgedCase], Prompt | None]
"""What an agent reads of a line; None where the rules decide it."""
AskAgent: TypeAlias = Callable[[OpenClawClient, str, Prompt], Awaitable[bool | None]]
"""Asks the agent with this id; whether it was meant, or None for no answer."""


def add_arguments(parser: argparse.ArgumentParser, answers: Path) -> None:
    """The arguments of both evaluations; ``answers`` is the file of the kept answers."""
    parser.add_argument("--part", choices=PARTS, help="only this part")
    parser.add_argument("--answers", type=Path, metavar="FILE", default=answers)
    parser.add_argument("--ask", action="store_true", help="ask the agent of the settings")
    parser.add_argument("--prompts", type=Path, metavar="FILE", help="write the open prompts")
    add_json_argument(parser)


def evaluate(
    name: str, level: Level, arguments: argparse.Namespace, prompt_of: PromptOf, ask_one: AskAgent
) -> None:
    """Print and write the scores of the lines as heard, by the rules and with the agent.

    Raises:
        SystemExit: a file, the audio of a line, a model or the Gateway is missing; says which.
    """
    try:
        answers = read_answers(arguments.answers)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    found: dict[str, Any] = {}
    still_open: list[Prompt] = []
    for part in PARTS:
        if arguments.part not in (None, part):
            continue
        try:
            judged = score(cases_as_heard(part, Listener(VOICES[part])), level).judged
        except (MissingClip, ModelUnavailable, SceneError) as error:
            raise SystemExit(str(error)) from error
        asked = [each for case in judged if (each := prompt_of(case)) is not None]
        if arguments.ask:
            config, missing = load_settings().openclaw, unanswered(asked, answers)
            answers |= asyncio.run(ask_all(config, missing, arguments.answers, ask_one))
        missing = unanswered(asked, answers)
        still_open += missing
        more = sum(each.doubt.unlikely for each in asked)
        print(
            f"{part}: {len(asked)} of {len(judged)} lines, {more} of them left to the agent alone, "
            f"{len(missing)} without an answer"
        )
        with_agent = decided(judged, answers, prompt_of)
        found[part] = {
            "asked": len(asked),
            "less_likely": more,
            "unanswered": len(missing),
            "rules": report("the rules", level, judged),
            "with_agent": report("with the agent", level, with_agent),
        }
    if arguments.prompts is not None:
        write_prompts(arguments.prompts, still_open)
    write_json(arguments.json, name, {"level": level, "parts": found})


def decided(
    judged: Iterable[JudgedCase], answers: Mapping[str, bool], prompt_of: PromptOf
) -> Iterator[JudgedCase]:
    """The same decisions, with the agent's where there is one."""
    for each in judged:
        asked = prompt_of(each)
        meant = None if asked is None else answers.get(asked.digest)
        if meant is None:
            yield each
        else:
            yield replace(each, decision=replace(each.decision, addressed=meant))


async def ask_all(
    config: OpenClawConfig, prompts: Sequence[Prompt], keep: Path, ask_one: AskAgent
) -> dict[str, bool]:
    """Ask the agent at a Gateway about one line after the other; appends each answer to ``keep``.

    Returns the answers by digest, without lines that got none.
    """
    answers: dict[str, bool] = {}
    async with PerGuildOpenClawClient(config) as guilds:
        try:
            await guilds.connect()
            client = guilds.get_or_create(1)
            for each in prompts:
                meant = await ask_one(client, config.agent_id, each)
                if meant is not None:
                    answers[each.digest] = meant
                    keep_answer(keep, each, meant=meant)
        except (OpenClawError, AgentError) as error:
            raise SystemExit(str(error)) from error
    return answers


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
    """Write prompts for another model: a digest, the agent's name and a prompt, as JSON, a line
    each."""
    lines = [f"{json.dumps([each.digest, each.persona.name, each.text])}\n" for each in prompts]
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
