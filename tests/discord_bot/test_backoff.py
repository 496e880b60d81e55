"""After a long outage the bot is back soon, and not after as long a pause again."""

from __future__ import annotations

import discord

from discord_bot.backoff import LONGEST_S, ShortBackoff, shorten_pauses


def test_no_pause_is_long_however_often_it_was_tried() -> None:
    pauses = ShortBackoff()
    assert max(pauses.delay() for _ in range(200)) == LONGEST_S


def test_the_first_pauses_are_as_short_as_ever() -> None:
    assert ShortBackoff().delay() <= 2.0


def test_discord_py_takes_it_for_its_gateway() -> None:
    shorten_pauses()
    assert vars(discord.client)["ExponentialBackoff"] is ShortBackoff
