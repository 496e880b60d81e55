"""The health of the bot's parts, read from their own state; nothing waits and nothing is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.services import Services
from discord_bot.bot import VoiceBot
from monitoring.health import PartHealth
from openclaw_client import ConnectionState
from server.synthesis.failover import FailoverSynthesizer

MODELS: Final = "models"
DISCORD: Final = "discord"
GATEWAY: Final = "gateway"
SPEECH: Final = "speech"
CALLS: Final = "calls"

_CONNECTED: Final = (ConnectionState.UP, ConnectionState.DRAINING)


def starting() -> Sequence[PartHealth]:
    """The health before the services exist."""
    advice = "wait; the log says what is loading. A first start downloads weights"
    return (PartHealth(MODELS, "broken", "loading", advice),)


def bot_health(shared: Services, bot: VoiceBot | None) -> Sequence[PartHealth]:
    """The health of every part; without a bot, Discord is not connected yet."""
    parts = [
        PartHealth(MODELS, "well", "loaded"),
        _discord(bot),
        _gateway(shared),
    ]
    if bot is not None:
        parts += [_speech(shared, bot), _calls(bot)]
    return parts


def discord_works(bot: VoiceBot) -> bool:
    """Whether the bot is logged in and every shard of it is connected."""
    return bot.is_ready() and not any(shard.is_closed() for shard in bot.shards.values())


def gateway_works(shared: Services) -> bool:
    """Whether the Gateway is connected, also while it announces its shutdown."""
    return shared.gateway.status.state in _CONNECTED


def voice_replaced(shared: Services, bot: VoiceBot) -> str:
    """Why a fallback speaks for the agent of some room; empty if every voice speaks itself."""
    synthesizer = shared.synthesizer
    if not isinstance(synthesizer, FailoverSynthesizer):
        return ""
    reasons = (synthesizer.fallback_reason(each.voice) for each in bot.agents.known())
    return next((reason for reason in reasons if reason), "")


def _discord(bot: VoiceBot | None) -> PartHealth:
    if bot is not None and discord_works(bot):
        return PartHealth(DISCORD, "well", f"connected, {len(bot.guilds)} guilds")
    if bot is not None and bot.is_ready():
        closed = [str(number) for number, shard in bot.shards.items() if shard.is_closed()]
        return PartHealth(
            DISCORD,
            "broken",
            f"shard {', '.join(closed)} is disconnected; discord.py reconnects",
            "wait a minute; then check the network and https://discordstatus.com",
        )
    return PartHealth(
        DISCORD,
        "broken",
        "not logged in yet",
        "see the log: an unreachable Discord is retried; a refused token is named there",
    )


def _gateway(shared: Services) -> PartHealth:
    status = shared.gateway.status
    if gateway_works(shared):
        version = status.server_version or "unknown version"
        return PartHealth(GATEWAY, "well", f"connected to {status.url} ({version})")
    problem = status.problem or "no answer yet"
    advice = "run.py doctor checks the address, the token and the approval of the device"
    return PartHealth(GATEWAY, "broken", f"{status.state} {status.url}: {problem}", advice)


def _speech(shared: Services, bot: VoiceBot) -> PartHealth:
    if reason := voice_replaced(shared, bot):
        return PartHealth(
            SPEECH,
            "impaired",
            f"the embedded voice speaks: {reason}",
            "start the speech server, or correct TTS_URL; the bot keeps trying it",
            needed=False,
        )
    return PartHealth(SPEECH, "well", "speaks", needed=False)


def _calls(bot: VoiceBot) -> PartHealth:
    problems = [
        f"guild {guild_id}: {problem}"
        for guild_id, session in bot.sessions.items()
        if (problem := session.problem()) is not None
    ]
    if problems:
        return PartHealth(
            CALLS,
            "impaired",
            "; ".join(problems[:5]) + (f" and {len(problems) - 5} more" if problems[5:] else ""),
            "/status in that guild says what its members can do",
            needed=False,
        )
    return PartHealth(CALLS, "well", f"{len(bot.sessions)} calls", needed=False)
