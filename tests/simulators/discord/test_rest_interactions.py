"""The routes by which a bot answers, with a bare client."""

from __future__ import annotations

import pytest

from simulators.discord import DiscordSimulator, Interaction, SimulatedGuild, TextChannel
from tests.simulators.discord.raw import RawBot
from tests.simulators.discord.rest_client import Rest

HELLO = {"type": 4, "data": {"content": "hello"}}


@pytest.fixture
async def interaction(
    sim: DiscordSimulator, guild: SimulatedGuild, text: TextChannel, bot: RawBot, rest: Rest
) -> Interaction:
    commands = f"/applications/{sim.bot.id}/commands"
    await rest("PUT", commands, json=[{"name": "join", "description": "Join"}])
    wire = await bot.login()
    asked = await sim.run_command(sim.add_person(guild, "Ann"), "join")
    event = await wire.until_event("INTERACTION_CREATE")
    assert (event["id"], event["token"]) == (str(asked.id), asked.token)
    return asked


def callback(interaction: Interaction) -> str:
    return f"/interactions/{interaction.id}/{interaction.token}/callback"


def hook(rest: Rest, interaction: Interaction) -> str:
    return f"/webhooks/{rest.sim.bot.id}/{interaction.token}"


async def test_a_callback_answers_with_nothing_or_with_what_it_made(
    rest: Rest, interaction: Interaction
) -> None:
    status, made = await rest("POST", callback(interaction) + "?with_response=1", json=HELLO)
    assert status == 200
    assert made["resource"]["message"]["content"] == "hello"
    assert made["interaction"]["response_message_loading"] is False
    assert (await interaction.answered()).content == "hello"
    assert rest.sim.violations == []


async def test_a_second_callback_is_refused(rest: Rest, interaction: Interaction) -> None:
    assert await rest("POST", callback(interaction), json=HELLO) == (204, None)
    status, refusal = await rest("POST", callback(interaction), json=HELLO)
    assert (status, refusal["code"]) == (400, 40060)
    (violation,) = rest.sim.violations
    assert interaction.token not in violation


async def test_callbacks_need_no_bot_token(rest: Rest, interaction: Interaction) -> None:
    kw = {"headers": {"Authorization": "none"}}
    url = f"https://discord.com/api/v10{callback(interaction)}"
    async with rest.session.post(url, json=HELLO, **kw) as response:  # type: ignore[arg-type]
        assert response.status == 204


async def test_follow_ups_are_made_read_changed_and_removed(
    rest: Rest, interaction: Interaction
) -> None:
    await rest("POST", callback(interaction), json={"type": 5})
    base = hook(rest, interaction)
    status, loading = await rest("GET", f"{base}/messages/@original")
    assert (status, loading["flags"]) == (200, 128)
    status, first = await rest("POST", base, json={"content": "first"})
    assert (status, first["id"]) == (200, loading["id"])
    _, second = await rest("POST", base, json={"content": "second", "flags": 64})
    one = f"{base}/messages/{second['id']}"
    _, changed = await rest("PATCH", one, json={"content": "changed"})
    assert changed["content"] == "changed"
    assert (await rest("DELETE", one))[0] == 204
    assert [message.content for message in interaction.responses] == ["first"]
    assert rest.sim.violations == []


@pytest.mark.parametrize("path", ["/interactions/5/none/callback", "/webhooks/5/none"])
async def test_what_belongs_to_no_interaction_is_unknown(rest: Rest, path: str) -> None:
    status, refusal = await rest("POST", path, json=HELLO)
    assert (status, refusal["code"] in (10062, 10015)) == (404, True)


async def test_too_long_an_answer_is_refused_and_another_may_follow(
    rest: Rest, interaction: Interaction
) -> None:
    long = {"type": 4, "data": {"content": "x" * 2001}}
    assert (await rest("POST", callback(interaction), json=long))[1]["code"] == 50035
    assert (await rest("POST", callback(interaction), json=HELLO))[0] == 204
