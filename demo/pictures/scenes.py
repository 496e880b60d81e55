"""The scenes of the pictures: who runs what, when, and in which language. A new one is one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final


class Moment(IntEnum):
    """When a scene is played, in this order."""

    ALONE = 0
    """The members are in the voice channel, the bot is not."""
    TALKED = 1
    """The bot is in the call, and the members have talked."""
    MUTED = 2
    """A moderator has muted the bot, and it was asked again."""
    AFTERWARDS = 3
    """The bot is no longer muted; for what changes the server or a member's choice."""


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
    manages: bool = False
    """The member manages the server."""


JOIN: Final = Scene("join", "A member calls the bot in", Moment.ALONE, "Alice", "join")

SCENES: Final = (
    JOIN,
    Scene("status", "/status in a call", Moment.TALKED, "Alice", "status"),
    Scene("status-de", "/status, in German", Moment.TALKED, "Bob", "status", locale="de"),
    Scene(
        "status-manager",
        "/status, for a member who manages the server",
        Moment.TALKED,
        "Alice",
        "status",
        manages=True,
    ),
    Scene("why", "/why, after three turns", Moment.TALKED, "Bob", "why"),
    Scene(
        "why-all",
        "/why about all in the call, in Japanese",
        Moment.TALKED,
        "Alice",
        "why",
        {"everybody": True},
        locale="ja",
    ),
    Scene("privacy", "/privacy", Moment.TALKED, "Bob", "privacy"),
    Scene("settings", "/settings view", Moment.TALKED, "Alice", "settings view"),
    Scene(
        "setting",
        "/settings view of one setting, with its menu, in French",
        Moment.TALKED,
        "Alice",
        "settings view",
        {"setting": "sensitivity"},
        locale="fr",
    ),
    Scene("voice", "/voice, with its sample", Moment.TALKED, "Bob", "voice", light=True),
    Scene("help", "/help, in Spanish", Moment.TALKED, "Bob", "help", locale="es-ES"),
    Scene("status-muted", "/status while muted", Moment.MUTED, "Alice", "status"),
    Scene("why-muted", "/why while muted", Moment.MUTED, "Bob", "why", light=True),
    Scene("ignore", "/ignore", Moment.AFTERWARDS, "Bob", "ignore"),
    Scene(
        "transcript",
        "/transcript on, and what the call reads",
        Moment.AFTERWARDS,
        "Alice",
        "transcript on",
        manages=True,
    ),
)
