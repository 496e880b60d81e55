"""Input to components, validated as a Discord client does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from simulators.discord.accounts import Member
from simulators.discord.api_objects import Json
from simulators.discord.command_input import Filled
from simulators.discord.components import SELECTS, ComponentType, walk
from simulators.discord.errors import CannotRun
from simulators.discord.roles import GuildRole
from simulators.discord.world import TextChannel

Entity: TypeAlias = Member | GuildRole | TextChannel
"""What a menu that the client fills can offer."""

_ENTITIES: Final[dict[int, tuple[type, ...]]] = {
    ComponentType.USER_SELECT: (Member,),
    ComponentType.ROLE_SELECT: (GuildRole,),
    ComponentType.MENTIONABLE_SELECT: (Member, GuildRole),
    ComponentType.CHANNEL_SELECT: (TextChannel,),
}
_MOST_TYPED: Final = 4000


def find_button(components: Sequence[Json], name: str) -> Json:
    """A button that can be clicked, by label, emoji or custom_id. Raises CannotRun."""
    buttons = [part for part in walk(components) if part["type"] == ComponentType.BUTTON]
    found = [part for part in buttons if name in _names(part)]
    if len(found) != 1:
        labels = [part.get("label") or part.get("custom_id") for part in buttons]
        raise CannotRun(f"{len(found)} buttons are {name!r}; there are {labels}")
    (button,) = found
    if button.get("disabled"):
        raise CannotRun(f"the button {name!r} is disabled")
    if not button.get("custom_id"):
        raise CannotRun(f"the button {name!r} opens a page; the bot is told nothing")
    return button


def _names(button: Json) -> list[str | None]:
    emoji = (button.get("emoji") or {}).get("name")
    return [button.get("label"), button.get("custom_id"), emoji]


def find_menu(components: Sequence[Json], name: str | None) -> Json:
    """A select menu by placeholder or custom_id; without a name the only one. Raises CannotRun."""
    menus = [part for part in walk(components) if part["type"] in SELECTS]
    found = [
        part
        for part in menus
        if name is None or name in (part.get("placeholder"), part["custom_id"])
    ]
    if len(found) != 1:
        ids = [part["custom_id"] for part in menus]
        raise CannotRun(f"{len(found)} menus are {name!r}; there are {ids}")
    if found[0].get("disabled"):
        raise CannotRun(f"the menu {found[0]['custom_id']!r} is disabled")
    return found[0]


def pick(menu: Json, chosen: Sequence[Any], filled: Filled) -> list[str]:
    """The values of a select menu, noted in ``filled``. Raises CannotRun."""
    what = f"the menu {menu['custom_id']!r}"
    low, high = menu.get("min_values", 1), menu.get("max_values", 1)
    if not low <= len(chosen) <= high:
        raise CannotRun(f"{what} takes {low} to {high} values, not {len(chosen)}")
    if menu["type"] == ComponentType.STRING_SELECT:
        values = [_option(menu, what, each) for each in chosen]
    else:
        values = [_entity(menu, what, each, filled) for each in chosen]
    if len(set(values)) != len(values):
        raise CannotRun(f"{what} takes each value once")
    return values


def _option(menu: Json, what: str, chosen: object) -> str:
    for option in menu["options"]:
        if chosen in (option["label"], option["value"]):
            return str(option["value"])
    labels = [option["label"] for option in menu["options"]]
    raise CannotRun(f"{what} does not offer {chosen!r}, but {labels}")


def _entity(menu: Json, what: str, chosen: object, filled: Filled) -> str:
    kinds = _ENTITIES[menu["type"]]
    if not isinstance(chosen, Member | GuildRole | TextChannel) or not isinstance(chosen, kinds):
        names = [kind.__name__ for kind in kinds]
        raise CannotRun(f"{what} offers {names}, not {chosen!r}")
    types = menu.get("channel_types")
    if isinstance(chosen, TextChannel) and types and chosen.type not in types:
        raise CannotRun(f"{what} offers channels of the types {types}")
    return filled.take(chosen)


# -- forms -------------------------------------------------------------------------------------


def form_data(components: Sequence[Json], fields: dict[str, Any], filled: Filled) -> list[Json]:
    """The ``components`` of a submitted form. Raises CannotRun."""
    left = dict(fields)
    parts = []
    for part in components:
        about = {"type": part["type"], "id": part["id"]}
        if part["type"] == ComponentType.TEXT_DISPLAY:
            parts.append(about)
        elif part["type"] == ComponentType.LABEL:
            inner = part["component"]
            parts.append(about | {"component": _field(inner, part["label"], left, filled)})
        else:
            inner = part["components"][0]
            parts.append(about | {"components": [_field(inner, inner["label"], left, filled)]})
    if left:
        raise CannotRun(f"the form has no field {sorted(left)}")
    return parts


def _field(part: Json, label: str, left: dict[str, Any], filled: Filled) -> Json:
    """One field with its value, which is taken out of ``left``."""
    about = {"type": part["type"], "id": part["id"], "custom_id": part["custom_id"]}
    given = next((key for key in (label, part["custom_id"]) if key in left), None)
    if part["type"] == ComponentType.TEXT_INPUT:
        text = left.pop(given) if given is not None else part.get("value") or ""
        return about | {"value": _text(part, label, text)}
    chosen = left.pop(given) if given is not None else _defaults(part)
    chosen = list(chosen) if isinstance(chosen, list | tuple) else [chosen]
    if not chosen and not part.get("required", True):
        return about | {"values": []}
    return about | {"values": pick(part, chosen, filled)}


def _defaults(menu: Json) -> list[str]:
    return [option["value"] for option in menu.get("options", []) if option.get("default")]


def _text(part: Json, label: str, text: object) -> str:
    if not isinstance(text, str):
        raise CannotRun(f"{label!r} takes a text, not {text!r}")
    if not text:
        if part.get("required", True):
            raise CannotRun(f"{label!r} must be filled in")
        return text
    low, high = part.get("min_length") or 0, part.get("max_length") or _MOST_TYPED
    if not low <= len(text) <= high:
        raise CannotRun(f"{label!r} takes {low} to {high} characters, not {len(text)}")
    if part["style"] == 1 and "\n" in text:
        raise CannotRun(f"{label!r} has one line")
    return text
