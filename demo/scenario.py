"""The demo's scenario: two members, two agents, and the speech that must have been heard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from demo.script import MURMUR, STOP, DemoScript, Exchange
from demo.timeline import Timeline
from pipeline.events import ReplyBegan, ReplyEnded, ReplyResumed, TurnDecided
from pipeline.latency import TurnLatency
from simulators.discord import SimulatorError
from testing.harness import ConversationHarness, SpokenLine
from testing.transcription import word_errors

E = TypeVar("E")

BETWEEN_LINES_S: Final = 0.6
PATIENCE_S: Final = 8.0
"""Timeout of each expected event; recognition and answer take about one second."""
LONGEST_S: Final = 150.0
"""Timeout of the whole scenario; a good run takes a third of it."""
STORY_WORDS: Final = 31
"""Words of the story before the interruption: past the third sentence."""


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """A reply as a listener heard it."""

    expected: tuple[str, ...]
    """The expected sentences; of an interrupted reply, the first ones."""
    listener: str
    began: float
    ended: float
    interrupted: bool = False


@dataclass(slots=True)
class ScenarioReport:
    """The results of the scenario."""

    answers: list[HeardAnswer] = field(default_factory=list)
    latencies: list[TurnLatency] = field(default_factory=list)
    at_the_socket_ms: list[float] = field(default_factory=list)
    """From the last sample that a member sent to the first sound of the reply there."""
    faults: list[str] = field(default_factory=list)
    misheard: list[str] = field(default_factory=list)
    """Differences between the spoken words and the transcripts."""


class StepFailed(Exception):
    """An expected event did not follow: the scene cannot continue."""


class DemoScenario:
    """Runs the scenes in order; a failure is recorded, and the next scene runs."""

    def __init__(
        self, harness: ConversationHarness, timeline: Timeline, script: DemoScript
    ) -> None:
        self.notes = ScenarioReport()
        self._script = script
        self._harness = harness
        self._timeline = timeline

    async def run(self) -> ScenarioReport:
        scenes = [
            ("Alice and Bob are in a voice channel; Alice calls the bot in", self._arrive),
            ("Bob talks to Alice, not to the bot", self._aside),
            ("A question by name, and one that follows from it", self._ask_by_name),
            ("A pause in the middle of a sentence", self._hesitate),
            ("Two people at the same time, each heard under their own name", self._both_at_once),
            ("Another agent, with another character and another voice", self._change_agent),
            ("A story, an “uh huh” that does not stop it, and a “stop” that does", self._interrupt),
            ("The bot is sent away", self._leave),
        ]
        if self._script.hesitation is None:
            scenes = [scene for scene in scenes if scene[1] != self._hesitate]
        try:
            async with asyncio.timeout(LONGEST_S):
                for title, scene in scenes:
                    await self._play(title, scene)
        except TimeoutError:
            self.notes.faults.append(f"the scenario had not ended after {LONGEST_S:g} s")
        return self.notes

    async def _play(self, title: str, scene: Callable[[], Awaitable[None]]) -> None:
        self._timeline.scene(title)
        try:
            await scene()
        except (StepFailed, SimulatorError) as error:
            self.notes.faults.append(str(error))

    # -- scenes -----------------------------------------------------------------------------

    async def _arrive(self) -> None:
        harness = self._harness
        for name in ("Alice", "Bob"):
            await harness.person(name).join(harness.room)
        await self._command("Alice", "join")

    async def _aside(self) -> None:
        since, words = len(self._harness.events), self._script.aside
        await self._say("Bob", words)
        await self._expect_heard("Bob", words, since, addressed=False)
        await asyncio.sleep(BETWEEN_LINES_S)

    async def _ask_by_name(self) -> None:
        for exchange in self._script.questions:
            await self._ask(exchange)

    async def _hesitate(self) -> None:
        if self._script.hesitation is not None:
            await self._ask(self._script.hesitation)

    async def _both_at_once(self) -> None:
        since, words = len(self._harness.events), self._script.second_aside
        aside = asyncio.create_task(self._say("Bob", words), name="Bob's aside")
        try:
            await self._ask(self._script.together)
        finally:
            await aside
        await self._expect_heard("Bob", words, since, addressed=False)

    async def _change_agent(self) -> None:
        await self._command("Bob", "agent", name="sage")
        await self._ask(self._script.other_agent)

    async def _interrupt(self) -> None:
        harness, since = self._harness, len(self._harness.events)
        # The model pauses, so that its run can still be aborted.
        harness.gateway.faults.pause_run(after_words=STORY_WORDS)
        said = await self._say("Alice", self._script.story)
        await self._expect(ReplyBegan, since, "the story begins")
        began = await harness.person("Alice").hearing.wait_for_sound(said.ended)
        await asyncio.sleep(1.2)
        await self._say("Bob", MURMUR)
        await self._expect(ReplyResumed, since, "the story goes on after “uh huh”")
        await asyncio.sleep(1.5)
        onset = await self._say("Bob", STOP)
        ended = await self._expect(ReplyEnded, since, "the story ends")
        if not ended.interrupted:
            self.notes.faults.append("“Sage, stop.” did not stop the story")
        for event in harness.events[since:]:
            if isinstance(event, TurnDecided) and event.speaker.name == "Bob":
                self._compare("Bob", MURMUR, event.text)
                break
        quiet = await harness.person("Alice").hearing.wait_for_quiet(0.4)
        self._timeline.note(
            f"the room is silent {(quiet - onset.began) * 1000:.0f} ms after “Sage, stop.” began"
        )
        if [run.status for run in harness.gateway.runs[-1:]] != ["aborted"]:
            self.notes.faults.append("the Gateway was not told to abort the story")
        first = (self._script.story_begins,)
        self.notes.answers.append(HeardAnswer(first, "Alice", began, quiet, interrupted=True))

    async def _leave(self) -> None:
        await self._command("Alice", "leave")
        if self._harness.bot.voice_clients:
            self.notes.faults.append("the bot is still in the call after /leave")

    # -- steps of the scenes --------------------------------------------------------------

    async def _command(self, who: str, command: str, **options: str) -> None:
        typed = " ".join([f"/{command}", *options.values()])
        self._timeline.say(who, f"types {typed}", "magenta")
        interaction = await self._harness.run(who, command, options)
        for response in interaction.responses:
            self._timeline.say("bot", self._as_shown(response.content), "magenta")

    def _as_shown(self, text: str) -> str:
        """The text with mentions as Discord shows them."""
        for channel in (self._harness.room, self._harness.other_room):
            text = text.replace(f"<#{channel.id}>", f"#{channel.name}")
        return text

    async def _say(self, who: str, text: str) -> SpokenLine:
        self._timeline.say(who, f"“{text}”")
        return await self._harness.say(who, text)

    async def _ask(self, exchange: Exchange) -> None:
        who, question, since = exchange.who, exchange.question, len(self._harness.events)
        for part in exchange.parts[:-1]:
            await self._say(who, part)
            await asyncio.sleep(exchange.pause_s)
        said = await self._say(who, exchange.parts[-1])
        await self._expect_heard(who, question, since, addressed=True)
        reply = await self._expect(ReplyBegan, since, f"“{question}” is answered")
        hearing = self._harness.person(who).hearing
        began = await hearing.wait_for_sound(said.ended)
        self.notes.latencies.append(reply.latency)
        self.notes.at_the_socket_ms.append((began - said.ended) * 1000)
        ended = await self._expect(ReplyEnded, since, f"the answer to “{question}” ends")
        if ended.heard != " ".join(exchange.answer):
            self.notes.faults.append(f"“{question}” was answered “{ended.heard}”")
        quiet = await hearing.wait_for_quiet(0.3)
        self.notes.answers.append(HeardAnswer(exchange.answer, who, began, quiet))
        await asyncio.sleep(BETWEEN_LINES_S)

    async def _expect_heard(self, who: str, text: str, since: int, *, addressed: bool) -> None:
        what = f"{who} is heard saying “{text}”"
        heard = await self._expect(
            TurnDecided, since, what, lambda event: event.speaker.name == who
        )
        self._compare(who, text, heard.text)
        if heard.addressed != addressed:
            meant = "for the bot" if addressed else "not for the bot"
            self.notes.faults.append(f"“{text}” was {meant}, and was taken otherwise")

    def _compare(self, who: str, said: str, heard: str) -> None:
        if word_errors(said, heard) or (self._script.exact and heard != said):
            difference = f"{who} said “{said}”, the bot heard “{heard}”"
            (self.notes.faults if self._script.exact else self.notes.misheard).append(difference)

    async def _expect(
        self, kind: type[E], since: int, what: str, where: Callable[[E], bool] = lambda _: True
    ) -> E:
        try:
            return await self._harness.event(kind, since=since, timeout=PATIENCE_S, where=where)
        except TimeoutError as error:
            raise StepFailed(f"expected that {what}: {error}") from error
