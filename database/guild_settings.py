"""What a server on Discord may choose, and what holds until it does.

`GuildPolicy` has the settings whose defaults stand in ``config.yaml`` under ``guilds``.
`GuildSettings` adds those whose defaults belong to another section there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from pipeline.settings import Level, SttSettings, TurnSettings


class MayChange(StrEnum):
    """Who may change a setting of a guild."""

    IN_CALL = "in_call"
    """Members in the running call, and everybody who may move it."""
    MANAGER = "manager"
    """Members with the permission Manage Server."""


IN_CALL = MayChange.IN_CALL
MANAGER = MayChange.MANAGER

Mark: TypeAlias = Literal["none", "nickname", "status"]
Scope: TypeAlias = Literal["user", "user_everywhere", "channel", "guild"]
Eager: TypeAlias = Literal["off", "careful", "on"]
Supervision: TypeAlias = Literal["autonomous", "supervised"]
Locale: TypeAlias = Literal["auto", "en", "de", "fr", "es", "ja", "pt"]

MOST_IDS = 50
MOST_VOICES = 25

Snowflake: TypeAlias = Annotated[
    int, Field(ge=1, le=2**63 - 1), WithJsonSchema({"type": "integer", "minimum": 1})
]
"""An id of Discord."""
Ids: TypeAlias = Annotated[tuple[Snowflake, ...], Field(max_length=MOST_IDS)]
LanguageCode: TypeAlias = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", examples=["en", "de"])]
AgentId: TypeAlias = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["jarvis", "sage"])
]
"""As the Gateway spells it."""
VoiceId: TypeAlias = Annotated[str, Field(min_length=1, max_length=100)]


def _each_once(ids: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ids))


UniqueIds: TypeAlias = Annotated[Ids, AfterValidator(_each_once)]


class GuildPolicy(BaseModel):
    """What a server has until it chooses otherwise with /settings."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    volume_db: Annotated[float, Field(ge=-24, le=8), IN_CALL] = 0.0
    """Loudness of the agents' speech; 0 is the speech server's."""
    voices: Annotated[dict[AgentId, VoiceId], Field(max_length=MOST_VOICES), MANAGER] = {}
    """Other voices of the agents, by the agent's id. An agent without one keeps that of the
    operator's settings."""
    notice_spoken: Annotated[bool, MANAGER] = True
    """Say aloud on joining that the bot listens, beside the message in the channel's chat."""
    require_opt_in: Annotated[bool, MANAGER] = False
    """Hear only members who have agreed; the others are dropped before any model gets their
    audio."""
    context_of_others: Annotated[bool, MANAGER] = False
    """Send the agent what other members said before, as context of a question."""
    leave_when_idle_s: Annotated[float, Field(ge=0, le=86_400), MANAGER] = 0.0
    """Leave a call in which nothing was said to the agent for this long; 0 stays."""
    auto_join_channels: Annotated[UniqueIds, MANAGER] = ()
    """Voice channels that the bot joins by itself."""
    auto_join_members: Annotated[int, Field(ge=1, le=99), MANAGER] = 1
    """How many members must be in such a channel before the bot joins it."""
    allowed_channels: Annotated[UniqueIds, MANAGER] = ()
    """The only voice channels that the bot joins. Empty allows all."""
    allowed_roles: Annotated[UniqueIds, MANAGER] = ()
    """Roles whose members the bot hears. With allowed_users too, either is enough; both empty
    allow all members."""
    allowed_users: Annotated[UniqueIds, MANAGER] = ()
    """Members that the bot hears, beside those of allowed_roles."""
    move_roles: Annotated[UniqueIds, MANAGER] = ()
    """Roles that may move or end a call from outside, beside Move Members and Manage Server."""
    move_users: Annotated[UniqueIds, MANAGER] = ()
    """Members that may move or end a call from outside."""
    mark_while_listening: Annotated[Mark, MANAGER] = "none"
    """A mark while the bot listens: in its nickname, or in the status of the voice channel."""
    transcripts: Annotated[bool, MANAGER] = False
    """Keep what is said in a call, with names and times, and post it in a thread."""
    transcript_retention_days: Annotated[int, Field(ge=1, le=365), MANAGER] = 30
    """How long a transcript is kept; then it is deleted."""
    transcripts_in_memory: Annotated[bool, MANAGER] = False
    """Also keep transcripts in the memory of the operator's agents, who can tell of them in every
    conversation. It works where the operator allows it (`fleet.memory`)."""
    supervision: Annotated[Supervision, MANAGER] = "autonomous"
    """Whether what agents ask of the bot in this server is done at once, or in a `supervised` room
    only when a person there allows it, by voice or by a button."""
    transcribed_bots: Annotated[UniqueIds, MANAGER] = ()
    """Other bots that the bot hears. Empty hears none."""
    locale: Annotated[Locale, MANAGER] = "auto"
    """Language of the bot's public messages; auto is the server's own."""


class GuildSettings(GuildPolicy):
    """All settings of one guild."""

    agent: Annotated[AgentId, IN_CALL] = "jarvis"
    """The agent that answers in the next calls; default `openclaw.agent_id`."""
    sensitivity: Annotated[Level, IN_CALL] = "medium"
    """How readily the agent answers: low to its name, medium also to questions and requests while
    people talk with it, high to any question. Default `pipeline.relevance.level`."""
    session_scope: Annotated[Scope, MANAGER] = "user"
    """Who shares a conversation with the agent: each person alone in this server, each person with
    their words in all servers, the text channel, or the whole server. Default
    `openclaw.session_scope`."""
    languages: Annotated[tuple[LanguageCode, ...], Field(max_length=20), MANAGER] = ()
    """Codes of the languages that are spoken, the usual one first. Empty detects all. Default
    `pipeline.stt.language`, or else `pipeline.stt.languages`."""
    eager: Annotated[Eager, MANAGER] = "careful"
    """Whether the agent is asked before it is certain that a turn is over; `pipeline.turn.eager`
    has the meaning and the default."""
    leave_when_alone_s: Annotated[float, Field(ge=0, le=86_400), MANAGER] = 120.0
    """How long to stay in a call that everybody else has left; default
    `discord.leave_when_alone_s`."""


def guild_defaults(
    policy: GuildPolicy,
    *,
    agent: str,
    sensitivity: Level,
    session_scope: Scope,
    stt: SttSettings,
    turn: TurnSettings,
    leave_when_alone_s: float,
) -> GuildSettings:
    """The settings of a guild that chose nothing, from the operator's."""
    languages = stt.languages if stt.language is None else (stt.language,)
    return GuildSettings(
        **policy.model_dump(),
        agent=agent,
        sensitivity=sensitivity,
        session_scope=session_scope,
        languages=languages,
        eager=turn.eager,
        leave_when_alone_s=leave_when_alone_s,
    )


LOCALES: tuple[str, ...] = get_args(Locale)
