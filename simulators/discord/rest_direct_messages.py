"""Opening a channel to one person ("Create DM"); what is written there goes by the usual route."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from simulators.discord import api_errors
from simulators.discord.bodies import answer, read_object
from simulators.discord.world import World


class _Recipient(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient_id: str | int = Field(union_mode="left_to_right")


class DirectMessages:
    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, app: web.Application) -> None:
        app.add_routes([web.post("/users/@me/channels", self._open)])

    async def _open(self, request: web.Request) -> web.Response:
        body = _Recipient.model_validate(await read_object(request))
        channel = self._world.direct_channel(int(body.recipient_id))
        if channel is None:
            raise api_errors.unknown(10013, "User")
        return answer(channel.payload())
