"""Who is heard, and the first reason why not. Each choice and rule beside every other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import discord
import pytest

from database.store import GuildStore
from discord_bot.consent.hearing import Hearing, Unheard
from discord_bot.rights import ServerRights

GUILD, ALICE, BOT = 1, 2, 3


def guild() -> discord.Guild:
    """Discord.py knows a bot in it, and no other member."""
    bot = SimpleNamespace(bot=True, get_role=lambda _: None)
    found = SimpleNamespace(id=GUILD, get_member=lambda user_id: bot if user_id == BOT else None)
    return cast(discord.Guild, found)


async def hearing(opt_in: bool = False, listed: tuple[int, ...] = ()) -> Hearing:
    store = GuildStore()
    await store.settings.set(GUILD, "require_opt_in", opt_in)
    return Hearing(store, lambda _: ServerRights(users=frozenset(listed), bots=frozenset({BOT})))


@pytest.mark.parametrize(
    ("choice", "opt_in", "listed", "told", "reason"),
    [
        (None, False, (), True, None),
        (None, False, (), False, Unheard.NOT_TOLD),
        (None, False, (9,), True, Unheard.NOT_LISTED),
        (None, False, (ALICE,), True, None),
        (None, True, (ALICE,), True, Unheard.NOT_AGREED),
        ("agree", True, (), True, None),
        ("agree", True, (), False, Unheard.NOT_TOLD),
        ("agree", False, (9,), True, Unheard.NOT_LISTED),
        ("leave_out", False, (ALICE,), True, Unheard.LEFT_OUT),
        ("leave_out", True, (), False, Unheard.LEFT_OUT),
        ("exclude", False, (ALICE,), True, Unheard.EXCLUDED),
        ("exclude", True, (), True, Unheard.EXCLUDED),
    ],
)
async def test_the_first_reason_counts(
    choice: str | None, opt_in: bool, listed: tuple[int, ...], told: bool, reason: Unheard | None
) -> None:
    one = await hearing(opt_in, listed)
    if choice is not None:
        await getattr(one, choice)(ALICE, GUILD)
    known = {ALICE} if told else set()
    assert one.why_not(guild(), ALICE, known) is reason
    assert one.admits(guild(), ALICE, known) is (reason is None)


async def test_a_bot_that_is_transcribed_is_neither_told_nor_asked() -> None:
    one = await hearing(opt_in=True)
    assert one.admits(guild(), BOT, set())


async def test_a_choice_for_everywhere_holds_here_and_one_here_holds_over_it() -> None:
    one = await hearing()
    await one.leave_out(ALICE, GUILD, everywhere=True)
    assert one.why_not(guild(), ALICE) is Unheard.LEFT_OUT
    await one.agree(ALICE, GUILD)
    assert one.why_not(guild(), ALICE) is None
