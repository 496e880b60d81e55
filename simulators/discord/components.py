"""Components of messages and modals: what Discord accepts, and where they are in a message.

The limits are those of the API reference, "Components". File uploads, radio groups and checkboxes
of modals are not simulated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulators.discord.api_objects import Json
from simulators.discord.payloads import Snowflake

IS_COMPONENTS_V2: Final = 1 << 15
"""The message flag without which a message may have action rows only."""
_MOST_COMPONENTS: Final = 40
_MOST_TEXT: Final = 4000


class ComponentType(IntEnum):
    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    TEXT_DISPLAY = 10
    LABEL = 18


SELECTS: Final = (
    ComponentType.STRING_SELECT,
    ComponentType.USER_SELECT,
    ComponentType.ROLE_SELECT,
    ComponentType.MENTIONABLE_SELECT,
    ComponentType.CHANNEL_SELECT,
)

CustomId = Annotated[str, Field(min_length=1, max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int | None = Field(None, ge=0, lt=1 << 31)


class Emoji(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str | None = None
    id: Snowflake | None = None


_LINK, _PREMIUM = 5, 6


class Button(_Part):
    type: Literal[2]
    style: int = Field(ge=1, le=6)
    label: str | None = Field(None, max_length=80)
    emoji: Emoji | None = None
    custom_id: CustomId | None = None
    sku_id: Snowflake | None = None
    url: str | None = Field(None, max_length=512)
    disabled: bool = False

    @model_validator(mode="after")
    def _by_style(self) -> Button:
        field = {_LINK: "url", _PREMIUM: "sku_id"}.get(self.style, "custom_id")
        given = {name for name in ("custom_id", "url", "sku_id") if getattr(self, name) is not None}
        if given != {field}:
            raise ValueError(f"a button of style {self.style} has {field}, not {sorted(given)}")
        if self.style == _PREMIUM and (self.label or self.emoji):
            raise ValueError("a premium button has neither label nor emoji")
        if self.style != _PREMIUM and not (self.label or self.emoji):
            raise ValueError("a button needs a label or an emoji")
        if self.url is not None and not self.url.startswith(("http://", "https://", "discord://")):
            raise ValueError("the scheme of a link is http, https or discord")
        return self


class SelectOption(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    label: str = Field(min_length=1, max_length=100)
    value: str = Field(min_length=1, max_length=100)
    description: str | None = Field(None, max_length=100)
    emoji: Emoji | None = None
    default: bool = False


class _Select(_Part):
    custom_id: CustomId
    placeholder: str | None = Field(None, max_length=150)
    min_values: int = Field(1, ge=0, le=25)
    max_values: int = Field(1, ge=1, le=25)
    disabled: bool = False
    required: bool = True

    @model_validator(mode="after")
    def _a_range(self) -> _Select:
        if self.min_values > self.max_values:
            raise ValueError("min_values is more than max_values")
        return self


class StringSelect(_Select):
    type: Literal[3]
    options: list[SelectOption] = Field(min_length=1, max_length=25)

    @model_validator(mode="after")
    def _enough_options(self) -> StringSelect:
        values = [option.value for option in self.options]
        if len(set(values)) != len(values):
            raise ValueError("two options have the same value")
        if len(values) < self.max_values:
            raise ValueError(f"must have between {self.max_values} and 25 options")
        if sum(option.default for option in self.options) > self.max_values:
            raise ValueError("more default options than max_values")
        return self


class DefaultValue(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Snowflake
    type: Literal["user", "role", "channel"]


_KINDS: Final = {5: {"user"}, 6: {"role"}, 7: {"user", "role"}, 8: {"channel"}}


class EntitySelect(_Select):
    """A menu of users, roles or channels, which the client fills."""

    type: Literal[5, 6, 7, 8]
    channel_types: list[int] | None = None
    default_values: list[DefaultValue] | None = None

    @model_validator(mode="after")
    def _defaults_fit(self) -> EntitySelect:
        defaults = self.default_values or []
        if {default.type for default in defaults} - _KINDS[self.type]:
            raise ValueError(f"default values of this menu are {sorted(_KINDS[self.type])}")
        if defaults and not self.min_values <= len(defaults) <= self.max_values:
            raise ValueError("the number of default values is not from min_values to max_values")
        if self.channel_types and self.type != 8:
            raise ValueError("only a menu of channels has channel types")
        return self


Select = Annotated[StringSelect | EntitySelect, Field(discriminator="type")]


class ActionRow(_Part):
    type: Literal[1]
    components: list[
        Annotated[Button | StringSelect | EntitySelect, Field(discriminator="type")]
    ] = Field(min_length=1, max_length=5)

    @model_validator(mode="after")
    def _buttons_or_one_menu(self) -> ActionRow:
        menus = sum(not isinstance(part, Button) for part in self.components)
        if menus and len(self.components) > 1:
            raise ValueError("a row holds up to five buttons, or one menu alone")
        return self


class TextDisplay(_Part):
    type: Literal[10]
    content: str = Field(min_length=1, max_length=_MOST_TEXT)


class Media(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    url: str = Field(min_length=1, max_length=2048)


class Thumbnail(_Part):
    type: Literal[11]
    media: Media
    description: str | None = Field(None, max_length=1024)


class SectionPart(_Part):
    type: Literal[9]
    components: list[TextDisplay] = Field(min_length=1, max_length=3)
    accessory: Annotated[Button | Thumbnail, Field(discriminator="type")]


class GalleryItem(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    media: Media
    description: str | None = Field(None, max_length=1024)


class MediaGallery(_Part):
    type: Literal[12]
    items: list[GalleryItem] = Field(min_length=1, max_length=10)


class FileDisplay(_Part):
    type: Literal[13]
    file: Media


class Separator(_Part):
    type: Literal[14]
    divider: bool = True
    spacing: int = Field(1, ge=1, le=2)


_Content = ActionRow | SectionPart | TextDisplay | MediaGallery | FileDisplay | Separator


class ContainerPart(_Part):
    type: Literal[17]
    components: list[Annotated[_Content, Field(discriminator="type")]] = Field(min_length=1)
    accent_color: int | None = Field(None, ge=0, le=0xFFFFFF)


class TextInput(_Part):
    type: Literal[4]
    custom_id: CustomId
    style: int = Field(ge=1, le=2)
    label: str | None = Field(None, max_length=45)
    min_length: int | None = Field(None, ge=0, le=4000)
    max_length: int | None = Field(None, ge=1, le=4000)
    required: bool = True
    value: str | None = Field(None, max_length=4000)
    placeholder: str | None = Field(None, max_length=100)


class InputRow(_Part):
    """The older form of a field of a modal: its label is in the text input."""

    type: Literal[1]
    components: list[TextInput] = Field(min_length=1, max_length=1)

    @model_validator(mode="after")
    def _labelled(self) -> InputRow:
        if not self.components[0].label:
            raise ValueError("a text input in a row needs a label")
        return self


class Label(_Part):
    type: Literal[18]
    label: str = Field(min_length=1, max_length=45)
    description: str | None = Field(None, max_length=100)
    component: Annotated[TextInput | StringSelect | EntitySelect, Field(discriminator="type")]

    @model_validator(mode="after")
    def _as_in_a_modal(self) -> Label:
        child = self.component
        if isinstance(child, TextInput):
            if child.label:
                raise ValueError("the label of a text input is that of the component around it")
        elif child.disabled:
            raise ValueError("nothing in a modal is disabled")
        elif child.required and child.min_values < 1:
            raise ValueError("a required menu has min_values of 1 or more")
        return self


class LegacyMessage(BaseModel):
    """Components of a message without the flag of version 2."""

    components: list[ActionRow] = Field(max_length=5)


class LayoutMessage(BaseModel):
    """Components of a message with the flag of version 2; they are its content."""

    components: list[Annotated[_Content | ContainerPart, Field(discriminator="type")]]


class Modal(BaseModel):
    """A form that the bot shows as its answer."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    custom_id: CustomId
    title: str = Field(min_length=1, max_length=45)
    components: list[Annotated[InputRow | Label | TextDisplay, Field(discriminator="type")]] = (
        Field(min_length=1, max_length=5)
    )

    @model_validator(mode="after")
    def _fields_differ(self) -> Modal:
        check_ids([part.model_dump(exclude_none=True) for part in self.components])
        return self


