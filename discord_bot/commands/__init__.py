"""The slash commands, one cog a file."""

from __future__ import annotations

from discord_bot.commands.agent import AgentCog
from discord_bot.commands.join import JoinCog
from discord_bot.commands.leave import LeaveCog
from discord_bot.commands.sensitivity import SensitivityCog

COGS = (JoinCog, LeaveCog, AgentCog, SensitivityCog)

__all__ = ["COGS", "AgentCog", "JoinCog", "LeaveCog", "SensitivityCog"]
