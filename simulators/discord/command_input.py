"""Input to a slash command, validated as a Discord client does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from simulators.discord.accounts import Member
from simulators.discord.api_objects import Json
from simulators.discord.commands import Option, OptionType, Registered
from simulators.discord.errors import CannotRun
from simulators.discord.messages import Message
from simulators.discord.roles import GuildRole
from simulators.discord.world import TextChannel

_TYPES: Final[dict[OptionType, type | tuple[type, ...]]] = {
    OptionType.STRING: str,
    OptionType.INTEGER: int,
    OptionType.BOOLEAN: bool,
    OptionType.NUMBER: (int, float),
    OptionType.USER: Member,
    OptionType.CHANNEL: TextChannel,
    OptionType.ROLE: GuildRole,
    OptionType.MENTIONABLE: (Member, GuildRole),
}


@dataclass
class Filled:
    """A command with its options, as an interaction carries it."""

    options: list[Json] = field(default_factory=list)
    users: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, TextChannel] = field(default_factory=dict)
    roles: dict[str, GuildRole] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)

    def take(self, value: Member | GuildRole | TextChannel | Message) -> str:
        """Note something that is referred to; returns its id."""
        if isinstance(value, Member):
            key = str(value.user.id)
            self.users[key] = value
            return key
        key = str(value.id)
        if isinstance(value, GuildRole):
            self.roles[key] = value
        elif isinstance(value, TextChannel):
            self.channels[key] = value
        else:
            self.messages[key] = value
        return key

    def resolved(self, person: Member) -> Json:
        """What is referred to, as the bot is told of it when ``person`` does so."""
        found: Json = {}
        if self.users:
            found["users"] = {key: member.user.payload() for key, member in self.users.items()}
            found["members"] = {
                key: {k: v for k, v in member.payload().items() if k != "user"}
                | {"permissions": str(member.permissions.value)}
                for key, member in self.users.items()
            }
        if self.channels:
            found["channels"] = {
                key: channel.payload()
                | {"permissions": str(channel.guild.permissions(person, channel).value)}
                for key, channel in self.channels.items()
            }
        if self.roles:
            found["roles"] = {key: role.payload() for key, role in self.roles.items()}
        if self.messages:
            found["messages"] = {key: each.payload() for key, each in self.messages.items()}
        return found


def fill(
    registered: Registered, path: list[str], values: dict[str, Any], focus: str | None = None
) -> Filled:
    """Fill in the command, or the subcommand that ``path`` names.

    With ``focus`` the member is still typing that option; required options may be missing.

    Raises:
        CannotRun: the command's declaration does not allow it.
    """
    declared = registered.command.options
    steps: list[Option] = []
    for name in path:
        step = next((o for o in declared if o.name == name and o.type <= 2), None)
        if step is None:
            raise CannotRun(f"/{registered.command.name} has no subcommand {name!r}")
        steps.append(step)
        declared = step.options
    if any(option.type <= 2 for option in declared):
        raise CannotRun(f"/{registered.command.name} needs one of its subcommands")
    filled = Filled()
    options = _values(registered.command.name, declared, values, focus, filled)
    for step in reversed(steps):
        options = [{"name": step.name, "type": step.type.value, "options": options}]
    filled.options = options
    return filled


def _values(
    command: str, declared: list[Option], values: dict[str, Any], focus: str | None, filled: Filled
) -> list[Json]:
    known = {option.name: option for option in declared}
    unknown = set(values) - set(known)
    if unknown:
        raise CannotRun(f"/{command} has no option {sorted(unknown)}, but {sorted(known)}")
    missing = [o.name for o in declared if o.required and o.name not in values]
    if missing and focus is None:
        raise CannotRun(f"/{command} needs {missing}")
    if focus is not None and not (focus in values and known[focus].autocomplete):
        raise CannotRun(f"/{command} has no autocomplete for {focus!r}, or it was given no text")
    options = []
    for name, value in values.items():
        if name == focus:
            plain = {"name": name, "type": known[name].type.value, "value": value, "focused": True}
        else:
            plain = _value(command, known[name], value, filled)
        options.append(plain)
    return options


def _value(command: str, option: Option, value: object, filled: Filled) -> Json:
    where = f"/{command} {option.name}"
    wanted = _TYPES.get(option.type)
    if wanted is None:
        raise CannotRun(f"{where}: options of type {option.type.name} are not simulated")
    truth_for_number = isinstance(value, bool) and option.type is not OptionType.BOOLEAN
    if not isinstance(value, wanted) or truth_for_number:
        raise CannotRun(f"{where}: {value!r} is not of type {option.type.name}")
    if option.choices and value not in [choice.value for choice in option.choices]:
        raise CannotRun(f"{where}: {value!r} is not among the choices")
    if isinstance(value, str):
        low, high = option.min_length or 0, option.max_length or 6000
        if not low <= len(value) <= high:
            raise CannotRun(f"{where}: takes {low} to {high} characters, not {len(value)}")
    elif isinstance(value, int | float):
        if option.min_value is not None and value < option.min_value:
            raise CannotRun(f"{where}: {value} is less than {option.min_value}")
        if option.max_value is not None and value > option.max_value:
            raise CannotRun(f"{where}: {value} is more than {option.max_value}")
    elif isinstance(value, Member | GuildRole | TextChannel):
        types = option.channel_types
        if isinstance(value, TextChannel) and types and value.type not in types:
            raise CannotRun(f"{where}: not a channel of the types {types}")
        value = filled.take(value)
    return {"name": option.name, "type": option.type.value, "value": value}
