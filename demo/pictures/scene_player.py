"""Plays the scenes with the real bot between the simulators, and keeps what members see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from demo.pictures.client_words import WORDS
from demo.pictures.markdown import Names
from demo.pictures.page import Part, ShownMessage, page
from demo.pictures.scenes import JOIN, Moment, Scene
from demo.script import DemoScript
from pipeline.events import ReplyEnded, RoomEvent, TurnDecided
from simulators.discord import Message, SimulatedPerson, SimulatorError, TextChannel
from testing.harness import ConversationHarness
from testing.waiting import eventually

PATIENCE_S: Final = 30.0
_SETTLES_S: Final = 1.5
"""After this time the notices behind an answer have come."""


class SceneFailed(Exception):
    """A scene could not be played; the text says why."""


@dataclass(frozen=True, slots=True)
class Played:
    """A scene and its HTML document."""

    scene: Scene
    document: str


class ScenePlayer:
    """Two members and the bot, scene by scene."""

    def __init__(
        self, harness: ConversationHarness, script: DemoScript, progress: Callable[[str], None]
    ) -> None:
        self._harness = harness
        self._script = script
        self._progress = progress
        self._now: Moment | None = None

    async def play(self, scenes: Iterable[Scene]) -> list[Played]:
        """The scenes in the order of their moments; one that fails is told and left out."""
        played = []
        for scene in sorted(scenes, key=lambda scene: scene.when):
            try:
                await self._until(scene.when)
                played.append(Played(scene, await self._play(scene)))
            except (SceneFailed, SimulatorError, TimeoutError) as error:
                self._progress(f"{scene.name} could not be played: {error}")
            else:
                self._progress(f"{scene.name}: {scene.title}")
        return played

    # -- moments --------------------------------------------------------------------------------

    async def _until(self, when: Moment) -> None:
        while self._now is None or self._now < when:
            self._now = Moment.ALONE if self._now is None else Moment(self._now + 1)
            match self._now:
                case Moment.ALONE:
                    for name in ("Alice", "Bob"):
                        await self._harness.person(name).join(self._harness.room)
                case Moment.TALKED:
                    await self._talk()
                case Moment.MUTED:
                    await self._mute()
                case Moment.AFTERWARDS:
                    self._harness.discord.mute(self._harness.text.guild, muted=False)
                    await asyncio.sleep(_SETTLES_S)

    async def _talk(self) -> None:
        if not self._harness.bot.voice_clients:
            await self._run(self._harness.person(JOIN.who), JOIN)
        await self._say("Bob", self._script.aside, answered=False)
        for exchange in self._script.questions:
            await self._say(exchange.who, exchange.question, answered=True)

    async def _mute(self) -> None:
        self._harness.discord.mute(self._harness.text.guild)
        await asyncio.sleep(_SETTLES_S)
        await self._say("Bob", self._script.questions[1].question, answered=False)
        await asyncio.sleep(_SETTLES_S)

    async def _say(self, who: str, text: str, *, answered: bool) -> None:
        since = len(self._harness.events)
        await self._harness.say(who, text)
        kind: type[RoomEvent] = ReplyEnded if answered else TurnDecided
        await self._harness.event(kind, since=since, timeout=PATIENCE_S)
        await asyncio.sleep(0.8)

    # -- scenes ---------------------------------------------------------------------------------

    async def _play(self, scene: Scene) -> str:
        person = self._harness.person(scene.who)
        person.locale = scene.locale
        before = {message.id for _, message in self._seen(person)}
        await self._manage(person, may=scene.manages)
        await self._run(person, scene)
        await asyncio.sleep(_SETTLES_S)
        await self._manage(person, may=False)
        fresh = [(where, each) for where, each in self._seen(person) if each.id not in before]
        if not fresh:
            raise SceneFailed("the member saw no message of the bot")
        parts = [
            Part(
                channel.id,
                [self._shown(each, person, scene) for where, each in fresh if where is channel],
            )
            for channel in self._channels()
            if any(where is channel for where, _ in fresh)
        ]
        words = WORDS.get(scene.locale, WORDS["en-US"])
        return page(parts, self._names(), words, light=scene.light)

    async def _manage(self, person: SimulatedPerson, *, may: bool) -> None:
        """Let a member manage the server, or not, and wait until the bot knows."""
        guild = self._harness.bot.get_guild(self._harness.text.guild.id)
        member = guild.get_member(person.id) if guild is not None else None
        if member is None or member.guild_permissions.manage_guild == may:
            return
        self._harness.text.guild.grant(person.member, manage_guild=may)
        known = member
        await eventually(lambda: known.guild_permissions.manage_guild == may, PATIENCE_S)

    async def _run(self, person: SimulatedPerson, scene: Scene) -> None:
        interaction = await self._harness.discord.run_command(
            person, scene.command, dict(scene.options), channel=self._harness.text
        )
        await interaction.answered(PATIENCE_S)

    def _channels(self) -> tuple[TextChannel, ...]:
        return (self._harness.text, self._harness.room)

    def _seen(self, person: SimulatedPerson) -> Iterator[tuple[TextChannel, Message]]:
        bot = self._harness.discord.bot
        for channel in self._channels():
            for message in person.messages(channel):
                if message.author is bot and not message.thinking:
                    yield channel, message

    def _shown(self, message: Message, person: SimulatedPerson, scene: Scene) -> ShownMessage:
        answers = message.interaction is not None
        return ShownMessage(
            author=message.author.name,
            content=message.content,
            embeds=message.embeds,
            components=message.components,
            files=[file.name for file in message.files],
            ephemeral=message.ephemeral,
            command=scene.command if answers else "",
            asker=person.member.display_name if answers else "",
        )

    def _names(self) -> Names:
        harness, bot = self._harness, self._harness.discord.bot
        people = harness.people.values()
        rooms = (harness.room, harness.other_room)
        return Names(
            members={bot.id: bot.name} | {each.id: each.name for each in people},
            channels={each.id: each.name for each in (harness.text, *rooms)},
            voice=frozenset(room.id for room in rooms),
        )
