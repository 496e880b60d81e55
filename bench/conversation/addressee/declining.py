"""How much it helps that the agent may decline a turn (`pipeline.relevance.may_decline`).

``python -m bench.conversation.addressee.declining`` scores the lines as Whisper hears them. The
agent gets what the rules find for it. Where they are not sure it decides in its reply, and also on
what is a little less likely than medium needs, while an exchange is running. Its decisions are kept
in ``declined.tsv``, so the evaluation needs no agent; without one the rules decide. ``--ask`` asks
the agent at the Gateway of the settings for the missing ones, ``--prompts`` writes those prompts to
a file, for another model.
"""

from __future__ import annotations

import argparse
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.openclaw_agent import OpenClawAgent, told_doubt
from bench.conversation.addressee.agent_answers import (
    Prompt,
    add_arguments,
    evaluate,
    framed,
    is_over_reply,
    turn_of,
)
from bench.conversation.addressee.scenes import AGENTS, LEVELS, decide
from bench.conversation.addressee.score import JudgedCase
from openclaw_client import OpenClawClient
from pipeline.addressee.second_opinion import doubt_of
from pipeline.speaking.command_handler import asked_turn

REFERENCE: Final = Path(__file__).with_name("declined.tsv")
"""An agent's decisions: the digest of the prompt, yes (it replied) or no (it declined), and the
words, a line each."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, REFERENCE)
    parser.add_argument("--level", choices=LEVELS, default="medium")
    arguments = parser.parse_args()
    evaluate("declining", arguments.level, arguments, prompt_of, ask_one)


def prompt_of(judged: JudgedCase) -> Prompt | None:
    """What the agent reads of a line that it may decline; None where it may not, or does not get
    it."""
    if is_over_reply(judged):
        return None
    decision = decide(judged.case, judged.level, may_leave_to_agent=True)
    doubt = doubt_of(decision)
    turn = asked_turn(replace(turn_of(judged), doubt=doubt), decision.command)
    if doubt is None or turn is None:
        return None
    text = framed(turn.text, turn, told_doubt(doubt))
    persona = judged.case.persona
    if turn.agent != persona.agent:
        persona = AGENTS[turn.agent]
    return Prompt(persona, turn, doubt, text)


async def ask_one(client: OpenClawClient, agent: str, asked: Prompt) -> bool:
    """Whether the agent replied. The line stays in its memory."""
    turn = replace(asked.turn, agent=agent)
    async with aclosing(OpenClawAgent(client).reply(turn)) as deltas:
        return bool("".join([delta.text async for delta in deltas]).strip())


if __name__ == "__main__":
    main()