class _Whole(BaseModel):
    """The rules about all components together."""

    components: list[Json]

    @model_validator(mode="after")
    def _ids_and_size(self) -> _Whole:
        check_ids(self.components)
        parts = list(walk(self.components))
        if len(parts) > _MOST_COMPONENTS:
            raise ValueError(f"a message has at most {_MOST_COMPONENTS} components")
        if sum(len(part.get("content", "")) for part in parts) > _MOST_TEXT:
            raise ValueError(f"the texts have more than {_MOST_TEXT} characters")
        return self


def check_ids(components: Sequence[Json]) -> None:
    """Each custom_id and id is unique. Raises ValueError."""
    for key in ("custom_id", "id"):
        ids = [part[key] for part in walk(components) if part.get(key)]
        if len(set(ids)) != len(ids):
            raise ValueError(f"two components have the same {key}")


def walk(components: Sequence[Json]) -> Iterator[Json]:
    """Each component, also those inside others, in the order of the message."""
    for part in components:
        yield part
        yield from walk(part.get("components") or [])
        for key in ("component", "accessory"):
            if part.get(key):
                yield from walk([part[key]])


def accept(components: list[Json], *, layout: bool) -> list[Json]:
    """The components of a message as Discord keeps them: each with an id.

    ``layout`` says whether the message has the flag of version 2.

    Raises:
        pydantic.ValidationError: Discord refuses them.
    """
    body = {"components": components}
    (LayoutMessage if layout else LegacyMessage).model_validate(body)
    _Whole.model_validate(body)
    return numbered(components)


def numbered(components: list[Json]) -> list[Json]:
    """A copy in which each component without an id, or with 0, has the next free one."""
    copies = [_copy(part) for part in components]
    taken = {part["id"] for part in walk(copies) if part.get("id")}
    free = (number for number in range(1, 1 << 31) if number not in taken)
    for part in walk(copies):
        if not part.get("id"):
            part["id"] = next(free)
    return copies


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value
