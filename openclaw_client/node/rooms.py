"""What the node needs of the bot: the port that the bot implements, and its values."""

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
    """A person on Discord."""

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
    """The number of turns that wait for an answer."""
    questions: int = 0
    """Questions that agents were asked in this call."""
    early: int = 0
    """Questions that were sent before it was certain that their speaker had finished."""
    withdrawn: int = 0
    """Those of them whose speaker went on, so that their runs were aborted."""
    private: bool = False
    """Not every member of the server can see the channel."""
    supervised: bool = False
    """What an agent does there waits for a person's yes."""
    taken_over_by: str | None = None
    """The name of the person who speaks in the agent's place."""


@dataclass(frozen=True, slots=True)
class SayRequest:
    """A text to speak. ``agent`` and ``language`` (ISO code) are the room's if None."""

    text: str
    urgency: Urgency
    agent: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SpeechResult:
    """The outcome of a speech request.

    ``queued``: not begun; ``speaking``: being spoken; ``spoken``: heard to the end;
    ``interrupted``: a person spoke over it; ``unspoken``: speech failed, the text is in the text
    channel; ``dropped``: it will not be spoken.
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

    async def say(self, guild_id: int, words: SayRequest, within_s: float) -> SpeechResult:
        """Speak in a guild's call; return the outcome within that time.

        If cancelled, a text that was not begun is dropped.

        Raises:
            CannotNow: the bot is in no call there, or too much is waiting.
        """
        ...

    async def join(
        self, guild_id: int, channel: str | None, person_id: int | None, *, entitled: bool = False
    ) -> Room:
        """Join a voice channel by name or id; by default the person's, or the only channel that has
        people in it.

        ``person_id`` is the person to whom the asking session belongs, if it is one person's.
        ``entitled`` says that the session may move the guild's running call: its question comes
        from that call, or it is the owner's.

        Raises:
            CannotNow, BadArguments: the text says why, and lists the channels that the session may
                know of.
            OutOfReach: the session may not move the guild's call.
        """
        ...

    async def leave(
        self, guild_id: int, person_id: int | None = None, *, entitled: bool = False
    ) -> bool:
        """Leave the guild's call; False if there was none. The arguments are as for `join`.

        Raises:
            OutOfReach: the session may not end the guild's call.
        """
        ...

    def transcript(self, guild_id: int, lines: int) -> Sequence[str]:
        """The last lines of the running call, as "name: words", oldest first."""
        ...

    async def notify(
        self, guild_ids: Sequence[int], person: str, text: str, *, spoken_by: str | None
    ) -> Person:
        """Send a direct message to a member of one of these guilds, by name or id. With
        ``spoken_by``, attach the text as a sound file in that agent's voice.

        Raises:
            CannotNow, BadArguments: the person was not found, or the message was refused.
        """
        ...
