"""The bot's account and application as Discord reports them, for the doctor."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import aiohttp
import discord

from discord_bot.client_options import client_options
from discord_bot.errors import DiscordUnreachable, TokenRefused

INVITE_SCOPES: Final = ("bot", "applications.commands")
INVITE_PERMISSIONS: Final = discord.Permissions(
    view_channel=True, send_messages=True, attach_files=True, connect=True, speak=True
)
"""The permissions in the README: join, speak, and post what cannot be spoken, as a file if long."""
_PRIVILEGED: Final = ("presence", "guild_members", "message_content")


@dataclass(frozen=True, slots=True)
class Account:
    """The bot's account and application.

    ``privileged_intents`` are enabled in the portal; the bot needs none. An application that
    ``wants_code_grant`` cannot be invited by a link. One that ``sends_commands_elsewhere``, to an
    interactions endpoint, sends the bot no commands.
    """

    name: str
    application_id: int
    guilds: int
    privileged_intents: tuple[str, ...]
    wants_code_grant: bool
    sends_commands_elsewhere: bool

    @property
    def invite(self) -> str:
        """The link that invites the bot into a server."""
        return discord.utils.oauth_url(
            self.application_id, permissions=INVITE_PERMISSIONS, scopes=INVITE_SCOPES
        )


async def ask_account(
    token: str, timeout_s: float, connector: aiohttp.BaseConnector | None = None
) -> Account:
    """Request the account with the bot's token. This uses only REST, so a running bot may stay.

    ``connector`` leads to a simulated Discord.

    Raises:
        TokenRefused: Discord does not accept the token.
        DiscordUnreachable: no answer within ``timeout_s``, or no useful one.
    """
    client = discord.Client(intents=discord.Intents.none(), **client_options(connector))
    try:
        async with asyncio.timeout(timeout_s), client:
            await client.login(token)
            return await _account(client)
    except discord.LoginFailure as error:
        raise TokenRefused("Discord does not take this token") from error
    except TimeoutError as error:
        raise DiscordUnreachable(f"Discord does not answer within {timeout_s:g} s") from error
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
