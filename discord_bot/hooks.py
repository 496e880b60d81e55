"""Where other parts of the program join in: what they hear of the calls, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import discord

from discord_bot.prompts import ButtonHandler
from discord_bot.shards import ShardedBot
from discord_bot.voice_session import VoiceSession
from pipeline.events import Observer, RoomEvent


class CallTakeovers(Protocol):
    """The calls in which a member speaks in the agent's place."""

    def taken_by(self, guild_id: int) -> str | None:
        """The name of that member; None if there is none."""
        ...

    def begin(self, session: VoiceSession, member: discord.Member) -> None:
        """The member takes over."""
        ...

    def end(self, session: VoiceSession) -> None:
        """The agent answers again."""
        ...


class HookedBot(ShardedBot):
    """A client with hooks for the program around it; ``options`` are those of `ShardedBot`."""

    def __init__(self, observer: Observer | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.observers: list[Observer] = [observer] if observer is not None else []
        """Called with every event of every call."""
        self.room_observers: list[Callable[[int, RoomEvent], None]] = []
        """Called with every event of every call, after the guild's id."""
        self.session_listeners: list[Callable[[VoiceSession], None]] = []
        """Called with each new call."""
        self.button_handlers: dict[str, ButtonHandler] = {}
        """Who answers the buttons of `discord_bot.prompts`, by their kind."""
        self.takeovers: CallTakeovers | None = None
        """The calls in which a member speaks in the agent's place; None where none may."""
        self.missing_tools: Callable[[], Sequence[str]] = tuple
        """The tools of the Gateway that the bot may use and its agent does not have."""

    def tell_observers(self, guild_id: int, event: RoomEvent) -> None:
        """Pass an event of a guild's call to all of them."""
        for observer in self.observers:
            observer(event)
        for room_observer in self.room_observers:
            room_observer(guild_id, event)
