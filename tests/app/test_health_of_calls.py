"""Discord's shards and the calls, and whether the bot is ready with them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.health import CALLS, DISCORD, GATEWAY, discord_works, gateway_works, parts_of
from app.services import make_bot
from discord_bot.bot import VoiceBot
from monitoring.health import is_ready
from simulators.gateway import GatewaySimulator
from testing.manual_clock import eventually
from tests.app.test_services import TOKEN, services_of
from web.status import PartHealth


def bot_with(*, ready: bool = True, closed: int = 0, problems: int = 0) -> VoiceBot:
    """A bot with three shards and some calls; it shows what it knows of itself."""

    def shard(number: int) -> Any:
        return SimpleNamespace(is_closed=lambda: number < closed)

    bot = SimpleNamespace(
        is_ready=lambda: ready,
        shards={number: shard(number) for number in range(3)},
        guilds=[SimpleNamespace(unavailable=False)],
        sessions={
            number: SimpleNamespace(problem=lambda: "the server muted me")
            for number in range(problems)
        },
    )
    return cast(VoiceBot, bot)


def part(name: str, bot: VoiceBot | None) -> PartHealth:
    return {each.name: each for each in parts_of(services_of(), bot)}[name]


@pytest.mark.parametrize(
    ("bot", "condition", "works"),
    [
        (bot_with(), "well", True),
        (bot_with(ready=False), "broken", False),
        (bot_with(closed=1), "impaired", True),
        (bot_with(closed=3), "broken", False),
    ],
)
def test_discord_is_up_while_a_shard_is_connected(
    bot: VoiceBot, condition: str, works: bool
) -> None:
    found = part(DISCORD, bot)
    assert found.condition == condition
    assert bool(found.advice) == (condition != "well")
    assert discord_works(bot) == works


def test_a_call_in_trouble_is_named_and_leaves_the_bot_ready() -> None:
    found = part(CALLS, bot_with(problems=7))
    assert found.condition == "impaired"
    assert found.words.startswith("server 0: the server muted me; server 1: ")
    assert found.words.endswith("(and 2 more)")
    assert is_ready([found])
    assert part(CALLS, bot_with()).condition == "well"


async def test_the_bot_is_ready_with_discord_and_the_gateway() -> None:
    async with GatewaySimulator(token=TOKEN) as gateway:
        shared = services_of(openclaw={"base_url": gateway.url, "auth_token": TOKEN})
        assert not gateway_works(shared)
        async with shared.gateway, make_bot(shared) as bot:
            await eventually(lambda: gateway_works(shared))
            conditions = {each.name: each.condition for each in parts_of(shared, bot)}
            assert (conditions[GATEWAY], conditions[DISCORD]) == ("well", "broken")
            assert not is_ready(parts_of(shared, bot)), "it is not logged in"
            assert is_ready(parts_of(shared, bot_with()))
