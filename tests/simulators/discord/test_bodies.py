"""What Discord takes for a body, tried on a route that takes files."""

from __future__ import annotations

import aiohttp
import pytest

from simulators.discord import TextChannel
from tests.simulators.discord.rest_client import Rest


def form(payload: str, name: str = "files[0]") -> aiohttp.FormData:
    data = aiohttp.FormData(quote_fields=False)
    data.add_field("payload_json", payload)
    data.add_field(name, b"content", filename="a.txt", content_type="text/plain")
    return data


async def test_a_file_alone_is_a_message(rest: Rest, text: TextChannel) -> None:
    status, posted = await rest("POST", f"/channels/{text.id}/messages", data=form("{}"))
    assert (status, posted["attachments"][0]["size"]) == (200, 7)


@pytest.mark.parametrize(
    ("body", "code"),
    [(form("{nonsense"), 50109), (form("{}", name="attachment"), 50035)],
)
async def test_a_bad_form_is_refused(
    rest: Rest, text: TextChannel, body: aiohttp.FormData, code: int
) -> None:
    status, refusal = await rest("POST", f"/channels/{text.id}/messages", data=body)
    assert (status, refusal["code"]) == (400, code)


async def test_a_body_must_say_that_it_is_json(rest: Rest, text: TextChannel) -> None:
    kw = {"data": "content=hello", "headers": {"Content-Type": "text/plain"}}
    status, refusal = await rest("POST", f"/channels/{text.id}/messages", **kw)
    assert (status, refusal["code"]) == (400, 50035)


async def test_answers_name_no_character_set(rest: Rest) -> None:
    url = "https://discord.com/api/v10/gateway"
    async with rest.session.get(url) as response:
        assert response.headers["Content-Type"] == "application/json"
