"""Routes about messages and direct message channels."""

from __future__ import annotations

import discord
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from simulators.discord import api_errors
from simulators.discord.bodies import answer, nothing, read_object, read_with_files
from simulators.discord.messages import Draft, Message, MessageStore, check_flags
from simulators.discord.rest import PlaceRoutes, number
from simulators.discord.threads import Thread
from simulators.discord.world import DirectChannel, TextChannel, VoiceChannel, World


class MessageRoutes:
    def __init__(self, places: PlaceRoutes, world: World, board: MessageStore) -> None:
        self._places = places
        self._world = world
        self._board = board

    def add_to(self, app: web.Application) -> None:
        one = "/channels/{channel}/messages/{message}"
        app.add_routes(
            [
                web.get("/channels/{channel}/messages", self._list),
                web.post("/channels/{channel}/messages", self._create),
                web.get(one, self._get),
                web.patch(one, self._edit),
                web.delete(one, self._delete),
            ]
        )

    def _message(self, request: web.Request) -> Message:
        channel = self._readable(request)
        message = self._board.find(number(request, "message"))
        if message is None or message.channel is not channel or message.ephemeral:
            raise api_errors.unknown(10008, "Message")
        return message

    def _allowed(self, request: web.Request) -> discord.Permissions:
        channel = self._places.channel(request)
        return channel.guild.permissions(channel.guild.bot, channel)

    def _readable(self, request: web.Request) -> TextChannel:
        """The channel in the path; the chat of a voice channel needs Connect as well."""
        channel = self._places.channel(request)
        if isinstance(channel, VoiceChannel) and not self._allowed(request).connect:
            raise api_errors.missing_access()
        return channel

    def _writable(self, request: web.Request, *, files: bool) -> TextChannel:
        channel, allowed = self._readable(request), self._allowed(request)
        if isinstance(channel, Thread):
            channel.wake(allowed)
            may_send = allowed.send_messages_in_threads
        else:
            may_send = allowed.send_messages
        if not may_send or (files and not allowed.attach_files):
            raise api_errors.missing_permissions()
        return channel

    def _check_active(self, channel: TextChannel | DirectChannel) -> None:
        if isinstance(channel, Thread) and channel.archived:
            raise api_errors.thread_archived()

    def _direct(self, request: web.Request) -> DirectChannel | None:
        """The direct channel in the path, if it is one and accepts messages."""
        channel = self._world.direct(number(request, "channel"))
        if channel is None:
            return None
        if channel.shut or not self._world.shares_a_guild(channel.user.id):
            raise api_errors.cannot_message()
        return channel

    async def _list(self, request: web.Request) -> web.Response:
        messages = self._board.public(self._readable(request))
        return answer([message.payload() for message in reversed(messages[-50:])])

    async def _create(self, request: web.Request) -> web.Response:
        body, files = await read_with_files(request)
        channel = self._direct(request) or self._writable(request, files=bool(files))
        draft = Draft.model_validate(body)
        flags = check_flags(draft, ephemeral_allowed=False)
        message = Message(self._board.bot, channel, flags=flags)
        message.apply(draft, body, files)
        self._board.post(message)
        return answer(message.payload())

    async def _get(self, request: web.Request) -> web.Response:
        return answer(self._message(request).payload())

    async def _edit(self, request: web.Request) -> web.Response:
        message = self._message(request)
        if message.author is not self._board.bot:
            raise api_errors.not_the_author()
        self._check_active(message.channel)
        body, files = await read_with_files(request)
        message.apply(Draft.model_validate(body), body, files)
        self._board.edited(message)
        return answer(message.payload())

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._message(request)
        if message.author is not self._board.bot and not self._allowed(request).manage_messages:
            raise api_errors.missing_permissions()
        self._board.delete(message)
        return nothing()


class _Recipient(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient_id: str | int = Field(union_mode="left_to_right")


class DirectMessageRoutes:
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
