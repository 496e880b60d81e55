"""How each part of the bot is, and what to do about it: for the status page and for probes.

Every question is answered at once, from what the parts know of themselves.
"""

from __future__ import annotations

from typing import Final

from app.services import Services
from discord_bot.bot import VoiceBot
from openclaw_client import ConnectionState, ConnectionStatus
from pipeline.inference.speech_models import SpeechModels
from server.synthesis.chain import SpeechChain
from web.status import PartHealth

DISCORD: Final = "Discord"
GATEWAY: Final = "OpenClaw Gateway"
SPEECH: Final = "speech"
HEARING: Final = "speech to text"
CALLS: Final = "calls"
_SHOWN: Final = 5
"""Shards or calls that are named."""
IDLE: Final = 0.05
BUSY: Final = 0.9
"""Load of speech to text from which turns wait for each other."""


def parts_of(shared: Services, bot: VoiceBot | None, *, discord: bool = True) -> list[PartHealth]:
    """All parts; ``bot`` is None before the first login, ``discord`` False where there is none."""
    parts = [_discord(bot)] if discord else []
    return [
        *parts,
        _gateway(shared.gateway.status),
        _speech(shared.synthesizer),
        _hearing(shared.models),
        *([] if bot is None else [_calls(bot)]),
    ]


def _discord(bot: VoiceBot | None) -> PartHealth:
    if bot is None or not bot.is_ready():
        return PartHealth(
            DISCORD,
            "broken",
            "the bot is not logged in yet",
            "if this lasts, see the log: it names what Discord answers; https://discordstatus.com",
        )
    closed = [number for number, shard in bot.shards.items() if shard.is_closed()]
    if closed:
        shown = ", ".join(map(str, closed[:_SHOWN]))
        return PartHealth(
            DISCORD,
            "broken" if len(closed) == len(bot.shards) else "impaired",
            f"{len(closed)} of {len(bot.shards)} shards are disconnected ({shown})",
            "the bot connects again by itself; https://discordstatus.com",
        )
    away = _unavailable(bot)
    if away:
        return PartHealth(
            DISCORD,
            "impaired",
            f"{away} of {len(bot.guilds)} servers are unavailable at Discord",
            "https://discordstatus.com; the bot returns by itself",
        )
    return PartHealth(DISCORD, "well", f"logged in, {_counted(len(bot.guilds), 'server')}")


def _unavailable(bot: VoiceBot) -> int:
    return sum(guild.unavailable for guild in bot.guilds)


def _gateway(status: ConnectionStatus) -> PartHealth:
    if status.state is ConnectionState.UP:
        version = f", OpenClaw {status.server_version}" if status.server_version else ""
        return PartHealth(GATEWAY, "well", f"connected to {status.url}{version}")
    if status.state is ConnectionState.DRAINING:
        return PartHealth(
            GATEWAY, "impaired", f"{status.url} shuts down", "the bot connects again by itself"
        )
    problem = status.problem or f"connecting to {status.url}"
    tries = "no further attempt is made before a restart, or /join" if status.stopped else ""
    advice = tries or "the bot keeps trying; `python run.py doctor` tests it step by step"
    return PartHealth(GATEWAY, "broken", problem, advice)


def _speech(chain: SpeechChain) -> PartHealth:
    now = chain.in_use()
    speaks = "the embedded voice" if now.embedded else now.address
    if not now.reason:
        return PartHealth(SPEECH, "well", speaks if now.embedded else f"{speaks} speaks")
    return PartHealth(
        SPEECH,
        "impaired" if speaks else "broken",
        f"{chain.addresses[0]}: {now.reason}; "
        + (f"{speaks} speaks in its place" if speaks else "answers are only written"),
        "see the speech server's own log, and tts in the settings; the bot tries it again itself",
    )


def _hearing(models: SpeechModels) -> PartHealth:
    load, now = models.words_load, models.hearing
    used = "idle" if load < IDLE else f"busy about {round(load, 1):.0%} of the time"
    if now.reason:
        return PartHealth(
            HEARING,
            "impaired" if now.model else "broken",
            f"{now.reason}; "
            + (f"{now.model} transcribes, {used}" if now.model else "nothing is understood"),
            "see that server's own log, and pipeline.stt in the settings; the bot tries it again "
            "itself",
        )
    if load >= BUSY:
        return PartHealth(
            HEARING,
            "impaired",
            f"{now.model}: busy nearly all of the time: turns wait for each other",
            "use a smaller model (pipeline.stt.model_size) or a GPU, or serve fewer rooms",
        )
    return PartHealth(HEARING, "well", f"{now.model}: {used}")


def _calls(bot: VoiceBot) -> PartHealth:
    problems = [
        f"server {guild_id}: {problem}"
        for guild_id, session in bot.sessions.items()
        if (problem := session.problem()) is not None
    ]
    if problems:
        more = f" (and {len(problems) - _SHOWN} more)" if len(problems) > _SHOWN else ""
        return PartHealth(
            CALLS,
            "impaired",
            "; ".join(problems[:_SHOWN]) + more,
            "/status in that server says what its members can do",
            needed=False,
        )
    return PartHealth(CALLS, "well", _counted(len(bot.sessions), "call"), needed=False)


def discord_works(bot: VoiceBot) -> bool:
    """Whether the bot is logged in, and a shard of it is connected."""
    return _discord(bot).condition in ("well", "impaired")


def gateway_works(shared: Services) -> bool:
    """Whether the Gateway is connected, also while it announces its shutdown."""
    return _gateway(shared.gateway.status).condition != "broken"


def speech_works(shared: Services) -> bool:
    """Whether every agent speaks with its own voice."""
    return _speech(shared.synthesizer).condition == "well"


def hearing_works(shared: Services) -> bool:
    """Whether speech to text is that of the settings."""
    return not shared.models.hearing.reason


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
