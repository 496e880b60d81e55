"""A fake harness for the demo's scenario, without the bot: tests choose how the bot behaves.

It runs in virtual time. Its agents are those of the simulated Gateway, so that the scenario is
checked against their real answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from demo.script import FIXTURE, DemoScript
from pipeline.events import ReplyBegan, ReplyEnded, ReplyResumed, RoomEvent, TurnDecided
from pipeline.latency import TurnLatency
from pipeline.ports import Speaker
from simulators.discord import Interaction, LineFaults, SimulatedPerson, TimedOut
from simulators.gateway import GatewayFaults
from simulators.gateway.agents import Memory
from testing.harness import ConversationHarness, SpokenLine

LETTER_S = 0.06
LISTEN_S = 0.3


@dataclass(eq=False)
class Listener:
    """What a member hears, like `simulators.discord.HeardAudio`."""

    sounds: list[tuple[float, float]] = field(default_factory=list)
    """Start and end of each sound."""

    async def wait_for_sound(self, since: float = 0.0, timeout: float = 5.0) -> float:
        clock = asyncio.get_running_loop().time
        end = clock() + timeout
        while clock() < end:
            found = [begin for begin, _ in self.sounds if begin >= since]
            if found:
                return found[0]
            await asyncio.sleep(0.02)
        raise TimedOut("a sound of the bot")

    async def wait_for_quiet(self, quiet_s: float = 0.3, timeout: float = 30.0) -> float:
        clock = asyncio.get_running_loop().time
        last = self.sounds[-1][1] if self.sounds else clock()
        if last == float("inf"):
            await asyncio.sleep(timeout)
            raise TimedOut(f"the bot still spoke after {timeout:g} s")
        await asyncio.sleep(max(0.0, last + quiet_s - clock()))
        return last


@dataclass(eq=False)
class Person:
    name: str
    hearing: Listener = field(default_factory=Listener)
    channel: object = None

    async def join(self, channel: object) -> None:
        self.channel = channel


@dataclass(slots=True)
class Behaviour:
    """The failures of the bot; by default there are none."""

    hears: bool = True
    mishears: Mapping[str, str] = field(default_factory=dict)
    takes_for_itself: frozenset[str] = frozenset()
    answers: bool = True
    sounds: bool = True
    goes_on_after_uh_huh: bool = True
    stops: bool = True
    aborts: bool = True
    answers_commands: bool = True
    leaves: bool = True


@dataclass(slots=True)
class _Run:
    status: str = "running"


@dataclass(slots=True)
class _Gateway:
    faults: GatewayFaults = field(default_factory=GatewayFaults)
    runs: list[_Run] = field(default_factory=list)


@dataclass(slots=True)
class _Bot:
    voice_clients: list[object] = field(default_factory=list)


@dataclass(slots=True)
class _Place:
    id: int
    name: str


@dataclass(slots=True)
class _Response:
    content: str


@dataclass(slots=True)
class _Answered:
    responses: list[_Response]
    failed: bool = False


class Cast(ConversationHarness):
    """Stands in for the harness with the bot; ``behaviour`` has the bot's failures."""

    def __init__(self, behaviour: Behaviour | None = None, script: DemoScript = FIXTURE) -> None:
        anything = cast(Any, None)
        super().__init__(
            discord=anything,
            gateway=cast(Any, _Gateway()),
            services=anything,
            bot=cast(Any, _Bot()),
            voices=anything,
            text=anything,
            room=cast(Any, _Place(1, "Living room")),
            other_room=cast(Any, _Place(2, "Kitchen")),
        )
        self.behaviour = behaviour or Behaviour()
        self.said: list[tuple[str, str]] = []
        self.commands: list[str] = []
        self._script = script
        self._agent = script.agents[0]
        self._unfinished: dict[str, str] = {}
        self._memory: dict[str, Memory] = {}
        self._reply: asyncio.Task[None] | None = None
        self._clock = asyncio.get_running_loop().time

    def person(self, name: str) -> SimulatedPerson:
        if name not in self.people:
            self.people[name] = cast(SimulatedPerson, Person(name))
        return self.people[name]

    async def say(self, name: str, text: str, faults: LineFaults | None = None) -> SpokenLine:
        self.said.append((name, text))
        began = self._clock()
        await asyncio.sleep(len(text) * LETTER_S)
        pauses = self._script.hesitation
        if pauses is not None and text in pauses.parts[:-1]:
            self._unfinished[name] = text
            return SpokenLine(text, began, self._clock())
        text = " ".join([*filter(None, [self._unfinished.pop(name, "")]), text])
        if self.behaviour.hears:
            asyncio.get_running_loop().call_later(LISTEN_S, self._hear, name, text)
        return SpokenLine(text, began, self._clock())

    async def run(
        self, name: str, command: str, options: Mapping[str, Any] | None = None
    ) -> Interaction:
        self.commands.append(" ".join([command, *(options or {}).values()]))
        await asyncio.sleep(0.1)
        if not self.behaviour.answers_commands:
            raise TimedOut(f"/{command}: the application did not respond")
        match command:
            case "join":
                self.bot.voice_clients.append(cast(Any, self))
            case "leave" if self.behaviour.leaves:
                self.bot.voice_clients.clear()
            case "agent":
                name = (options or {})["name"]
                self._agent = next(each for each in self._script.agents if each.id == name)
        return cast(Interaction, _Answered([_Response(f"I am in <#{self.room.id}>.")]))

    # -- the bot --------------------------------------------------------------------------------

    def _hear(self, name: str, text: str) -> None:
        at = self._clock()
        addressed = text in self.behaviour.takes_for_itself or text.startswith(
            ("Jarvis,", "Sage,", "Hey Jarvis,", "And in", "And how many")
        )
        words = self.behaviour.mishears.get(text, text)
        self.events.append(TurnDecided(Speaker(hash(name), name), words, addressed, ("why",), at))
        if text == "Uh huh.":
            if self.behaviour.goes_on_after_uh_huh:
                self.events.append(ReplyResumed(at))
        elif text == "Sage, stop.":
            self._stop()
        elif addressed and self.behaviour.answers:
            self._reply = asyncio.create_task(self._answer(name, text))

    def _stop(self) -> None:
        if self._reply is not None and self.behaviour.stops:
            self._reply.cancel()

    async def _answer(self, name: str, text: str) -> None:
        self.gateway.runs.append(cast(Any, _Run()))
        memory = self._memory.setdefault(f"{self._agent.id} {name}", Memory())
        answer = " ".join(self._agent.answer(text, memory))
        self._emit_reply_began(name)
        began = self._clock()
        heard, interrupted = answer, False
        hearings = [cast(Any, person).hearing for person in self.people.values()]
        if self.behaviour.sounds:
            for hearing in hearings:
                hearing.sounds.append((began, float("inf")))
        try:
            await asyncio.sleep(len(answer) * LETTER_S)
            cast(Any, self.gateway.runs[-1]).status = "ok"
        except asyncio.CancelledError:
            heard, interrupted = answer[: len(answer) // 2], True
            if self.behaviour.aborts:
                cast(Any, self.gateway.runs[-1]).status = "aborted"
        if self.behaviour.sounds:
            for hearing in hearings:
                hearing.sounds[-1] = (began, self._clock())
        speaker = Speaker(hash(name), name)
        ended: RoomEvent = ReplyEnded(
            self._agent.id, speaker, answer, heard, interrupted, self._clock()
        )
        self.events.append(ended)

    def _emit_reply_began(self, name: str) -> None:
        latency = TurnLatency()
        latency.mark("speech_end", self._clock() - LISTEN_S)
        latency.mark("first_frame", self._clock())
        speaker = Speaker(hash(name), name)
        self.events.append(ReplyBegan(self._agent.id, speaker, latency, self._clock()))
