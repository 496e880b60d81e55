"""Routes for application commands, and the registered commands."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulators.discord import api_errors
from simulators.discord.accounts import Member
from simulators.discord.api_objects import Json
from simulators.discord.bodies import answer, nothing, read_json, read_object
from simulators.discord.commands import COMMANDS, Command, CommandType, Registered, most_of
from simulators.discord.errors import CannotRun
from simulators.discord.locales import translated
from simulators.discord.rest import number
from simulators.discord.threads import Thread
from simulators.discord.world import SimulatedGuild, TextChannel, World


class CommandRegistry:
    """The bot's commands: global ones, and those of each guild."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._scopes: dict[int | None, dict[int, Registered]] = {}

    def scope(self, guild_id: int | None) -> dict[int, Registered]:
        return self._scopes.setdefault(guild_id, {})

    def payloads(self, guild_id: int | None, *, translations: bool = True) -> list[Json]:
        scope = self.scope(guild_id)
        return [registered.payload(translations=translations) for registered in scope.values()]

    def known(self, guild: SimulatedGuild, kind: CommandType) -> list[Registered]:
        """The commands of a type in a guild; its own ones hide global ones of the same name."""
        found: dict[str, Registered] = {}
        for scope in (guild.id, None):
            for registered in self.scope(scope).values():
                if registered.command.type is kind:
                    found.setdefault(registered.command.name, registered)
        return list(found.values())

    def for_person(
        self,
        guild: SimulatedGuild,
        person: Member,
        name: str,
        channel: TextChannel,
        kind: CommandType = CommandType.CHAT_INPUT,
    ) -> Registered:
        """The command of that name, or of that name in the member's language.

        Raises:
            CannotRun: there is none, or the member's client does not offer it here.
        """
        known = self.known(guild, kind)
        for registered in known:
            command = registered.command
            shown = translated(command.name, command.name_localizations, person.user.locale)
            if name in (command.name, shown):
                why = refusal(registered, person, channel)
                if why is not None:
                    raise CannotRun(why)
                return registered
        names = sorted(registered.command.name for registered in known)
        raise CannotRun(f"the bot has not registered {_titled(kind, name)}, but {names}")

    def put(self, guild_id: int | None, command: Command, body: Json) -> Registered:
        """Register a command; it replaces one of the same type and name."""
        scope = self.scope(guild_id)
        for key, old in list(scope.items()):
            if (old.command.type, old.command.name) == (command.type, command.name):
                del scope[key]
        most = most_of(command.type)
        if sum(other.command.type is command.type for other in scope.values()) >= most:
            raise api_errors.too_many_commands(most)
        registered = Registered(command, body, self._world.bot.id, guild_id)
        scope[registered.id] = registered
        return registered


def _titled(kind: CommandType, name: str) -> str:
    return f"/{name}" if kind is CommandType.CHAT_INPUT else f"the menu {name!r}"


def refusal(registered: Registered, person: Member, channel: TextChannel) -> str | None:
    """Why a member's client does not offer a command in a channel; None if it does."""
    guild, command = channel.guild, registered.command
    title, name = _titled(command.type, command.name), person.user.name
    if not command.for_guilds:
        return f"{title} is not for servers"
    granted = guild.permissions(person, channel)
    if not granted.view_channel:
        return f"{name} does not see #{channel.name}"
    if isinstance(channel, Thread) and channel.archived:
        return f"#{channel.name} is archived"
    if not granted.use_application_commands:
        return f"{name} may use no commands in #{channel.name}"
    if command.type is CommandType.USER and not granted.send_messages:
        return f"{name} may not write in #{channel.name}, which {title} needs"
    if command.nsfw and not channel.home.nsfw:
        return f"{title} is only for age-restricted channels"
    needed = command.permissions_needed
    if granted.administrator or needed is None:
        return None
    if needed == 0 or granted.value & needed != needed:
        return f"{name} may not use {title}"
    return None


class CommandRoutes:
    def __init__(self, registry: CommandRegistry, world: World) -> None:
        self._registry = registry
        self._world = world

    def add_to(self, app: web.Application) -> None:
        for base in (
            "/applications/{application}/commands",
            "/applications/{application}/guilds/{guild}/commands",
        ):
            one = base + "/{command}"
            app.add_routes(
                [
                    web.get(base, self._list),
                    web.put(base, self._overwrite),
                    web.post(base, self._create),
                    web.get(one, self._get),
                    web.patch(one, self._edit),
                    web.delete(one, self._delete),
                ]
            )

    def _scope(self, request: web.Request) -> int | None:
        if number(request, "application") != self._world.bot.id:
            raise api_errors.unknown(10002, "Application")
        if "guild" not in request.match_info:
            return None
        guild_id = number(request, "guild")
        if guild_id not in self._world.guilds:
            raise api_errors.missing_access()
        return guild_id

    def _one(self, request: web.Request) -> Registered:
        registered = self._registry.scope(self._scope(request)).get(number(request, "command"))
        if registered is None:
            raise api_errors.unknown(10063, "application command")
        return registered

    async def _list(self, request: web.Request) -> web.Response:
        full = request.query.get("with_localizations") in ("1", "true", "True")
        return answer(self._registry.payloads(self._scope(request), translations=full))

    async def _overwrite(self, request: web.Request) -> web.Response:
        """Replace all commands by those in the body, or none if one is invalid."""
        scope, bodies = self._scope(request), await read_json(request)
        commands = COMMANDS.validate_python(bodies)
        names = [(command.type, command.name) for command in commands]
        if len(set(names)) != len(names):
            raise api_errors.wrong_field("name", "two commands have the same name")
        self._registry.scope(scope).clear()
        for command, body in zip(commands, bodies, strict=True):
            self._registry.put(scope, command, body)
        return answer(self._registry.payloads(scope))

    async def _create(self, request: web.Request) -> web.Response:
        scope, body = self._scope(request), await read_object(request)
        registered = self._registry.put(scope, Command.model_validate(body), body)
        return answer(registered.payload(), 201)

    async def _get(self, request: web.Request) -> web.Response:
        return answer(self._one(request).payload())

    async def _edit(self, request: web.Request) -> web.Response:
        old, changes = self._one(request), await read_object(request)
        body: dict[str, Any] = old.body | changes
        command = Command.model_validate(body)
        self._registry.scope(old.guild_id).pop(old.id)
        return answer(self._registry.put(old.guild_id, command, body).payload())

    async def _delete(self, request: web.Request) -> web.Response:
        old = self._one(request)
        self._registry.scope(old.guild_id).pop(old.id)
        return nothing()
