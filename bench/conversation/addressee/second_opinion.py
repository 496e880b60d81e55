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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from app.addressee_oracle import OpenClawOracle, question
from bench.conversation.addressee.agent_answers import (
    Prompt,
    framed,
    is_over_reply,
    keep_answer,
    read_answers,
    report,
    turn_of,
    unanswered,
    write_prompts,
)
from bench.conversation.addressee.heard import VOICES, Listener, cases_as_heard
from bench.conversation.addressee.scenes import PARTS
from bench.conversation.addressee.score import JudgedCase, score
from bench.conversation.clips import MissingClip
from bench.conversation.scene_files import SceneError
from bench.report import add_json_argument, write_json
from openclaw_client import OpenClawConfig, OpenClawError, PerGuildOpenClawClient
from pipeline.addressee.second_opinion import is_unsure
from pipeline.errors import AgentError, ModelUnavailable
from pipeline.settings import Level, SecondOpinionSettings
from settings import load_settings

LEVEL: Final[Level] = "medium"
REFERENCE: Final = Path(__file__).with_name("opinions.tsv")
"""Answers of an agent: the digest of the question, yes or no, and the words, a line each."""


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
    still_open: list[Prompt] = []
    for part in PARTS:
        if arguments.part not in (None, part):
            continue
        try:
            judged = score(cases_as_heard(part, Listener(VOICES[part])), LEVEL).judged
        except (MissingClip, ModelUnavailable, SceneError) as error:
            raise SystemExit(str(error)) from error
        asked = [each for case in judged if (each := question_of(case, band)) is not None]
        if arguments.ask:
            config, missing = load_settings().openclaw, unanswered(asked, answers)
            answers |= asyncio.run(ask(config, missing, arguments.answers))
        missing = unanswered(asked, answers)
        still_open += missing
        print(f"{part}: {len(asked)} of {len(judged)} lines, {len(missing)} without an answer")
        found[part] = {
            "asked": len(asked),
            "unanswered": len(missing),
            "rules": report("the rules", LEVEL, judged),
            "with_agent": report("with the agent", LEVEL, with_opinions(judged, band, answers)),
        }
    if arguments.questions is not None:
        write_prompts(arguments.questions, still_open)
    write_json(arguments.json, "second_opinion", {"parts": found})


def question_of(judged: JudgedCase, band: SecondOpinionSettings) -> Prompt | None:
    """What the bot asks the agent about a line; None where the rules decide it."""
    decision, persona = judged.decision, judged.case.persona
    if is_over_reply(judged) or decision.doubt is None or not is_unsure(decision, band):
        return None
    turn = turn_of(judged)
    asks = framed(question(persona.name, turn, decision.doubt), turn)
    return Prompt(persona, turn, decision.doubt, asks)


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


async def ask(config: OpenClawConfig, questions: Sequence[Prompt], keep: Path) -> dict[str, bool]:
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
                keep_answer(keep, each, meant=meant)
    return answers


if __name__ == "__main__":
    main()
