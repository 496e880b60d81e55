"""What can go wrong between the bot and Discord; the texts are shown to the people who asked.

VoiceSessionError
├── NotInVoice          the person who asked is in no voice channel
├── MayNotJoin          the channel's permissions, its limit or its kind forbid it
├── CouldNotConnect     Discord did not let us in; `final` if trying again is no use
└── CouldNotWrite       somebody takes no direct messages from us
AccountError
├── TokenRefused        Discord does not know the bot's token
└── DiscordUnreachable  it gave no answer
"""

from __future__ import annotations

from typing import Final

import aiohttp
import discord

NO_ANSWER: Final = (discord.DiscordException, aiohttp.ClientError, OSError)
"""What a request to Discord fails of: it refuses, or the network does not carry it."""


class VoiceSessionError(Exception):
    """Base; ``str()`` is a sentence for the person who ran the command."""


class NotInVoice(VoiceSessionError):
    """The person who asked is in no voice channel."""


class MayNotJoin(VoiceSessionError):
    """The channel's permissions, its limit or its kind forbid it."""


class CouldNotConnect(VoiceSessionError):
    """Discord did not let us in. ``final`` says that trying again will not help."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


class CouldNotWrite(VoiceSessionError):
    """Somebody takes no direct messages from the bot, or Discord did not take this one."""


class AccountError(Exception):
    """Base; Discord does not tell who the bot is."""


class TokenRefused(AccountError):
    """Discord does not know the bot's token."""


class DiscordUnreachable(AccountError):
    """Discord, or the way there, gave no answer or none that tells."""
