"""The bot, from login to Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import aiohttp
import discord

from app.node import voice_node
from app.services import Services, make_bot, services
from discord_bot.bot import VoiceBot
from openclaw_client import DeviceStore
from settings import Settings

log = logging.getLogger(__name__)

COULD_NOT_RUN: Final = 1
FIRST_RETRY_S: Final = 2.0
LONGEST_RETRY_S: Final = 60.0


async def run_bot(settings: Settings, make: Callable[[Services], VoiceBot] = make_bot) -> int:
    """Run until cancelled; then leave every call and close every connection.

    A Discord that is out of reach at the start, as when the machine has only just booted, is tried
    again; later, discord.py sees to that. Returns the process's exit status: 1 when the bot cannot
    begin, and then says why.
    """
    token = settings.discord.token
    if token is None:
        raise ValueError("the bot needs discord.token")
    devices = DeviceStore.of(settings.openclaw)
    async with services(settings, devices=devices) as shared:
        retry_s = FIRST_RETRY_S
        while True:
            try:
                async with make(shared) as bot, voice_node(shared, bot, devices):
                    await bot.start(token.get_secret_value())
                return 0
            except discord.LoginFailure:
                log.error(
                    "Discord refused the bot's token: make a new one (developer portal, Bot, "
                    "Reset Token) and put it into .env as DISCORD_BOT_TOKEN"
                )
                return COULD_NOT_RUN
            except discord.PrivilegedIntentsRequired as error:
                log.error("Discord refused the bot's intents: %s", error)
                return COULD_NOT_RUN
            except (OSError, aiohttp.ClientError, discord.DiscordServerError) as error:
                log.warning("Discord cannot be reached: %s; again in %.0f s", error, retry_s)
            await asyncio.sleep(retry_s)
            retry_s = min(2 * retry_s, LONGEST_RETRY_S)
