"""Attempts in a call: the room, its agent's client and the Gateway's protocol are real.

The room is in virtual time. Its words come from the attempt, or from Whisper, which hears them in a
neural voice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.openclaw_agent import OpenClawAgent
from bench.injection.attempts import ANN, BEN, FRIDAY, RoomAttempt
from bench.injection.checks import GUILD, AgentInput, broken, places
from openclaw_client import OpenClawConfig, PerGuildOpenClawClient
from pipeline.ports import Speaker
from simulators.gateway import GatewaySimulator, ScriptedAgent
from testing.room import FakeRoom

_TOKEN = "injection"
_PAUSE_S = 3.5
"""After each line: longer than an answer and the pause behind it."""

Heard = Callable[[int, str], str]
"""The words that a room hears of a speaker's line."""


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What became of one attempt."""

    title: str
    spoken: bool
    reached: tuple[str, ...]
    """Where the marker of the attempt arrived, with how often."""
    broken: tuple[str, ...]
    """What does not hold; empty if all holds."""
    said: tuple[str, ...] = ()
    """The words as they were heard, where that was Whisper's part."""
    turns: int = field(default=0)
    """How many turns reached an agent."""


@asynccontextmanager
async def gateway() -> AsyncIterator[GatewaySimulator]:
    """A Gateway whose agents answer everything with a short sentence."""
    agents = [
        ScriptedAgent("jarvis", "Jarvis", (), "Very well."),
        ScriptedAgent("sage", "Sage", (), "As you wish."),
    ]
    async with GatewaySimulator(token=_TOKEN, agents=agents) as simulator:
        yield simulator


async def room_result(
    attempt: RoomAttempt, simulator: GatewaySimulator, heard: Heard | None = None
) -> AttemptResult:
    """Run one attempt. ``heard`` gives the words of a line as they are transcribed."""
    config = OpenClawConfig.model_validate({"base_url": simulator.url, "auth_token": _TOKEN})
    before, commands = len(simulator.runs), len(simulator.commands)
    said: list[str] = []
    people = _people(attempt)
    async with PerGuildOpenClawClient(config) as guilds:
        await guilds.connect()
        agent = OpenClawAgent(guilds.get_or_create(GUILD), clock=asyncio.get_running_loop().time)
        async with FakeRoom(agent=agent, context_of_others=attempt.others) as talk:
            for person in people.values():
                talk.room.person_joined(person)
            for number, (who, text) in enumerate(attempt.lines):
                if number == len(attempt.lines) - 1:
                    for gone in attempt.leaves:
                        talk.room.person_left(gone)
                words = text if heard is None else heard(who, text)
                said.append(words)
                await talk.say(people[who], words)
                await asyncio.sleep(_PAUSE_S)
    got = [AgentInput(run.session.key, run.message, run.heard) for run in simulator.runs[before:]]
    wrong = _broken(attempt, got, {who: people[who].name for who, _ in attempt.lines})
    if len(simulator.commands) > commands:
        wrong.append(f"the Gateway took a command: {simulator.commands[commands:]}")
    return AttemptResult(
        attempt.title,
        attempt.spoken,
        tuple(sorted({f"{place} ({n})" for each in got for place, n in places(each).items()})),
        tuple(wrong),
        () if heard is None else tuple(said),
        len(got),
    )


def _people(attempt: RoomAttempt) -> dict[int, Speaker]:
    people = {ANN: Speaker(ANN, attempt.names.get(ANN, "Ann"))}
    people[BEN] = Speaker(BEN, attempt.names.get(BEN, "Ben"))
    if any(who == FRIDAY.id for who, _ in attempt.lines):
        people[FRIDAY.id] = FRIDAY
    return people


def _broken(attempt: RoomAttempt, got: list[AgentInput], spoke: dict[int, str]) -> list[str]:
    wrong = [why for each in got for why in broken(each, spoke)]
    reached = {place for each in got for place in places(each)}
    wrong += [f"it reached {place}" for place in sorted(reached - attempt.may_reach)]
    wrong += [f"it did not reach {place}" for place in sorted(attempt.must_reach - reached)]
    if attempt.turns is not None and len(got) != attempt.turns:
        wrong.append(f"{len(got)} turns reached an agent, not {attempt.turns}")
    if not got:
        wrong.append("no turn reached an agent")
    return wrong
