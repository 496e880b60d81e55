"""Routes about threads (API reference, "Channels Resource"), and changes of a thread."""

from __future__ import annotations

from typing import Literal

import discord
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from simulators.discord import api_errors
from simulators.discord.accounts import Member
from simulators.discord.bodies import answer, nothing, read_object
from simulators.discord.messages import MessageStore
from simulators.discord.rest import PlaceRoutes, number
from simulators.discord.threads import ARCHIVE_MINUTES, Thread
from simulators.discord.world import TextChannel, VoiceChannel

_ArchiveMinutes = Literal[60, 1440, 4320, 10080]


class _NewThread(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str = Field(min_length=1, max_length=100)
    auto_archive_duration: _ArchiveMinutes | None = None
    type: Literal[10, 11, 12] = 12
    invitable: bool = True


class _ThreadChange(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str | None = Field(None, min_length=1, max_length=100)
    archived: bool | None = None
    locked: bool | None = None
    auto_archive_duration: _ArchiveMinutes | None = None
    invitable: bool | None = None


class ThreadRoutes:
    def __init__(self, places: PlaceRoutes, board: MessageStore) -> None:
        self._places = places
        self._board = board

    def add_to(self, app: web.Application) -> None:
        members = "/channels/{channel}/thread-members"
        app.add_routes(
            [
                web.post("/channels/{channel}/messages/{message}/threads", self._from_message),
                web.post("/channels/{channel}/threads", self._without_message),
                web.patch("/channels/{channel}", self._change),
                web.delete("/channels/{channel}", self._delete),
                web.get(members, self._members),
                web.get(members + "/{user}", self._member),
                web.put(members + "/{user}", self._add_member),
                web.delete(members + "/{user}", self._remove_member),
                web.get("/guilds/{guild}/threads/active", self._active),
                web.get("/channels/{channel}/threads/archived/{kind}", self._archived),
                web.get("/channels/{channel}/users/@me/threads/archived/private", self._joined),
            ]
        )

    # -- beginning one -------------------------------------------------------------------------

    def _parent(self, request: web.Request) -> TextChannel:
        """The channel in the path, of a type that has threads: voice channels have none."""
        channel = self._places.channel(request)
        if isinstance(channel, VoiceChannel | Thread):
            raise api_errors.wrong_channel_type()
        return channel

    def _allowed(self, channel: TextChannel) -> discord.Permissions:
        return channel.guild.permissions(channel.guild.bot, channel)

    async def _from_message(self, request: web.Request) -> web.Response:
        parent = self._parent(request)
        body = _NewThread.model_validate(await read_object(request))
        message = self._board.find(number(request, "message"))
        if message is None or message.channel is not parent or message.ephemeral:
            raise api_errors.unknown(10008, "Message")
        if message.thread_id is not None:
            raise api_errors.has_a_thread()
        thread = self._begin(parent, body, private=False, thread_id=message.id)
        message.thread_id = thread.id
        self._board.edited(message)
        return answer(thread.payload(), 201)

    async def _without_message(self, request: web.Request) -> web.Response:
        parent = self._parent(request)
        body = _NewThread.model_validate(await read_object(request))
        if body.type == 10:  # of announcement channels, which are not simulated
            raise api_errors.wrong_channel_type()
        private = body.type == 12
        return answer(self._begin(parent, body, private=private).payload(), 201)

    def _begin(
        self, parent: TextChannel, body: _NewThread, *, private: bool, thread_id: int | None = None
    ) -> Thread:
        allowed = self._allowed(parent)
        if not (allowed.create_private_threads if private else allowed.create_public_threads):
            raise api_errors.missing_permissions()
        thread = Thread(
            parent.guild,
            body.name,
            parent=parent,
            owner=parent.guild.bot,
            private=private,
            invitable=body.invitable,
            archive_minutes=body.auto_archive_duration or ARCHIVE_MINUTES[-1],
        )
        thread.id = thread_id or thread.id
        thread.open()
        return thread

    # -- changing one --------------------------------------------------------------------------

    def _thread(self, request: web.Request) -> Thread:
        """The thread in the path, which the bot must be able to see."""
        channel = self._places.channel(request)
        if not isinstance(channel, Thread):
            raise api_errors.wrong_channel_type()
        if not channel.seen_by(channel.guild.bot):
            raise api_errors.missing_access()
        return channel

    async def _change(self, request: web.Request) -> web.Response:
        """The rules of the API docs, "Editing & Deleting Threads"."""
        thread, body = self._thread(request), await read_object(request)
        change = _ThreadChange.model_validate(body)
        bot = thread.guild.bot
        manages = self._allowed(thread).manage_threads
        owns = thread.owner is bot
        unarchives = change.archived is False and set(body) <= {"archived"}
        if thread.archived and change.archived is not False:
            raise api_errors.thread_archived()
        if thread.locked and not manages:
            raise api_errors.thread_locked()
        if unarchives:
            may = manages or owns or bot.user.id in thread.people
        else:
            may = manages or (owns and change.locked is None)
        if not may:
            raise api_errors.missing_permissions()
        thread.change(
            name=change.name,
            archived=change.archived,
            locked=change.locked,
            archive_minutes=change.auto_archive_duration,
            invitable=change.invitable,
        )
        return answer(thread.payload())

    async def _delete(self, request: web.Request) -> web.Response:
        thread = self._thread(request)
        if not self._allowed(thread).manage_threads:
            raise api_errors.missing_permissions()
        payload = thread.payload()
        thread.delete()
        return answer(payload)

    # -- members -------------------------------------------------------------------------------

    def _whom(self, request: web.Request, thread: Thread) -> Member:
        if request.match_info["user"] == "@me":
            return thread.guild.bot
        member = thread.guild.members.get(number(request, "user"))
        if member is None:
            raise api_errors.unknown(10007, "Member")
        return member

    async def _members(self, request: web.Request) -> web.Response:
        thread = self._thread(request)
        return answer([thread.member_payload(each) for each in thread.people.values()])

    async def _member(self, request: web.Request) -> web.Response:
        thread = self._thread(request)
        member = self._whom(request, thread)
        if member.user.id not in thread.people:
            raise api_errors.unknown(10007, "Member")
        return answer(thread.member_payload(member))

    async def _add_member(self, request: web.Request) -> web.Response:
        thread = self._thread(request)
        member, allowed = self._whom(request, thread), self._allowed(thread)
        if thread.archived:
            raise api_errors.thread_archived()
        if member is not thread.guild.bot:
            if not allowed.send_messages_in_threads:
                raise api_errors.missing_permissions()
            may_invite = thread.invitable or thread.owner is thread.guild.bot
            if thread.private and not (may_invite or allowed.manage_threads):
                raise api_errors.missing_permissions()
        thread.add(member)
        return nothing()

    async def _remove_member(self, request: web.Request) -> web.Response:
        thread = self._thread(request)
        member, bot = self._whom(request, thread), thread.guild.bot
        if thread.archived:
            raise api_errors.thread_archived()
        owns = thread.private and thread.owner is bot
        if member is not bot and not (owns or self._allowed(thread).manage_threads):
            raise api_errors.missing_permissions()
        thread.remove(member)
        return nothing()

    # -- lists ---------------------------------------------------------------------------------

    async def _active(self, request: web.Request) -> web.Response:
        threads = self._places.guild(request).threads.values()
        active = [each for each in threads if isinstance(each, Thread) and each.listed]
        return _listing(active, more=False)

    async def _archived(self, request: web.Request) -> web.Response:
        parent, private = self._parent(request), request.match_info["kind"] == "private"
        if request.match_info["kind"] not in ("public", "private"):
            raise api_errors.unknown_route()
        allowed = self._allowed(parent)
        if not allowed.read_message_history or (private and not allowed.manage_threads):
            raise api_errors.missing_permissions()
        return self._listed(request, parent, private=private, joined=False)

    async def _joined(self, request: web.Request) -> web.Response:
        parent = self._parent(request)
        if not self._allowed(parent).read_message_history:
            raise api_errors.missing_permissions()
        return self._listed(request, parent, private=True, joined=True)

    def _listed(
        self, request: web.Request, parent: TextChannel, *, private: bool, joined: bool
    ) -> web.Response:
        """Archived threads, the newest first; pages by ``before`` are not simulated."""
        found = [
            each
            for each in parent.guild.threads.values()
            if isinstance(each, Thread)
            and each.parent is parent
            and each.archived
            and each.private == private
            and (not joined or parent.guild.bot.user.id in each.people)
        ]
        limit = int(request.query.get("limit", 50))
        found.sort(key=lambda each: each.id, reverse=True)
        return _listing(found[:limit], more=len(found) > limit)


def _listing(threads: list[Thread], *, more: bool) -> web.Response:
    members = [
        each.member_payload(each.guild.bot)
        for each in threads
        if each.guild.bot.user.id in each.people
    ]
    payloads = [each.payload() for each in threads]
    return answer({"threads": payloads, "members": members, "has_more": more})
