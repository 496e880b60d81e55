"""What a guild's call asks of the bot that owns it, and reports to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from discord_bot.consent.hearing import Hearing
from pipeline.events import Observer
from translations import Text

if TYPE_CHECKING:
    from discord_bot.voice_session import VoiceSession


@dataclass(frozen=True, slots=True)
class SessionHooks:
    """The callbacks of a `VoiceSession`."""

    on_joined: Callable[[VoiceSession], None]
    """The session has joined its channel, has rejoined it, or was moved to another."""
    on_left: Callable[[VoiceSession, bool], None]
    """The session has ended; with whether it had ever joined."""
    on_over: Callable[[VoiceSession, Text], None]
    """The call is over by itself and should be left; with a sentence for the members."""
    hearing: Hearing
    """Whom the guild, and the members' own choices, let be heard."""
    leave_when_alone_s: Callable[[int], float]
    """How long to stay in a guild's call that everybody else has left."""
    observer: Observer
    """Called with every event of the conversation."""
