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
import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from app.openclaw_agent import OpenClawAgent, told_doubt
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
from bench.conversation.addressee.scenes import LEVELS, PARTS, decide
from bench.conversation.addressee.score import JudgedCase, score
from bench.conversation.clips import MissingClip
from bench.conversation.scene_files import SceneError
from bench.report import add_json_argument, write_json
from openclaw_client import OpenClawConfig, OpenClawError, PerGuildOpenClawClient
from pipeline.addressee.second_opinion import doubt_of
from pipeline.errors import AgentError, ModelUnavailable
from settings import load_settings

REFERENCE: Final = Path(__file__).with_name("declined.tsv")
"""An agent's decisions: the digest of the prompt, yes (it replied) or no (it declined), and the
words, a line each."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="only this part")
    parser.add_argument("--level", choices=LEVELS, default="medium")
    parser.add_argument("--answers", type=Path, metavar="FILE", default=REFERENCE)
    parser.add_argument("--ask", action="store_true", help="ask the agent of the settings")
    parser.add_argument("--prompts", type=Path, metavar="FILE", help="write the open prompts")
    add_json_argument(parser)
    arguments = parser.parse_args()
    try:
        answers = read_answers(arguments.answers)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    level = arguments.level
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
            answers |= asyncio.run(ask(config, missing, arguments.answers))
        missing = unanswered(asked, answers)
        still_open += missing
        more = sum(each.doubt.unlikely for each in asked)
        print(
            f"{part}: {len(asked)} of {len(judged)} lines, {more} of them less likely than the "
            f"level needs; {len(missing)} without an answer"
        )
        found[part] = {
            "asked": len(asked),
            "less_likely": more,
            "unanswered": len(missing),
            "rules": report("the rules", level, judged),
            "with_agent": report("with the agent", level, as_the_agent_decides(judged, answers)),
        }
    if arguments.prompts is not None:
        write_prompts(arguments.prompts, still_open)
    write_json(arguments.json, "declining", {"level": level, "parts": found})


def prompt_of(judged: JudgedCase) -> Prompt | None:
    """What the agent reads of a line that it may decline; None where it may not, or does not get
    it."""
    if is_over_reply(judged):
        return None
    doubt = doubt_of(decide(judged.case, judged.level, may_leave_to_agent=True))
    if doubt is None:
        return None
    turn = replace(turn_of(judged), doubt=doubt)
    text = framed(turn.text, turn, told_doubt(doubt))
    return Prompt(judged.case.persona, turn, doubt, text)


def as_the_agent_decides(
    judged: Iterable[JudgedCase], answers: Mapping[str, bool]
) -> Iterator[JudgedCase]:
    """The same decisions, where the agent may decline by its answers."""
    for each in judged:
        asked = prompt_of(each)
        meant = None if asked is None else answers.get(asked.digest)
        if meant is None:
            yield each
        else:
            yield replace(each, decision=replace(each.decision, addressed=meant))


async def ask(config: OpenClawConfig, prompts: Sequence[Prompt], keep: Path) -> dict[str, bool]:
    """Send the agent at a Gateway one line after the other; appends each decision to ``keep``.

    Returns the decisions by digest: True where it replied. The lines stay in the agent's memory.
    """
    answers: dict[str, bool] = {}
    async with PerGuildOpenClawClient(config) as guilds:
        try:
            await guilds.connect()
        except OpenClawError as error:
            raise SystemExit(str(error)) from error
        agent = OpenClawAgent(guilds.get_or_create(1))
        for each in prompts:
            turn = replace(each.turn, agent=config.agent_id)
            try:
                async with aclosing(agent.reply(turn)) as deltas:
                    text = "".join([delta.text async for delta in deltas])
            except AgentError as error:
                raise SystemExit(str(error)) from error
            answers[each.digest] = meant = bool(text.strip())
            keep_answer(keep, each, meant=meant)
    return answers


if __name__ == "__main__":
    main()
