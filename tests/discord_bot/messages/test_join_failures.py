"""Why the bot could not join, in every language."""

from __future__ import annotations

import inspect

import aiohttp
import discord
import pytest

from discord_bot.messages import join_failures
from discord_bot.messages.join_failures import join_failure
from discord_bot.receive import client, connection
from discord_bot.receive.errors import CallRefused
from translations import LANGUAGES, SOURCE

CLOSED = "the voice server closed the connection with code"


@pytest.mark.parametrize(
    ("error", "german"),
    [
        (
            TimeoutError(f"No voice connection within 1 s: {CLOSED} 4006."),
            "keine Sprachverbindung innerhalb von 1 s: Discords Sprachserver hat die Verbindung "
            "mit dem Code 4006 geschlossen",
        ),
        (
            TimeoutError("No voice connection within 30 s: the voice server did not answer."),
            "keine Sprachverbindung innerhalb von 30 s: the voice server did not answer",
        ),
        (
            CallRefused("No voice connection: the voice connection could not be made.", None),
            "keine Sprachverbindung: die Verbindung ließ sich nicht herstellen",
        ),
        (
            CallRefused(f"{CLOSED} 4017: {connection._FINAL[4017]}.", 4017),
            "Discords Sprachserver verlangt Ende-zu-Ende-Verschlüsselung (DAVE); wer diesen Bot "
            "betreibt, sollte prüfen, ob davey installiert ist",
        ),
        (aiohttp.ServerDisconnectedError(), "Discord ist nicht erreichbar"),
        (OSError(101, "Network is unreachable"), "Discord ist nicht erreichbar"),
        (discord.ClientException("Something new."), "Something new"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_a_failure_is_told_in_the_members_language(error: Exception, german: str) -> None:
    assert join_failure(error).to("de") == german


def test_every_code_that_ends_the_attempts_has_its_words() -> None:
    for code, why in connection._FINAL.items():
        text = join_failure(CallRefused(f"{CLOSED} {code}: {why}.", code))
        others = [each for each in LANGUAGES if each != SOURCE]
        assert all(text.to(each) != text.to(SOURCE) for each in others)
        assert CLOSED not in str(text)


def test_the_reasons_are_those_of_the_receiver() -> None:
    code = inspect.getsource(client) + inspect.getsource(connection)
    for text in (
        "the voice server did not answer in time",
        "the voice connection could not be made",
        "Disconnected or moved while joining",
        'does not answer "\n                    "over UDP: a firewall may block it',
    ):
        assert text in code
    assert len(join_failures._OF_CODE) == len(connection._FINAL)
