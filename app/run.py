"""The bot, from login to Ctrl-C."""

from __future__ import annotations

import logging

import discord

from app.services import make_bot, services
from openclaw_client import DeviceStore
from settings import Settings

log = logging.getLogger(__name__)

COULD_NOT_RUN = 1


async def run_bot(settings: Settings) -> int:
    """Run until cancelled; then leave every call and close every connection.

    Returns the process's exit status: 1 when the bot could not begin, and then says why.
    """
    token = settings.discord.token
    if token is None:
        raise ValueError("the bot needs discord.token")
    async with (
        services(settings, devices=DeviceStore.of(settings.openclaw)) as shared,
        make_bot(shared) as bot,
    ):
        try:
            await bot.start(token.get_secret_value())
        except discord.LoginFailure:
            log.error(
                "Discord refused the bot's token: make a new one (developer portal, Bot, "
                "Reset Token) and put it into .env as DISCORD_BOT_TOKEN"
            )
            return COULD_NOT_RUN
        except discord.PrivilegedIntentsRequired as error:
            log.error("Discord refused the bot's intents: %s", error)
            return COULD_NOT_RUN
    return 0
