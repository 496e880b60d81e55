"""How much the second opinion of the agent helps.

``python -m bench.conversation.addressee.second_opinion`` scores the lines as Whisper hears them. An
agent's answers decide those on which the rules are unsure at medium. They are kept in
``opinions.tsv``, so the evaluation needs no agent; without an answer the rules decide, as after a
timeout. ``--ask`` asks the agent at the Gateway of the settings for the missing answers.
``--questions`` writes those questions to a file, for another model to answer.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.addressee_oracle import OpenClawOracle, question
from app.openclaw_agent import earlier_lines
from bench.conversation.addressee.heard import VOICES, Listener, cases_as_heard
from bench.conversation.addressee.scenes import PARTS
from bench.conversation.addressee.score import AddresseeScore, JudgedCase, numbers, score, table
from bench.conversation.clips import MissingClip
from bench.conversation.scene_files import SceneError
from bench.report import add_json_argument, write_json
from openclaw_client import OpenClawConfig, OpenClawError, PerGuildOpenClawClient, SpeakerRef
from openclaw_client.turn_text import frame_message
from pipeline.addressee.second_opinion import is_unsure
from pipeline.errors import AgentError, ModelUnavailable
from pipeline.ports import AddresseeDoubt, AgentTurn, Persona
from pipeline.settings import Level, SecondOpinionSettings
from settings import load_settings

LEVEL: Final[Level] = "medium"
REFERENCE: Final = Path(__file__).with_name("opinions.tsv")
"""Answers of an agent: the digest of the question, yes or no, and the words, a line each."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the agent is asked about a line."""

    persona: Persona
    turn: AgentTurn
    doubt: AddresseeDoubt

    @property
    def prompt(self) -> str:
        """What the agent reads."""
        speaker = self.turn.speaker
        return frame_message(
            question(self.persona.name, self.turn, self.doubt),
            SpeakerRef(str(speaker.id), speaker.name),
            present=[person.name for person in self.turn.present],
            earlier=earlier_lines(self.turn),
        )

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.prompt.encode()).hexdigest()[:16]


def main() -> None:
    band = SecondOpinionSettings()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="only this part")
    parser.add_argument("--answers", type=Path, metavar="FILE", default=REFERENCE)
    parser.add_argument("--ask", action="store_true", help="ask the agent of the settings")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="write the open questions")
    parser.add_argument("--from-score", type=float, default=band.from_score)
    parser.add_argument("--to-score", type=float, default=band.to_score)
    add_json_argument(parser)
    arguments = parser.parse_args()
    try:
        band = SecondOpinionSettings(from_score=arguments.from_score, to_score=arguments.to_score)
        answers = read_answers(arguments.answers)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    found: dict[str, Any] = {}
    still_open: list[Question] = []
    for part in PARTS:
        if arguments.part not in (None, part):
            continue
        try:
            judged = score(cases_as_heard(part, Listener(VOICES[part])), LEVEL).judged
        except (MissingClip, ModelUnavailable, SceneError) as error:
            raise SystemExit(str(error)) from error
        asked = [each for case in judged if (each := question_of(case, band)) is not None]
        if arguments.ask:
            config, missing = load_settings().openclaw, _unanswered(asked, answers)
            answers |= asyncio.run(ask(config, missing, arguments.answers))
        unanswered = _unanswered(asked, answers)
        still_open += unanswered
        print(f"{part}: {len(asked)} of {len(judged)} lines, {len(unanswered)} without an answer")
        found[part] = {
            "asked": len(asked),
            "unanswered": len(unanswered),
            "rules": _report("the rules", judged),
            "with_agent": _report("with the agent", with_opinions(judged, band, answers)),
        }
    if arguments.questions is not None:
        arguments.questions.write_text(
            "".join(f"{json.dumps([each.digest, each.prompt])}\n" for each in still_open), "utf-8"
        )
    write_json(arguments.json, "second_opinion", {"parts": found})


def _report(name: str, judged: Iterable[JudgedCase]) -> dict[str, Any]:
    """Print the score of some decisions; returns its numbers."""
    scored = AddresseeScore(tuple(judged))
    side_talk = [each for each in scored.of(["side talk"]).judged if each.case.level is None]
    answered = sum(each.decision.addressed for each in side_talk)
    print(f"{name}\n{table({LEVEL: scored})}")
    print(f"{answered} of {len(side_talk)} lines of side talk are answered\n")
    return {**numbers({LEVEL: scored})[LEVEL], "side_talk_answered": answered}


def _unanswered(asked: Iterable[Question], answers: Mapping[str, bool]) -> list[Question]:
    return [each for each in asked if each.digest not in answers]


def question_of(judged: JudgedCase, band: SecondOpinionSettings) -> Question | None:
    """What the bot asks the agent about a line; None where the rules decide it."""
    case, decision = judged.case, judged.decision
    reply = case.room.last_reply
    over_reply = reply is not None and reply.playing
    if over_reply or decision.doubt is None or not is_unsure(decision, band):
        return None
    turn = AgentTurn(
        case.persona.agent,
        case.utterance.text,
        case.speaker,
        case.context,
        present=case.room.people,
    )
    return Question(case.persona, turn, decision.doubt)


def with_opinions(
    judged: Iterable[JudgedCase], band: SecondOpinionSettings, answers: Mapping[str, bool]
) -> Iterator[JudgedCase]:
    """The same decisions, those that the rules are unsure of by the agent's answers."""
    for each in judged:
        asked = question_of(each, band)
        meant = None if asked is None else answers.get(asked.digest)
        if meant is None:
            yield each
        else:
            yield replace(each, decision=replace(each.decision, addressed=meant))


def read_answers(path: Path) -> dict[str, bool]:
    """The answers of a file by the digests of their questions; none if there is no file.

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


async def ask(config: OpenClawConfig, questions: Sequence[Question], keep: Path) -> dict[str, bool]:
    """Ask the agent at a Gateway one question after the other; appends each answer to ``keep``.

    Returns the answers by digest, without those that are neither yes nor no.
    """
    answers: dict[str, bool] = {}
    async with PerGuildOpenClawClient(config) as guilds:
        try:
            await guilds.connect()
        except OpenClawError as error:
            raise SystemExit(str(error)) from error
        client = guilds.get_or_create(1)
        for each in questions:
            personas = {each.persona.agent: each.persona}
            oracle = OpenClawOracle(client, personas, lambda _: config.agent_id)
            try:
                meant = await oracle.was_meant(each.turn, each.doubt)
            except AgentError as error:
                raise SystemExit(str(error)) from error
            if meant is not None:
                answers[each.digest] = meant
                with keep.open("a", encoding="utf-8") as file:
                    answer = "yes" if meant else "no"
                    file.write(f"{each.digest}\t{answer}\t{' '.join(each.turn.text.split())}\n")
    return answers


if __name__ == "__main__":
    main()
