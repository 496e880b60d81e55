"""Attempts by what an agent writes: how it is spoken, and what members see of it on Discord."""

from __future__ import annotations

import re
from typing import Final

from bench.injection.attempts import ANSWERS, AnswerAttempt
from bench.injection.rooms import AttemptResult
from discord_bot.messages.direct_messages import find_members, write_to
from pipeline.events import ReplyEnded, TextLeftOut
from simulators.discord import Message
from testing.calls import Calls, calls
from testing.room import ANN, FakeRoom

_MARK: Final = re.compile(r"[\[\]<>]|https?:")
"""What speech leaves out of an answer."""


async def spoken_result(attempt: AnswerAttempt) -> AttemptResult:
    """Have an agent answer with it in a room, in virtual time."""
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, what is it?"] = attempt.text
        await talk.say(ANN, "Jarvis, what is it?")
        await talk.until(ReplyEnded)
        spoken = " ".join(text for _, text in talk.synthesizer.spoken)
    wrong = [f"it says {each!r}" for each in attempt.never if each in spoken]
    wrong += [f"it says {found[0]!r}" for found in [_MARK.search(spoken)] if found is not None]
    if not spoken:
        wrong.append("nothing was said")
    return AttemptResult(attempt.title, attempt.spoken, ("speech (1)",), tuple(wrong))


async def posted_results() -> list[AttemptResult]:
    """Have the real bot post the others on the simulated Discord."""
    async with calls(dave=False) as c:
        await c.call_in()
        results = []
        for attempt in ANSWERS:
            if attempt.way == "spoken":
                continue
            if attempt.way == "direct message":
                message = await _written_to(c, attempt)
            else:
                agent = "@everyone" if attempt.way == "agent's name" else "jarvis"
                message = await _posted(c, TextLeftOut(agent, attempt.text, 0.0))
            results.append(_posted_result(attempt, message))
        return results


async def _posted(c: Calls, event: TextLeftOut) -> Message:
    """The message that the bot posts for an event of its room."""
    before = len(c.sim.messages(c.text))
    c.rooms[-1].observer(event)
    await c.until(lambda: len(c.sim.messages(c.text)) > before)
    message: Message = c.sim.messages(c.text)[-1]
    return message


async def _written_to(c: Calls, attempt: AnswerAttempt) -> Message:
    (ben,) = await find_members(c.bot.guilds[0], str(c.ben.id))
    await write_to(ben, attempt.text)
    message: Message = c.sim.messages(c.sim.direct_channel(c.ben))[-1]
    return message


def _posted_result(attempt: AnswerAttempt, message: Message) -> AttemptResult:
    wrong = ["a mention in it would notify members"] if message.may_ping else []
    wrong += [f"it shows {each}" for each in attempt.never if each in message.content]
    return AttemptResult(attempt.title, attempt.spoken, (f"{attempt.way} (1)",), tuple(wrong))
