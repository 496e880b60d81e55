"""A guild's voice connection: its attempts, and why the bot could not join."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, NoReturn
from unittest.mock import MagicMock

import aiohttp
import discord
import pytest

from discord_bot.call.voice_connection import VoiceConnection, why_not_joined
from discord_bot.receive.errors import CallRefused, JoinBroken, JoinTooSlow
from translations import message

_SLOW = message("the voice server did not answer in time")


@pytest.mark.parametrize(
    ("error", "german"),
    [
        (
            JoinTooSlow(
                message("no voice connection within {seconds} s: {why}", seconds="30", why=_SLOW)
            ),
            "keine Sprachverbindung innerhalb von 30 s: Discords Sprachserver hat nicht "
            "rechtzeitig geantwortet",
        ),
        (
            CallRefused(message("the voice connection could not be made"), 4006),
            "die Verbindung ließ sich nicht herstellen",
        ),
        (
            JoinBroken(message("disconnected or moved while joining")),
            "beim Beitreten wurde ich getrennt oder verschoben",
        ),
        (aiohttp.ServerDisconnectedError(), "Discord ist nicht erreichbar"),
        (OSError(101, "Network is unreachable"), "Discord ist nicht erreichbar"),
        (discord.ClientException("Something new."), "Something new"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_a_failure_is_told_in_the_members_language(error: Exception, german: str) -> None:
    assert why_not_joined(error).to("de") == german


def test_the_log_has_the_close_code() -> None:
    refused = CallRefused(message("the voice connection could not be made"), 4006)
    assert str(refused) == "the voice connection could not be made (close code 4006)"


async def test_an_attempt_that_fails_when_it_is_cancelled_is_reported_nowhere() -> None:
    """Its caller is cancelled too, when the call ends."""
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    tried = asyncio.Event()

    async def connect(**_: object) -> NoReturn:
        try:
            tried.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            raise JoinBroken(message("disconnected or moved while joining")) from error
        raise AssertionError

    room = MagicMock(spec=discord.VoiceChannel, connect=connect)
    room.guild = MagicMock(spec=discord.Guild, voice_client=None, id=1)
    client = MagicMock(spec=discord.Client, get_guild=lambda _: None)
    connection = VoiceConnection(client, 5.0)
    joining = asyncio.create_task(connection.connect(room, MagicMock(), heard_within_s=1.0))
    await tried.wait()
    joining.cancel()
    await asyncio.wait({joining})
    assert joining.cancelled()
    del joining  # it keeps the attempt
    gc.collect()
    assert reported == []
