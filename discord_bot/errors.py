"""What can go wrong between the bot and Discord; the texts are shown to the people who asked.

VoiceSessionError
├── NotInVoice          the person who asked is in no voice channel
├── MayNotJoin          the channel's permissions, its limit or its kind forbid it
├── CouldNotConnect     Discord did not let us in
└── CouldNotWrite       somebody takes no direct messages from us
AccountError
├── TokenRefused        Discord does not know the bot's token
└── DiscordUnreachable  it gave no answer
"""

from __future__ import annotations

from typing import Final

import aiohttp
import discord

DISCORD_FAILED: Final = (discord.DiscordException, aiohttp.ClientError, OSError)
"""What a request to Discord may raise: it was refused, or did not get there (a timeout is an
OSError)."""


class VoiceSessionError(Exception):
    """Base; ``str()`` is a sentence for the person who ran the command."""


class NotInVoice(VoiceSessionError):
    """The person who asked is in no voice channel."""


class MayNotJoin(VoiceSessionError):
    """The channel's permissions, its limit or its kind forbid it."""


class CouldNotConnect(VoiceSessionError):
    """Discord did not let us in."""


class CouldNotWrite(VoiceSessionError):
    """Somebody takes no direct messages from the bot, or Discord did not take this one."""


class AccountError(Exception):
    """Base; Discord does not tell who the bot is."""


class TokenRefused(AccountError):
    """Discord does not know the bot's token."""


class DiscordUnreachable(AccountError):
    """Discord, or the way there, gave no answer or none that tells."""
