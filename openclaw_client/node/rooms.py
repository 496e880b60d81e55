"""What a node needs of the bot that it speaks for, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Urgency: TypeAlias = Literal["wait", "next", "interrupt"]
"""In turn with what is waiting to be answered, before it, or in place of what is being said."""


@dataclass(frozen=True, slots=True)
class Guild:
    """A Discord server that the bot is in."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on Discord."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Room:
    """A call that the bot is in."""

    guild: Guild
    channel_id: int
    channel: str
    text_channel_id: int | None
    people: tuple[Person, ...]
    agent: str
    """The id of the agent that answers there."""
    sensitivity: str
    answering: str | None
    """The key of the session whose turn is being answered there."""
    waiting: int
    """How many turns wait for their answer."""


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """Something to be said. ``agent`` and ``language`` (ISO code) are the room's if None."""

    text: str
    urgency: Urgency
    agent: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SpeechResult:
    """What became of words.

    ``queued``: their turn has not come; ``speaking``: they are being said; ``spoken``: they were
    heard to the end; ``interrupted``: somebody spoke over them; ``unspoken``: they could not be
    said, and stand in the text channel; ``dropped``: they will not be said.
    """

    outcome: Literal["queued", "speaking", "spoken", "interrupted", "unspoken", "dropped"]
    heard: str = ""


class VoiceRooms(Protocol):
    """The bot's calls. Ids of guilds are those of ``guilds()``, of agents those of ``agents()``."""

    def guilds(self) -> Sequence[Guild]:
        """Every server that the bot is in."""
        ...

    def rooms(self) -> Sequence[Room]:
        """Every call that it is in."""
        ...

    def agents(self) -> Sequence[str]:
        """The ids of the agents that have a voice."""
        ...

    def guild_of_channel(self, channel_id: int) -> int | None:
        """The server that a channel belongs to."""
        ...

    async def say(self, guild_id: int, words: SpeechRequest, within_s: float) -> SpeechResult:
        """Speak in a guild's call; what became of it within that time.

        Cancelled, words that were not begun are not said any more.

        Raises:
            CannotNow: the bot is in no call there, or too much is waiting.
        """
        ...

    async def join(self, guild_id: int, channel: str | None, person_id: int | None) -> Room:
        """Come into a voice channel, named or by id; by default the one that the person is in, or
        the only one with somebody in it.

        Raises:
            CannotNow, BadArguments: the text says why, and what there is to choose from.
        """
        ...

    async def leave(self, guild_id: int) -> bool:
        """Go out of the guild's call; False if there was none."""
        ...

    def transcript(self, guild_id: int, lines: int) -> Sequence[str]:
        """The last lines of the running call, as "name: words", oldest first."""
        ...

    async def notify(
        self, guild_ids: Sequence[int], person: str, text: str, *, spoken_by: str | None
    ) -> Person:
        """Write to a member of one of these guilds, named or by id; with the same words as a sound
        file in the voice of ``spoken_by``, if that is given.

        Raises:
            CannotNow, BadArguments: they are not to be found, or cannot be written to.
        """
        ...
