"""Application commands: the declarations that Discord accepts.

The limits are those of the API reference, "Application Commands".
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from simulators.discord.api_objects import Json, snowflake
from simulators.discord.locales import Locale

_NAME: Final = re.compile(r"[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}")
"""Letters, digits, - _ and ', and the vowel signs of Devanagari and Thai, which are no letters."""
_MAX_CHARACTERS: Final = 8000
_MAX_OPTIONS = _MAX_CHOICES = 25
MAX_COMMANDS: Final = 100
MAX_MENU_COMMANDS: Final = 15
GUILD: Final = 0
"""The context of interactions in a guild, and the way to add an application to one."""


class CommandType(IntEnum):
    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3


def most_of(kind: CommandType) -> int:
    """How many commands of a type an application has, globally and in each guild."""
    return MAX_COMMANDS if kind is CommandType.CHAT_INPUT else MAX_MENU_COMMANDS


class OptionType(IntEnum):
    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


_NESTING: Final = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)
_NUMERIC: Final = (OptionType.INTEGER, OptionType.NUMBER)
_CHOOSING: Final = (OptionType.STRING, *_NUMERIC)


def _name(name: str) -> str:
    if not _NAME.fullmatch(name) or name != name.lower():
        raise ValueError(f"{name!r} is not 1-32 lower-case letters, digits, - and _")
    return name


Name = Annotated[str, AfterValidator(_name)]
Description = Annotated[str, Field(min_length=1, max_length=100)]
Translations = dict[Locale, str] | None
NameTranslations = dict[Locale, Name] | None
DescriptionTranslations = dict[Locale, Description] | None


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Choice(_Model):
    name: str = Field(min_length=1, max_length=100)
    name_localizations: DescriptionTranslations = None
    value: str | int | float

    @model_validator(mode="after")
    def _short(self) -> Choice:
        if isinstance(self.value, str) and len(self.value) > 100:
            raise ValueError("a choice's value has at most 100 characters")
        return self


class Option(_Model):
    type: OptionType
    name: Name
    name_localizations: NameTranslations = None
    description: Description
    description_localizations: DescriptionTranslations = None
    required: bool = False
    choices: list[Choice] = Field([], max_length=_MAX_CHOICES)
    options: list[Option] = Field([], max_length=_MAX_OPTIONS)
    channel_types: list[int] = []
    min_value: int | float | None = None
    max_value: int | float | None = None
    min_length: int | None = Field(None, ge=0, le=6000)
    max_length: int | None = Field(None, ge=1, le=6000)
    autocomplete: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Option:
        kind = self.type.name
        if self.options and self.type not in _NESTING:
            raise ValueError(f"a {kind} option has no options")
        if (self.choices or self.autocomplete) and self.type not in _CHOOSING:
            raise ValueError(f"a {kind} option has neither choices nor autocomplete")
        if self.choices and self.autocomplete:
            raise ValueError("choices and autocomplete exclude each other")
        if (self.min_value, self.max_value) != (None, None) and self.type not in _NUMERIC:
            raise ValueError(f"a {kind} option has no smallest and largest value")
        lengths = (self.min_length, self.max_length)
        if lengths != (None, None) and self.type is not OptionType.STRING:
            raise ValueError(f"a {kind} option has no shortest and longest length")
        if self.channel_types and self.type is not OptionType.CHANNEL:
            raise ValueError(f"a {kind} option has no channel types")
        wanted = str if self.type is OptionType.STRING else int | float
        if any(not isinstance(choice.value, wanted) for choice in self.choices):
            raise ValueError(f"a choice's value is not of type {kind}")
        _check_options(self.options, inside=self.type)
        return self


