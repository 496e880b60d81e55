"""REST, version 10: authorization, errors, and the routes about account, guilds and channels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import discord
from aiohttp import web
from pydantic import ValidationError

from simulators.discord import api_errors
from simulators.discord.accounts import User
from simulators.discord.api_objects import Json
from simulators.discord.bodies import answer, nothing, read_object
from simulators.discord.errors import ApiRefusal, UnknownPlace
from simulators.discord.shared import SharedState
from simulators.discord.voice import SimulatedVoice
from simulators.discord.world import SimulatedGuild, StageChannel, TextChannel, World


@dataclass(frozen=True, slots=True)
class Portal:
    """Switches of the pages Bot and General Information."""

    privileged_intents: discord.Intents = field(default_factory=discord.Intents.none)
    requires_code_grant: bool = False
    interactions_endpoint_url: str | None = None
    shards: int = 1
    """How many shards Discord recommends."""


NO_CHOICES: Final = Portal()


def application_payload(bot: User, portal: Portal) -> Json:
    """The application, as ``GET /applications/@me`` returns it."""
    owner = {"id": "1", "username": "owner", "discriminator": "0", "avatar": None}
    return {
        "id": str(bot.id),
        "name": bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "flags": _flags(portal.privileged_intents).value,
        "rpc_origins": [],
        "bot_public": False,
        "bot_require_code_grant": portal.requires_code_grant,
        "interactions_endpoint_url": portal.interactions_endpoint_url,
        "verify_key": "00" * 32,
        "team": None,
        "tags": [],
        "hook": True,
        "owner": owner | {"public_flags": 0},
    }


def _flags(intents: discord.Intents) -> discord.ApplicationFlags:
    """As of an application in few servers, which has what is on as "limited"."""
    return discord.ApplicationFlags(
        gateway_presence_limited=intents.presences,
        gateway_guild_members_limited=intents.members,
        gateway_message_content_limited=intents.message_content,
    )


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PREFIX: Final = "/api/v10"
MAX_BODY_BYTES: Final = 32 << 20
_WITHOUT_TOKEN: Final = ("interactions", "webhooks")
"""These carry their own token in the path."""
_MOST_GUILDS: Final = 200


def hang_up(request: web.Request) -> web.HTTPException:
    """Abort the request's connection; raise the result to end its handling."""
    if request.transport is not None:
        request.transport.abort()
    return web.HTTPServiceUnavailable()


def rest_app(token: str, shared: SharedState) -> web.Application:
    """An application without routes, whose error answers are Discord's."""

    @web.middleware
    async def as_discord(request: web.Request, handler: Handler) -> web.StreamResponse:
        if shared.faults.rest_away:
            raise hang_up(request)
        try:
            return await _authorized(request, handler, token)
        except ApiRefusal as error:
            if error.fault:
                shared.violations.add(_route(request), error)
            return answer(error.payload(), error.status)

    return web.Application(middlewares=[as_discord], client_max_size=MAX_BODY_BYTES)


async def _authorized(request: web.Request, handler: Handler, token: str) -> web.StreamResponse:
    """Answer the request. Raises ApiRefusal for each error."""
    first = request.path.removeprefix(PREFIX).split("/")[1]
    if first not in _WITHOUT_TOKEN and request.headers.get("Authorization") != f"Bot {token}":
        raise api_errors.unauthorized()
    try:
        return await handler(request)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise api_errors.invalid_form(problems) from None
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        raise api_errors.unknown_route() from None


def _route(request: web.Request) -> str:
    """The route with the names of its parts instead of secrets."""
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource else request.path}"


def number(request: web.Request, name: str) -> int:
    """An id in the path. Raises ApiRefusal if it is none."""
    text = request.match_info[name]
    if not text.isdecimal():
        raise api_errors.wrong_field(name, f"Value {text!r} is not snowflake.")
    return int(text)


def _summary(guild: SimulatedGuild) -> Json:
    permissions = str(guild.permissions(guild.bot).value)
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": permissions,
        "features": [],
    }


