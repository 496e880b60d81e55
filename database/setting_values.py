"""The settings of a guild by name: what each is, and its value from text or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import ValidationError

from configuration.names import similar_path
from configuration.schema import Setting, tree
from configuration.text import cleaned, visible
from database.errors import InvalidSetting
from database.guild_settings import GuildSettings, MayChange

_YES: Final = frozenset({"on", "yes", "true", "1", "an", "ja"})
_NO: Final = frozenset({"off", "no", "false", "0", "aus", "nein"})
_MENTION: Final = re.compile(r"<(?:@[!&]?|#)(\d{1,20})>")
_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """What members see of a setting: ``allowed`` names the values with their unit."""

    name: str
    description: str
    allowed: str
    may_change: MayChange
    choices: tuple[str, ...]
    """All values where there are few: "on" and "off", or those of an enumeration."""


@cache
def guild_settings_info() -> Mapping[str, SettingInfo]:
    """Every setting of a guild by name, in the order of the code."""
    return {name: _info(name, setting) for name, setting in _settings().items()}


def setting_info(name: str) -> SettingInfo:
    """
    Raises:
        InvalidSetting: there is no such setting; the text has the name that was probably meant.
    """
    found = guild_settings_info().get(name)
    if found is not None:
        return found
    names = tuple(guild_settings_info())
    meant = similar_path((name[:_LONGEST_SHOWN],), ((each,) for each in names))
    hint = f"; did you mean {meant[0]}?" if meant else ""
    allowed = ", ".join(names)
    raise InvalidSetting(name, f"there is no setting {_shown(name)}{hint}", allowed)


def checked_value(name: str, value: object) -> Any:
    """A JSON ``value`` as `GuildSettings` has it under ``name``.

    Raises:
        InvalidSetting: no such setting, or the value is not allowed.
    """
    info = setting_info(name)
    try:
        return getattr(GuildSettings.model_validate({name: value}), name)
    except ValidationError:
        text = f"{name} cannot be {_shown(value)}; allowed: {info.allowed}"
        raise InvalidSetting(name, text, info.allowed) from None


def parsed_value(name: str, text: str) -> Any:
    """The value that a member wrote: "on", "2.5", "#general, <@123>", "jarvis=kokoro:af_heart".

    Mentions of channels, members and roles stand for their ids. The empty list is "none".

    Raises:
        InvalidSetting: no such setting, or the value is not allowed.
    """
    setting_info(name)
    text = cleaned(visible(text))
    kinds = {variant.get("type") for variant in _settings()[name].variants}
    if "array" in kinds:
        return checked_value(name, _items(text))
    if "object" in kinds:
        pairs = [item.partition("=") for item in _items(text)]
        value = {key.strip(): given.strip() for key, _, given in pairs}
        return checked_value(name, value if all(equals for _, equals, _ in pairs) else text)
    if "boolean" in kinds:
        word = text.casefold()
        return checked_value(name, True if word in _YES else False if word in _NO else text)
    if "number" in kinds or "integer" in kinds:
        return checked_value(name, text.replace(",", "."))
    return checked_value(name, text)


def json_value(name: str, value: Any) -> Any:
    """A value of `GuildSettings` in JSON types, as the database keeps it."""
    return _settings()[name].to_json(value)


def shown_value(name: str, value: Any) -> str:
    """A value in words: "on", "none", "123, 456". `parsed_value` reads it again."""
    plain = json_value(name, value)
    if isinstance(plain, bool):
        return "on" if plain else "off"
    if isinstance(plain, dict):
        return ", ".join(f"{key}={each}" for key, each in plain.items()) or "none"
    if isinstance(plain, list):
        return ", ".join(map(str, plain)) or "none"
    return f"{plain:g}" if isinstance(plain, float) else str(plain)


@cache
def _settings() -> Mapping[str, Setting]:
    return {setting.path[0]: setting for setting in tree(GuildSettings).settings()}


def _info(name: str, setting: Setting) -> SettingInfo:
    may_change = next(each for each in setting.field.metadata if isinstance(each, MayChange))
    choices: tuple[str, ...] = tuple(
        map(str, next((each["enum"] for each in setting.variants if "enum" in each), ()))
    )
    if setting.schema.get("type") == "boolean":
        choices = ("on", "off")
    allowed = "on or off" if choices == ("on", "off") else setting.allowed
    return SettingInfo(name, setting.description, allowed, may_change, choices)


def _items(text: str) -> list[str]:
    """The parts of a list, separated by commas, spaces or as adjacent mentions."""
    text = _MENTION.sub(r" \1 ", text).strip().removeprefix("[").removesuffix("]")
    if text.strip().casefold() in ("", "none"):
        return []
    return [part for part in re.split(r"[,;\s]+", text) if part]


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    text = visible(text).replace("\n", " ")
    return f"“{text[:_LONGEST_SHOWN]}…”" if len(text) > _LONGEST_SHOWN else f"“{text}”"
