"""What can go wrong between the bot and a guild; the texts are shown to the people who asked.

VoiceSessionError
├── NotInVoice          the person who asked is in no voice channel
├── MayNotJoin          the channel's permissions, its limit or its kind forbid it
├── CouldNotConnect     Discord did not let us in
└── CouldNotWrite       somebody takes no direct messages from us
"""

from __future__ import annotations

from typing import Final

import aiohttp
import discord

DISCORD_FAILED: Final = (TimeoutError, OSError, aiohttp.ClientError, discord.DiscordException)
"""What a request to Discord may raise: it was refused, or did not get there."""


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
