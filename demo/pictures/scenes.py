"""The scenes of the pictures: who runs what, when, and in which language. A new one is one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final


class Moment(IntEnum):
    """When in the evening a scene is played, in this order."""

    ALONE = 0
    """The members are in the voice channel, the bot is not."""
    TALKED = 1
    """The bot is in the call, and the members have talked."""
    MUTED = 2
    """A moderator has muted the bot, and it was asked again."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A command of a member, and the picture of what the member then sees."""

    name: str
    """The name of the picture's file."""
    title: str
    when: Moment
    who: str
    command: str
    options: Mapping[str, Any] = field(default_factory=dict)
    locale: str = "en-US"
    light: bool = False
    click: str = ""
    """The button of the answer to click on; the picture shows what follows."""


JOIN: Final = Scene("join", "A member calls the bot in", Moment.ALONE, "Alice", "join")

SCENES: Final = (
    Scene("no-call", "Status without a call", Moment.ALONE, "Alice", "status", light=True),
    JOIN,
    Scene("status", "Status in a call", Moment.TALKED, "Alice", "status"),
    Scene("status-de", "Status in German", Moment.TALKED, "Bob", "status", locale="de"),
    Scene("why", "What it heard of a member, and why", Moment.TALKED, "Bob", "why"),
    Scene(
        "why-all",
        "What it heard of all, in Japanese",
        Moment.TALKED,
        "Alice",
        "why",
        {"everybody": True},
        locale="ja",
    ),
    Scene("agent", "Another agent", Moment.TALKED, "Alice", "agent", {"name": "sage"}),
    Scene("status-muted", "Status of a muted bot", Moment.MUTED, "Alice", "status"),
    Scene("why-muted", "Why nothing was heard", Moment.MUTED, "Bob", "why", light=True),
)
