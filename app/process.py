"""The bot, from login to Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable
from typing import Final

import aiohttp
import discord

from app.fleet.bot_node import voice_node
from app.fleet.desired_state import desired_bot
from app.fleet.starting_configuration import StartingConfiguration
from app.monitoring import Monitor, monitored
from app.services import Services, make_bot, services
from app.web_pages import BotStatus, web_pages
from database.errors import DatabaseUnusable
from discord_bot.bot import VoiceBot
from discord_bot.errors import DiscordUnreachable
from openclaw_client import DeviceStore
from settings import Settings
from state import FolderInUse, only_one

log = logging.getLogger(__name__)

COULD_NOT_RUN: Final = 1
FIRST_RETRY_S: Final = 2.0
LONGEST_RETRY_S: Final = 60.0
_FILE_ERRORS: Final = frozenset(
    {
        errno.EDQUOT,
        errno.EEXIST,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENOENT,
        errno.ENOSPC,
        errno.ENOTDIR,
        errno.EROFS,
    }
)
"""Errors of files; a network does not give them."""


async def run_bot(
    settings: Settings,
    make: Callable[[Services], VoiceBot] = make_bot,
    start: StartingConfiguration | None = None,
) -> int:
    """Run until cancelled; then leave every call and close every connection.

    An unreachable Discord is retried at the start, for example after the machine has booted; later,
    discord.py reconnects. Returns the process's exit status: 1 if the bot cannot start, with the
    reason in the log. ``start`` is what the control plane's version was read with.

    Raises:
        DeviceStoreError: there is no folder for the bot's state.
        PlaneError: the certificate of the control plane cannot be read.
    """
    token = settings.discord.token
    if token is None:
        raise ValueError("the bot needs discord.token")
    devices = DeviceStore.of(settings.openclaw)
    try:
        with only_one(devices.folder):
            async with (
                monitored(settings.monitoring) as monitor,
                services(settings, devices=devices) as shared,
                web_pages(shared, monitor=monitor) as pages,
                desired_bot(start, shared, pages),
            ):
                await _run(shared, monitor, devices, make, pages, token.get_secret_value())
    except (FolderInUse, DatabaseUnusable) as error:
        log.error("%s", error)
        return COULD_NOT_RUN
    except discord.LoginFailure:
        log.error(
            "Discord refused the bot's token: make a new one (developer portal, Bot, Reset Token) "
            "and put it into .env as DISCORD_BOT_TOKEN"
        )
        return COULD_NOT_RUN
    except discord.PrivilegedIntentsRequired as error:
        log.error("Discord refused the bot's intents: %s", error)
        return COULD_NOT_RUN
    except OSError as error:
        log.error("the bot cannot run on this machine: %s", error, exc_info=error)
        return COULD_NOT_RUN
    return 0


async def _run(
    shared: Services,
    monitor: Monitor,
    devices: DeviceStore,
    make: Callable[[Services], VoiceBot],
    pages: BotStatus,
    token: str,
) -> None:
    """Start the bot, retrying while Discord is unreachable; return when the bot has ended."""
    retry_s = FIRST_RETRY_S
    while True:
        try:
            async with make(shared) as bot, voice_node(shared, bot, devices):
                pages.bot = bot
                monitor.watch(shared, bot)
                await _start(bot, token)
            return
        except DiscordUnreachable as error:
            pages.bot = None
            log.warning("Discord cannot be reached: %s; again in %.0f s", error, retry_s)
        await asyncio.sleep(retry_s)
        retry_s = min(2 * retry_s, LONGEST_RETRY_S)


async def _start(bot: VoiceBot, token: str) -> None:
    """Log in and run.

    Raises:
        DiscordUnreachable: the network, or Discord, does not answer. Errors of files and other
            errors of this machine are raised unchanged.
    """
    try:
        await bot.start(token)
    except (aiohttp.ClientError, discord.DiscordServerError) as error:
        raise DiscordUnreachable(str(error) or type(error).__name__) from error
    except OSError as error:
        if error.filename is not None or error.errno in _FILE_ERRORS:
            raise
        raise DiscordUnreachable(str(error) or type(error).__name__) from error
