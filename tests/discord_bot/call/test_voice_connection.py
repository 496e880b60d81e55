"""Why the bot could not join, in the member's language."""

from __future__ import annotations

import aiohttp
import discord
import pytest

from discord_bot.call.voice_connection import why_not_joined
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
