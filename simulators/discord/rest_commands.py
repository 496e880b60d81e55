"""Routes for application commands, and the registered commands."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulators.discord import api_errors
from simulators.discord.api_objects import Json
from simulators.discord.bodies import answer, nothing, read_json, read_object
from simulators.discord.commands import COMMANDS, MAX_COMMANDS, Command, CommandType, Registered
from simulators.discord.errors import CannotRun
from simulators.discord.rest import number
from simulators.discord.world import Member, SimulatedGuild, World


class CommandRegistry:
    """The bot's commands: global ones, and those of each guild."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._scopes: dict[int | None, dict[int, Registered]] = {}

    def scope(self, guild_id: int | None) -> dict[int, Registered]:
        return self._scopes.setdefault(guild_id, {})

    def payloads(self, guild_id: int | None) -> list[Json]:
        return [registered.payload() for registered in self.scope(guild_id).values()]

    def for_person(self, guild: SimulatedGuild, person: Member, name: str) -> Registered:
        """The slash command of that name, as the member's client offers it.

        Raises:
            CannotRun: there is none, or the member may not see it.
        """
        for scope in (guild.id, None):
            for registered in self.scope(scope).values():
                command = registered.command
                if command.name == name and command.type is CommandType.CHAT_INPUT:
                    self._check_allowed(guild, person, registered)
                    return registered
        known = sorted(r.command.name for s in self._scopes.values() for r in s.values())
        raise CannotRun(f"the bot has not registered /{name}, but {known}")

    def _check_allowed(self, guild: SimulatedGuild, person: Member, registered: Registered) -> None:
        granted = guild.permissions(person)
        needed = registered.command.permissions_needed
        if granted.administrator or needed is None:
            return
        if needed == 0 or granted.value & needed != needed:
            raise CannotRun(f"{person.user.name} may not use /{registered.command.name}")

    def put(self, guild_id: int | None, command: Command, body: Json) -> Registered:
        """Register a command; it replaces one of the same type and name."""
        scope = self.scope(guild_id)
        for key, old in list(scope.items()):
            if (old.command.type, old.command.name) == (command.type, command.name):
                del scope[key]
        if len(scope) >= MAX_COMMANDS:
            raise api_errors.wrong_field("name", f"there are {MAX_COMMANDS} commands already")
        registered = Registered(command, body, self._world.bot.id, guild_id)
        scope[registered.id] = registered
        return registered


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
        return answer(self._registry.payloads(self._scope(request)))

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
