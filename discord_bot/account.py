"""What Discord says of the bot's own account and application, for whoever sets it up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import aiohttp
import discord

from discord_bot.errors import DiscordUnreachable, TokenRefused
from discord_bot.proxy import way_out

INVITE_SCOPES: Final = ("bot", "applications.commands")
INVITE_PERMISSIONS: Final = discord.Permissions(
    view_channel=True, send_messages=True, attach_files=True, connect=True, speak=True
)
"""What the README asks for: to come, to speak, and to write what cannot be spoken, as a file where
it is long."""
_PRIVILEGED: Final = ("presence", "guild_members", "message_content")


@dataclass(frozen=True, slots=True)
class Account:
    """Who the bot is at Discord.

    ``privileged_intents`` are those that are on in the portal; the bot needs none. An application
    that ``wants_code_grant`` cannot be invited by a link; one that ``sends_commands_elsewhere``, to
    an interactions endpoint, never sends the bot a command.
    """

    name: str
    application_id: int
    guilds: int
    privileged_intents: tuple[str, ...]
    wants_code_grant: bool
    sends_commands_elsewhere: bool

    @property
    def invite(self) -> str:
        """The link with which the bot is invited into a server."""
        return discord.utils.oauth_url(
            self.application_id, permissions=INVITE_PERMISSIONS, scopes=INVITE_SCOPES
        )


async def ask_account(
    token: str, patience_s: float, connector: aiohttp.BaseConnector | None = None
) -> Account:
    """Ask Discord with the bot's token, over REST alone: a bot that runs is not disturbed.

    ``connector`` leads to a simulated Discord.

    Raises:
        TokenRefused: Discord does not take the token.
        DiscordUnreachable: no answer within ``patience_s``, or none that tells.
    """
    client = discord.Client(intents=discord.Intents.none(), **way_out(connector))
    try:
        async with asyncio.timeout(patience_s), client:
            await client.login(token)
            return await _account(client)
    except discord.LoginFailure as error:
        raise TokenRefused("Discord does not take this token") from error
    except TimeoutError as error:
        raise DiscordUnreachable(f"Discord does not answer within {patience_s:g} s") from error
    except (OSError, aiohttp.ClientError, discord.HTTPException) as error:
        raise DiscordUnreachable(f"Discord cannot be asked: {error}") from error


async def _account(client: discord.Client) -> Account:
    application = client.application
    assert client.user is not None
    assert application is not None
    guilds = [guild async for guild in client.fetch_guilds(limit=None)]
    flags = application.flags
    return Account(
        name=str(client.user),
        application_id=application.id,
        guilds=len(guilds),
        privileged_intents=tuple(
            name
            for name in _PRIVILEGED
            if getattr(flags, f"gateway_{name}") or getattr(flags, f"gateway_{name}_limited")
        ),
        wants_code_grant=application.bot_require_code_grant,
        sends_commands_elsewhere=application.interactions_endpoint_url is not None,
    )
