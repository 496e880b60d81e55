"""Messages and direct messages over REST."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from simulators.discord import SimulatedGuild, TextChannel
from tests.simulators.discord.rest_client import Rest


async def test_a_message_is_posted_edited_listed_and_deleted(rest: Rest, text: TextChannel) -> None:
    path = f"/channels/{text.id}/messages"
    status, posted = await rest("POST", path, json={"content": "hello"})
    assert (status, posted["content"]) == (200, "hello")
    one = f"{path}/{posted['id']}"
    await rest("PATCH", one, json={"content": "goodbye"})
    assert (await rest("GET", one))[1]["content"] == "goodbye"
    assert [message.content for message in rest.sim.messages(text)] == ["goodbye"]
    assert len((await rest("GET", path))[1]) == 1
    assert (await rest("DELETE", one))[0] == 204
    assert (await rest("GET", one))[1]["code"] == 10008
    assert rest.sim.messages(text) == []
    assert rest.sim.violations == []


async def test_files_come_with_a_message(rest: Rest, text: TextChannel) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps({"content": "the transcript"}))
    form.add_field("files[0]", b"Ann: hello", filename="call.txt", content_type="text/plain")
    status, posted = await rest("POST", f"/channels/{text.id}/messages", data=form)
    assert (status, posted["attachments"][0]["filename"]) == (200, "call.txt")
    assert rest.sim.messages(text)[0].files[0].content == b"Ann: hello"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": "x" * 2001}, 50035),
        ({"content": ""}, 50006),
        ({"content": "psst", "flags": 64}, 50035),
        ([], 50035),
        ("{nonsense", 50109),
    ],
)
async def test_a_bad_message_is_refused_and_noted(
    rest: Rest, text: TextChannel, body: Any, code: int
) -> None:
    kw: dict[str, Any] = {"json": body}
    if isinstance(body, str):
        kw = {"data": body, "headers": {"Content-Type": "application/json"}}
    status, refusal = await rest("POST", f"/channels/{text.id}/messages", **kw)
    assert (status, refusal["code"]) == (400, code)
    (violation,) = rest.sim.violations
    assert violation.startswith("POST /api/v10/channels/{channel}/messages: 400")


async def test_the_place_of_a_wrong_field_is_told(rest: Rest, text: TextChannel) -> None:
    body = {"embeds": [{"fields": [{"name": "", "value": "v"}]}]}
    refusal = (await rest("POST", f"/channels/{text.id}/messages", json=body))[1]
    assert refusal["errors"]["embeds"]["0"]["fields"]["0"]["name"]["_errors"]


async def test_a_missing_permission_is_refused_but_no_violation(
    rest: Rest, text: TextChannel
) -> None:
    path = f"/channels/{text.id}/messages"
    text.forbid(send_messages=True)
    assert (await rest("POST", path, json={"content": "hi"}))[1]["code"] == 50013
    text.forbid(view_channel=True)
    assert (await rest("GET", path))[1]["code"] == 50001
    assert rest.sim.violations == []


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
