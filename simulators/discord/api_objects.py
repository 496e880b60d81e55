"""JSON objects of the API, their ids, and fields that the simulated world leaves as they are."""

from __future__ import annotations

import itertools
import time
from typing import Any, Final, TypeAlias

import discord

Json: TypeAlias = dict[str, Any]

LONG_AGO: Final = "2026-01-01T00:00:00+00:00"


def role_payload(role_id: int, name: str, permissions: discord.Permissions) -> Json:
    return {
        "id": str(role_id),
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": 0 if name == "@everyone" else 1,
        "permissions": str(permissions.value),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


BLANK_GUILD: Final[Json] = {
    "icon": None,
    "splash": None,
    "discovery_splash": None,
    "banner": None,
    "afk_channel_id": None,
    "afk_timeout": 300,
    "verification_level": 0,
    "default_message_notifications": 0,
    "explicit_content_filter": 0,
    "emojis": [],
    "stickers": [],
    "features": [],
    "mfa_level": 0,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "rules_channel_id": None,
    "vanity_url_code": None,
    "description": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "preferred_locale": "en-US",
    "public_updates_channel_id": None,
    "nsfw_level": 0,
    "premium_progress_bar_enabled": False,
    "joined_at": LONG_AGO,
    "large": False,
    "unavailable": False,
    "threads": [],
    "presences": [],
    "stage_instances": [],
    "guild_scheduled_events": [],
    "soundboard_sounds": [],
}


EPOCH_MS: Final = 1_420_070_400_000
"""The first millisecond of 2015 (Discord API reference, "Snowflakes")."""

_counter = itertools.count(1)


def snowflake() -> int:
    """A new id, unique in this process and dated now."""
    now_ms = int(time.time() * 1000) - EPOCH_MS
    return (now_ms << 22) | (next(_counter) & 0x3F_FFFF)