class PlaceRoutes:
    """Routes about the bot's account, guilds and channels."""

    def __init__(self, world: World, voice: SimulatedVoice, portal: Portal = NO_CHOICES) -> None:
        self._world = world
        self._voice = voice
        self._portal = portal

    def add_to(self, app: web.Application) -> None:
        app.add_routes(
            [
                web.get("/users/@me", self._me),
                web.get("/users/@me/guilds", self._my_guilds),
                web.get("/applications/@me", self._application),
                web.get("/oauth2/applications/@me", self._application),
                web.get("/gateway", self._gateway),
                web.get("/gateway/bot", self._gateway),
                web.get("/guilds/{guild}", self._guild),
                web.get("/guilds/{guild}/channels", self._channels),
                web.get("/guilds/{guild}/members/{user}", self._member),
                web.patch("/guilds/{guild}/voice-states/@me", self._voice_state),
                web.get("/channels/{channel}", self._channel),
                web.post("/channels/{channel}/typing", self._typing),
            ]
        )

    def guild(self, request: web.Request) -> SimulatedGuild:
        try:
            return self._world.guild(number(request, "guild"))
        except UnknownPlace:
            raise api_errors.unknown(10004, "Guild") from None

    def channel(self, request: web.Request) -> TextChannel:
        """The channel in the path, which the bot must be able to see."""
        return self.place(number(request, "channel"))

    def place(self, channel_id: int) -> TextChannel:
        """A channel that the bot must be able to see. Raises ApiRefusal."""
        try:
            channel = self._world.channel(channel_id)
        except UnknownPlace:
            raise api_errors.unknown(10003, "Channel") from None
        if not channel.guild.permissions(channel.guild.bot, channel).view_channel:
            raise api_errors.missing_access()
        return channel

    async def _me(self, _: web.Request) -> web.Response:
        account = {"verified": True, "mfa_enabled": True, "flags": 0, "email": None}
        return answer(self._world.bot.payload() | account | {"locale": "en-US"})

    async def _my_guilds(self, request: web.Request) -> web.Response:
        """The bot's guilds by id, in pages (API docs, "Get Current User Guilds")."""
        limit = int(request.query.get("limit", _MOST_GUILDS))
        if not 1 <= limit <= _MOST_GUILDS:
            raise api_errors.wrong_field("limit", f"{limit} is not from 1 to {_MOST_GUILDS}")
        after = int(request.query.get("after", 0))
        later = [self._world.guilds[each] for each in sorted(self._world.guilds) if each > after]
        return answer([_summary(guild) for guild in later[:limit]])

    async def _application(self, _: web.Request) -> web.Response:
        return answer(application_payload(self._world.bot, self._portal))

    async def _gateway(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        url = "wss://gateway.discord.gg"
        return answer({"url": url, "shards": self._portal.shards, "session_start_limit": limit})

    async def _guild(self, request: web.Request) -> web.Response:
        return answer(self.guild(request).payload(all_members=False, voice=False))

    async def _channels(self, request: web.Request) -> web.Response:
        return answer([channel.payload() for channel in self.guild(request).channels.values()])

    async def _member(self, request: web.Request) -> web.Response:
        member = self.guild(request).members.get(number(request, "user"))
        if member is None:
            raise api_errors.unknown(10007, "Member")
        return answer(member.payload())

    async def _channel(self, request: web.Request) -> web.Response:
        return answer(self.channel(request).payload())

    async def _typing(self, request: web.Request) -> web.Response:
        self.channel(request)
        return nothing()

    async def _voice_state(self, request: web.Request) -> web.Response:
        """Leave or enter the audience of a stage, or ask to speak (API docs, "Modify Current User
        Voice State")."""
        guild, body = self.guild(request), await read_object(request)
        state = guild.voice_states.get(guild.bot.user.id)
        if state is None:
            raise api_errors.unknown(10065, "Voice State")
        if not isinstance(state.channel, StageChannel):
            raise api_errors.wrong_field("channel_id", "is no stage channel")
        suppress: Any = body.get("suppress")
        if suppress is not None and not isinstance(suppress, bool):
            raise api_errors.wrong_field("suppress", f"{suppress!r} is no boolean")
        allowed = guild.permissions(guild.bot, state.channel)
        if suppress is False and not allowed.mute_members:
            raise api_errors.missing_permissions()
        asks = body.get("request_to_speak_timestamp")
        if asks is not None and not allowed.request_to_speak:
            raise api_errors.missing_permissions()
        if suppress is not None:
            state.suppress = suppress
        if "request_to_speak_timestamp" in body:
            state.requested_to_speak_at = asks
        self._voice.set_state(state)
        return nothing()