class Command(_Model):
    """A command as the bot registers it."""

    name: str
    name_localizations: Translations = None
    type: CommandType = CommandType.CHAT_INPUT
    description: str = ""
    description_localizations: DescriptionTranslations = None
    options: list[Option] = Field([], max_length=_MAX_OPTIONS)
    default_member_permissions: Annotated[str, Field(pattern=r"^\d+$")] | int | None = None
    nsfw: bool = False
    integration_types: list[Literal[0, 1]] | None = None
    contexts: list[Literal[0, 1, 2]] | None = None
    dm_permission: bool | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Command:
        names = [self.name, *(self.name_localizations or {}).values()]
        if self.type is CommandType.CHAT_INPUT:
            for name in names:
                _name(name)
            if not 1 <= len(self.description) <= 100:
                raise ValueError("the description must have 1-100 characters")
        elif (
            self.description
            or self.description_localizations
            or self.options
            or not all(1 <= len(name) <= 32 for name in names)
        ):
            raise ValueError("a menu command has a name of 1-32 characters and nothing else")
        _check_options(self.options, inside=None)
        if self.characters() > _MAX_CHARACTERS:
            raise ValueError(f"names, descriptions and values exceed {_MAX_CHARACTERS} characters")
        return self

    def characters(self) -> int:
        """Characters that count towards the limit of a command: of each text, the longest form."""
        own = _longest(self.name, self.name_localizations)
        own += _longest(self.description, self.description_localizations)
        return own + sum(map(_characters, self.options))

    @property
    def permissions_needed(self) -> int | None:
        """Bits that a member needs to see the command; 0 is for administrators only."""
        bits = self.default_member_permissions
        return None if bits is None else int(bits)

    @property
    def for_guilds(self) -> bool:
        """Members of a guild can run it there."""
        return self.contexts is None or GUILD in self.contexts


def _longest(text: str, translations: dict[str, str] | None) -> int:
    return max(map(len, (text, *(translations or {}).values())))


def _characters(option: Option) -> int:
    own = _longest(option.name, option.name_localizations)
    own += _longest(option.description, option.description_localizations)
    for choice in option.choices:
        own += _longest(choice.name, choice.name_localizations) + len(str(choice.value))
    return own + sum(map(_characters, option.options))


def _check_translated_names(options: list[Option]) -> None:
    """In each language the names differ from each other and from all other default names."""
    for locale in {key for option in options for key in option.name_localizations or {}}:
        for option in options:
            name = (option.name_localizations or {}).get(locale)
            others = [other for other in options if other is not option]
            taken = [other.name for other in others]
            taken += [(other.name_localizations or {}).get(locale, "") for other in others]
            if name in taken:
                raise ValueError(f"{name!r} ({locale}) is the name of another option as well")


def _check_options(options: list[Option], *, inside: OptionType | None) -> None:
    names = [option.name for option in options]
    if len(set(names)) != len(names):
        raise ValueError(f"two options have the same name, among {names}")
    _check_translated_names(options)
    nested = [option.type for option in options if option.type in _NESTING]
    if inside is OptionType.SUB_COMMAND_GROUP and set(nested) != {OptionType.SUB_COMMAND}:
        raise ValueError("a group holds subcommands, and at least one")
    if inside is OptionType.SUB_COMMAND and nested:
        raise ValueError("a subcommand holds no subcommand")
    if nested and len(nested) != len(options):
        raise ValueError("subcommands and other options cannot be side by side")
    optional_seen = False
    for option in options:
        if option.required and optional_seen:
            raise ValueError(f"required option {option.name!r} comes after an optional one")
        optional_seen = optional_seen or not option.required


COMMAND: Final = TypeAdapter(Command)


def _few(commands: list[Command]) -> list[Command]:
    for kind in CommandType:
        number, most = sum(command.type is kind for command in commands), most_of(kind)
        if number > most:
            raise ValueError(f"at most {most} commands of type {kind.name}, not {number}")
    return commands


COMMANDS: Final = TypeAdapter(Annotated[list[Command], AfterValidator(_few)])


class Registered:
    """A command that Discord has accepted."""

    def __init__(
        self, command: Command, body: Json, application_id: int, guild_id: int | None
    ) -> None:
        self.command = command
        self.id = snowflake()
        self.guild_id = guild_id
        self.body = body
        self._application_id = application_id

    def payload(self, *, translations: bool = True) -> Json:
        """As the API shows it; lists leave the translations out unless asked for them."""
        command = self.command
        payload = self.body | {
            "id": str(self.id),
            "application_id": str(self._application_id),
            "version": str(self.id),
            "type": command.type.value,
            "description": command.description,
            "default_member_permissions": (
                None if command.permissions_needed is None else str(command.permissions_needed)
            ),
            "options": self.body.get("options", []),
            "nsfw": command.nsfw,
            "contexts": command.contexts,
            "integration_types": [GUILD]
            if command.integration_types is None
            else command.integration_types,
        }
        if not translations:
            payload = _without_translations(payload)
        return payload if self.guild_id is None else payload | {"guild_id": str(self.guild_id)}


def _without_translations(payload: Json) -> Json:
    kept = {key: value for key, value in payload.items() if not key.endswith("_localizations")}
    for key in ("options", "choices"):
        if kept.get(key):
            kept[key] = [_without_translations(each) for each in kept[key]]
    return kept
