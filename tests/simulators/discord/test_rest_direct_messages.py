"""Writing to one person."""

from __future__ import annotations

from simulators.discord import SimulatedGuild
from tests.simulators.discord.rest_client import Rest


async def test_a_channel_to_somebody_is_opened_once_and_written_to(
    rest: Rest, guild: SimulatedGuild
) -> None:
    ann = rest.sim.add_person(guild, "Ann")
    status, channel = await rest("POST", "/users/@me/channels", json={"recipient_id": str(ann.id)})
    assert (status, channel["type"]) == (200, 1)
    assert channel["recipients"][0]["id"] == str(ann.id)
    again = await rest("POST", "/users/@me/channels", json={"recipient_id": ann.id})
    assert again[1]["id"] == channel["id"]
    path = f"/channels/{channel['id']}/messages"
    status, posted = await rest("POST", path, json={"content": "hello"})
    assert (status, posted["channel_id"]) == (200, channel["id"])
    (message,) = rest.sim.messages(rest.sim.direct_channel(ann))
    assert message.content == "hello"
    assert rest.sim.violations == []


async def test_who_has_shut_the_channel_is_not_written_to(
    rest: Rest, guild: SimulatedGuild
) -> None:
    ann = rest.sim.add_person(guild, "Ann")
    channel = rest.sim.direct_channel(ann)
    channel.shut = True
    path = f"/channels/{channel.id}/messages"
    status, refusal = await rest("POST", path, json={"content": "hello"})
    assert (status, refusal["code"]) == (403, 50007)
    assert rest.sim.violations == [], "that is theirs to decide, and no mistake of the bot's"


async def test_nobody_is_no_recipient(rest: Rest) -> None:
    status, refusal = await rest("POST", "/users/@me/channels", json={"recipient_id": "1"})
    assert (status, refusal["code"]) == (404, 10013)
    status, refusal = await rest("POST", "/users/@me/channels", json={"recipients": ["1"]})
    assert (status, refusal["code"]) == (400, 50035)
