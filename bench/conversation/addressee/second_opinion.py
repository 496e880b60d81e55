"""How much the second opinion of the agent helps.

``python -m bench.conversation.addressee.second_opinion`` scores the lines as Whisper hears them. An
agent's answers decide those on which the rules are unsure at medium. They are kept in
``opinions.tsv``, so the evaluation needs no agent; without an answer the rules decide, as after a
timeout. ``--ask`` asks the agent at the Gateway of the settings for the missing answers.
``--prompts`` writes those questions to a file, for another model to answer.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Final

from app.addressee_oracle import OpenClawOracle, question
from bench.conversation.addressee.agent_answers import (
    Prompt,
    add_arguments,
    evaluate,
    framed,
    is_over_reply,
    turn_of,
)
from bench.conversation.addressee.score import JudgedCase
from openclaw_client import OpenClawClient
from pipeline.addressee.second_opinion import is_unsure
from pipeline.settings import Level, SecondOpinionSettings

LEVEL: Final[Level] = "medium"
REFERENCE: Final = Path(__file__).with_name("opinions.tsv")
"""Answers of an agent: the digest of the question, yes or no, and the words, a line each."""


def main() -> None:
    band = SecondOpinionSettings()
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, REFERENCE)
    parser.add_argument("--from-score", type=float, default=band.from_score)
    parser.add_argument("--to-score", type=float, default=band.to_score)
    arguments = parser.parse_args()
    try:
        band = SecondOpinionSettings(from_score=arguments.from_score, to_score=arguments.to_score)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    evaluate("second_opinion", LEVEL, arguments, partial(question_of, band=band), ask_one)


def question_of(judged: JudgedCase, band: SecondOpinionSettings) -> Prompt | None:
    """What the bot asks the agent about a line; None where the rules decide it."""
    decision, persona = judged.decision, judged.case.persona
    if is_over_reply(judged) or decision.doubt is None or not is_unsure(decision, band):
        return None
    turn = turn_of(judged)
    asks = framed(question(persona.name, turn, decision.doubt), turn)
    return Prompt(persona, turn, decision.doubt, asks)


async def ask_one(client: OpenClawClient, agent: str, asked: Prompt) -> bool | None:
    """The agent's yes or no; None for any other answer."""
    personas = {asked.persona.agent: asked.persona}
    return await OpenClawOracle(client, personas, lambda _: agent).was_meant(
        asked.turn, asked.doubt
    )


if __name__ == "__main__":
    main()
