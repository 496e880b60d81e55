"""Errors between the bot and Discord.

VoiceSessionError       the text is shown to the member who ran the command
├── NotInVoice          the member is in no voice channel
├── MayNotJoin          the channel's permissions, its limit or its kind forbid it
├── NotAllowed          the member has not the right to it; the text says who has
├── CouldNotConnect     Discord refused the voice connection
│   └── JoinGivenUp     a later command, a move or a removal took its place
├── CouldNotWrite       a member takes no direct messages from the bot
└── NotPossible         what was asked for does not exist, or cannot be had now
LoginError
├── TokenRefused        Discord does not accept the bot's token
└── DiscordUnreachable  Discord, or the network on the way, does not answer
"""

from __future__ import annotations

from typing import Final

import aiohttp
import discord

from translations import Text

DISCORD_FAILED: Final = (discord.DiscordException, aiohttp.ClientError, OSError)
"""The errors of a request to Discord that was refused or not delivered. A timeout is an OSError."""


class VoiceSessionError(Exception):
    """Base; ``text`` is a sentence for the member who ran the command."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


class NotInVoice(VoiceSessionError):
    """The member who asked is in no voice channel."""


class MayNotJoin(VoiceSessionError):
    """The channel's permissions, its limit or its kind forbid it."""


class NotAllowed(VoiceSessionError):
    """The member has not the right to it; the text says who has."""


class CouldNotConnect(VoiceSessionError):
    """Discord refused the voice connection."""


class JoinGivenUp(CouldNotConnect):
    """A later command, a move or a removal took the place of a join."""


class CouldNotWrite(VoiceSessionError):
    """A member takes no direct messages from the bot, or Discord did not take this one."""


class DiscordAway(CouldNotWrite):
    """Discord, or the way to it, failed; it may take the same message soon."""


class NotPossible(VoiceSessionError):
    """What was asked for does not exist, or cannot be had now."""


class LoginError(Exception):
    """Base; the bot cannot log in to Discord."""


class TokenRefused(LoginError):
    """Discord does not accept the bot's token."""


class DiscordUnreachable(LoginError):
    """Discord, or the network on the way, does not answer, or not usefully: a retry may help."""
