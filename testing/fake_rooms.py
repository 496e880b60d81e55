"""A fake of the bot, in two guilds and in a call in the first, that records its commands."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from openclaw_client.errors import CannotNow
from openclaw_client.node.rooms import Guild, Person, Room, SayRequest, SpeechResult

HARBOUR, TAVERN = Guild(900, "The harbour"), Guild(901, "The tavern")
ALICE, BOB = Person(42, "Alice"), Person(43, "Bob")
ALICES = "agent:jarvis:discord:dm:42"
TEXT, OTHER_TEXT = 950, 951


def room(guild: Guild = HARBOUR, *people: Person, answering: str | None = None) -> Room:
    return Room(
        guild=guild,
        channel_id=guild.id + 20,
        channel="Living room",
        text_channel_id=guild.id + 50,
        people=people or (ALICE, BOB),
        agent="jarvis",
        sensitivity="medium",
        answering=answering,
        waiting=1,
        questions=7,
        early=5,
        withdrawn=2,
    )


class FakeRooms:
    """An `openclaw_client.VoiceRooms`."""

    def __init__(self, *rooms: Room, guilds: Sequence[Guild] = (HARBOUR, TAVERN)) -> None:
        self.calls = list(rooms)
        self.servers = list(guilds)
        self.said: list[tuple[int, SayRequest, float]] = []
        self.written: list[tuple[tuple[int, ...], str, str, str | None]] = []
        self.joined: list[tuple[int, str | None, int | None]] = []
        self.entitled: list[bool] = []
        """Of each join and leave: whether the session may move the running call."""
        self.outcome = SpeechResult("spoken", "Dinner is ready.")
        self.hold: asyncio.Event | None = None
        """While it is not set, nothing is done being said."""
        self.bug: Exception | None = None

    def guilds(self) -> Sequence[Guild]:
        return self.servers

    def rooms(self) -> Sequence[Room]:
        return self.calls

    def agents(self) -> Sequence[str]:
        return ["jarvis", "sage"]

    def guild_of_channel(self, channel_id: int) -> int | None:
        return {TEXT: HARBOUR.id, OTHER_TEXT: TAVERN.id}.get(channel_id)

    async def say(self, guild_id: int, words: SayRequest, within_s: float) -> SpeechResult:
        self.said.append((guild_id, words, within_s))
        if self.bug is not None:
            raise self.bug
        if self.hold is not None:
            await self.hold.wait()
        return self.outcome

    async def join(
        self, guild_id: int, channel: str | None, person_id: int | None, *, entitled: bool = False
    ) -> Room:
        self.joined.append((guild_id, channel, person_id))
        self.entitled.append(entitled)
        guild = next(each for each in self.servers if each.id == guild_id)
        self.calls.append(room(guild))
        return self.calls[-1]

    async def leave(
        self, guild_id: int, person_id: int | None = None, *, entitled: bool = False
    ) -> bool:
        self.entitled.append(entitled)
        self.calls = [call for call in self.calls if call.guild.id != guild_id]
        return True

    def transcript(self, guild_id: int, lines: int) -> Sequence[str]:
        return ["Alice: Good morning everyone.", "jarvis: Very well, sir."][-lines:]

    async def notify(
        self, guild_ids: Sequence[int], person: str, text: str, *, spoken_by: str | None
    ) -> Person:
        if person == "nobody":
            raise CannotNow("nobody takes no direct messages")
        self.written.append((tuple(guild_ids), person, text, spoken_by))
        return BOB
