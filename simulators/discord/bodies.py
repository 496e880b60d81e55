"""Bodies of REST requests and answers, in Discord's forms."""

from __future__ import annotations

import json
from typing import Any, Final

from aiohttp import web
from aiohttp.web_request import FileField

from simulators.discord.api_errors import wrong_field
from simulators.discord.errors import ApiRefusal
from simulators.discord.messages import File

_MAX_FILE_BYTES: Final = 10 << 20
"""Discord's limit for a bot in a guild without boosts."""


def answer(data: object, status: int = 200) -> web.Response:
    """A JSON answer. discord.py parses it only without a character set in the header."""
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=headers)


def nothing() -> web.Response:
    return web.Response(status=204)


async def read_json(request: web.Request) -> Any:
    """The JSON of a request. Raises ApiRefusal (50109) for invalid JSON."""
    if request.content_type != "application/json":
        raise ApiRefusal(400, 50035, f"Invalid Form Body (content type {request.content_type})")
    try:
        return json.loads(await request.read())
    except ValueError:
        raise ApiRefusal(400, 50109, "The request body contains invalid JSON.") from None


async def read_object(request: web.Request) -> dict[str, Any]:
    body = await read_json(request)
    if not isinstance(body, dict):
        raise wrong_field("body", "is not an object")
    return body


async def read_with_files(request: web.Request) -> tuple[dict[str, Any], list[File]]:
    """An object and the files beside it: JSON alone, or multipart with ``payload_json``."""
    if not request.content_type.startswith("multipart/"):
        return await read_object(request), []
    form = await request.post()
    try:
        body = json.loads(str(form.get("payload_json", "{}")))
    except ValueError:
        raise ApiRefusal(400, 50109, "The request body contains invalid JSON.") from None
    files = []
    for name, part in form.items():
        if not isinstance(part, FileField):
            continue
        if not name.startswith("files["):
            raise wrong_field(name, "files are named files[n]")
        content = part.file.read()
        if len(content) > _MAX_FILE_BYTES:
            raise ApiRefusal(413, 40005, "Request entity too large")
        files.append(File(part.filename, content))
    return body, files
