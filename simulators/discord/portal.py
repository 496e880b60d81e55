"""What an application's owner has chosen for it in the developer portal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import discord

from simulators.discord.api_objects import Json
from simulators.discord.world import User


@dataclass(frozen=True, slots=True)
class Portal:
    """Switches of the pages Bot and General Information."""

    privileged_intents: discord.Intents = field(default_factory=discord.Intents.none)
    requires_code_grant: bool = False
    interactions_endpoint_url: str | None = None


NO_CHOICES: Final = Portal()


def application_payload(bot: User, portal: Portal) -> Json:
    """The application as ``GET /applications/@me`` has it."""
    owner = {"id": "1", "username": "owner", "discriminator": "0", "avatar": None}
    return {
        "id": str(bot.id),
        "name": bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "flags": _flags(portal.privileged_intents).value,
        "rpc_origins": [],
        "bot_public": False,
        "bot_require_code_grant": portal.requires_code_grant,
        "interactions_endpoint_url": portal.interactions_endpoint_url,
        "verify_key": "00" * 32,
        "team": None,
        "tags": [],
        "hook": True,
        "owner": owner | {"public_flags": 0},
    }


def _flags(intents: discord.Intents) -> discord.ApplicationFlags:
    """As of an application in few servers, which has what is on as "limited"."""
    return discord.ApplicationFlags(
        gateway_presence_limited=intents.presences,
        gateway_guild_members_limited=intents.members,
        gateway_message_content_limited=intents.message_content,
    )
