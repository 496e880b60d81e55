"""The Discord client: logs in, offers the commands, keeps one voice session a guild."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

import aiohttp
import discord
from discord.ext import commands

from database.errors import ChangeNotKept
from database.guild_settings import GuildSettings
from database.setting_store import SettingsChanged
from database.store import GuildStore
from database.writer import Kept
from discord_bot.absent_guilds import AbsentGuilds
from discord_bot.agent_tools import AgentTools
from discord_bot.call import notices
from discord_bot.call.call_transcripts import CallTranscripts
from discord_bot.call.coming_and_going import ComingAndGoing
from discord_bot.call.control import CallControl
from discord_bot.call.mark import ListeningMarks
from discord_bot.call.rejoin import Rejoiner
from discord_bot.call.room_chat import TextChannel
from discord_bot.call.voice_state_requests import voice_state_requests
from discord_bot.client_options import client_options, shorten_backoff
from discord_bot.commands.registration import register_commands
from discord_bot.consent.hearing import Hearing
from discord_bot.consent.kept import NO_CONVERSATIONS, Conversations
from discord_bot.guild_state import GuildState
from discord_bot.hooks import HookedBot
from discord_bot.languages import LanguageOf, PublicLanguages
from discord_bot.rights import RightsOf, may_control, no_choice
from discord_bot.room_choices import chosen_language, room_choices
from discord_bot.settings import DiscordSettings
from discord_bot.shards import shard_of
from discord_bot.shared_memory import SharedMemory
from discord_bot.voice_session import RoomFactory, SessionHooks, VoiceSession
from pipeline.events import AgentSwitched, Observer, RoomEvent
from pipeline.ports import Persona
from pipeline.room_controls import RoomChoices
from pipeline.settings import Level
from state import StateError
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_MARKS_S: Final = 2.0
"""How long a shutdown waits until the marks of the calls are removed."""


ConversationsOf: TypeAlias = Callable[[int, int], Conversations]
"""The Gateway's keys for the conversations of a member with a guild's agents, by the ids of the
guild and the member."""


def no_conversation(_: int, __: int) -> Conversations:
    """The conversations where there is no Gateway."""
    return NO_CONVERSATIONS


class AgentCatalogue(Protocol):
    """The agents that a guild can choose from, and whether they can be reached."""

    async def choices(self) -> Sequence[Persona]:
        """The agents that can answer now. Returns within about a second, reachable or not."""
        ...

    async def reach(self) -> bool:
        """Whether the agents can be reached; if not, starts a retry. Takes a second or two."""
        ...

    def answered_by(self, agent: str) -> str:
        """The id of the agent that answers in place of ``agent``: itself, or the stand-in for one
        that the Gateway does not have."""
        ...

    def known(self) -> Sequence[Persona]:
        """The agents that are known without a request."""
        ...

    def persona(self, agent: str) -> Persona:
        """The name and voice of the agent with that id, whether or not it can answer."""
        ...


class VoiceBot(HookedBot):
    """The bot on Discord. ``connector`` leads it to a simulated Discord instead of the real one."""

    def __init__(
        self,
        settings: DiscordSettings,
        make_room: RoomFactory,
        agents: AgentCatalogue,
        state: GuildState,
        *,
        connector: aiohttp.BaseConnector | None = None,
        observer: Observer | None = None,
        on_guild_removed: Callable[[int], Awaitable[None]] | None = None,
        rights: RightsOf = no_choice,
        language_of: LanguageOf | None = None,
        conversations: ConversationsOf = no_conversation,
        tools: AgentTools | None = None,
        memory: SharedMemory | None = None,
    ) -> None:
        shorten_backoff()
        super().__init__(observer, **_options(settings), **client_options(connector))
        self.settings = settings
        self.agents = agents
        self.rights = rights
        """What each guild chose about who may call and move the bot, and who is heard."""
        self.memory = memory
        """The memory that the operator's agents share; None if there is none."""
        self.hearing = Hearing(state.store, lambda guild_id: self.rights(guild_id), memory)
        """Whom the bot may hear, and what the members chose."""
        self.conversations = conversations
        """Where the Gateway keeps what a member said to the agents of a guild."""
        self.languages = PublicLanguages(
            language_of or (lambda guild: chosen_language(self.store.settings.of(guild)))
        )
        """The language of public messages."""
        self.calls = CallControl(self, state.calls, self._new_session)
        self._make_room = make_room
        self.tools = tools
        """Asks agents and synthesises samples; None in tests of the calls alone."""
        self._state = state
        self._end_of_changes = state.store.settings.on_change(self._settings_changed)
        self._on_guild_removed = on_guild_removed
        self.coming = ComingAndGoing(
            self, self.calls, state.store, lambda guild_id: self.rights(guild_id)
        )
        """Joins by rule, follows members, and leaves idle calls."""
        self.transcripts = CallTranscripts(self.store, self.languages.of, memory)
        self._rejoiner = Rejoiner(self, state.calls, self.calls)
        self._requests = voice_state_requests(self)
        self._marks = ListeningMarks(
            lambda guild_id: self.hearing.settings(guild_id).mark_while_listening,
            self.languages.of,
        )
        self._tasks = OwnedTasks(log)
        self._gone: set[int] = set()
        """Guilds that the bot was removed from during an outage."""
        self._absent = AbsentGuilds(
            state.store.absences,
            is_listed=lambda guild_id: self.get_guild(guild_id) is not None,
            shard_of=self._shard_of,
            forget=self._guild_removed,
        )
        self._closing = False

    @property
    def store(self) -> GuildStore:
        """What the bot keeps of guilds and members."""
        return self._state.store

    @property
    def sessions(self) -> dict[int, VoiceSession]:
        """The calls, by guild id."""
        return self.calls.sessions

    async def setup_hook(self) -> None:
        first = not self.shard_ids or 0 in self.shard_ids
        await register_commands(self, self.settings.development_guild_ids, send=first)
        self.coming.start()
        self._absent.start()

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        """Log in, and run until `close`; a cancellation closes it.

        discord.py leaves a call only when Discord has confirmed it over the gateway that this task
        reads. So the task keeps reading until every call is left.

        Raises:
            discord.LoginFailure, OSError, discord.HTTPException: as discord.py's.
        """
        running = asyncio.create_task(super().start(token, reconnect=reconnect), name="discord")
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            await self.close()
            raise
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def close(self) -> None:
        """Leave every call, then log out. The bot rejoins the running calls at its next start."""
        self._closing = True
        self._end_of_changes()
        await self._absent.aclose()
        await self._rejoiner.aclose()
        await self.coming.aclose()
        await self.calls.close()
        await self.transcripts.aclose()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_MARKS_S):
                await self._tasks.wait()
        await self._tasks.aclose()
        await super().close()

    # -- events of Discord ------------------------------------------------------------------

    async def on_ready(self) -> None:
        log.info("logged in as %s, in %d guilds", self.user, len(self.guilds))

    def session_began(self, shard_id: int, gone: Sequence[int]) -> None:
        self._requests.session_started(shard_id)
        self._absent.shard_away(shard_id)
        self._gone |= set(gone)

    async def on_shard_ready(self, shard_id: int) -> None:
        # A new session lists every guild of its shard. It does not report those that the bot was
        # removed from meanwhile. What an earlier run knew is forgotten later, by `AbsentGuilds`.
        self._absent.shard_ready(shard_id)
        for guild_id in {*self._gone, *self.sessions, *self._state.calls.guilds()}:
            if self._shard_of(guild_id) != shard_id or self.get_guild(guild_id) is not None:
                continue
            if guild_id in self._gone or guild_id in self.sessions:
                self._gone.discard(guild_id)
                await self._guild_removed(guild_id)
            else:
                # After a new invitation the bot does not join by itself.
                self._state.calls.remove(guild_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        self._absent.shard_away(shard_id)
        self._requests.connection_lost(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        self._requests.connection_resumed(self.loop.time(), shard_id)
        self._absent.shard_ready(shard_id)
        for guild in self.guilds:
            if guild.shard_id == shard_id:
                self._guild_available(guild)

    def _shard_of(self, guild_id: int) -> int:
        return shard_of(guild_id, self.shard_count)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self._guild_available(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._guild_available(guild)

    def _guild_available(self, guild: discord.Guild) -> None:
        if self._closing:
            return
        if guild.id not in self.sessions:
            running = self._state.calls.of(guild.id)
            left = None if running is None else running.channel_id
            self._tasks.spawn(self._marks.hide(guild, left), "remove the mark of an earlier run")
        self._rejoiner.guild_available(guild)
        self.coming.guild_available(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a guild, or the guild was deleted."""
        await self._guild_removed(guild.id)

    async def _guild_removed(self, guild_id: int) -> None:
        log.info("no longer in guild %s", guild_id)
        await self.calls.remove_guild(guild_id)
        self.coming.guild_removed(guild_id)
        self._state.forget(guild_id)
        self.languages.forget(guild_id)
        if self.memory is not None:
            try:
                await self.memory.forget_guild(guild_id)
            except StateError as error:
                log.error("guild %s: its lines stay in the agents' memory: %s", guild_id, error)
        if self._on_guild_removed is not None:
            await self._on_guild_removed(guild_id)

    async def on_voice_state_update(
        self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        guild_id = member.guild.id
        session = self.sessions.get(guild_id)
        if self.user is not None and member.id == self.user.id:
            old, new = _id(before.channel), _id(after.channel)
            requested = self._requests.match(guild_id, old, new, self.loop.time())
            if not requested:
                self.calls.bot_moved(member.guild, before.channel, after.channel)
            return
        if session is not None:
            session.member_moved(member, before.channel, after.channel)
        if before.channel != after.channel and not self._closing:
            self.coming.member_moved(member, before.channel, after.channel)

    # -- for commands and agents ------------------------------------------------------------

    def _new_session(self, guild: discord.Guild, text: TextChannel) -> VoiceSession:
        hooks = SessionHooks(
            on_joined=self._session_joined,
            on_left=self._session_left,
            on_over=self.calls.session_over,
            hearing=self.hearing,
            leave_when_alone_s=lambda guild_id: (
                self._state.store.settings.of(guild_id).leave_when_alone_s
            ),
            observer=partial(self._observe, guild.id),
        )
        session = VoiceSession(self, self.settings, self._make_room, guild, text, hooks)
        session.room.controls.use(self._choices(guild, self.store.settings.of(guild.id)))
        for listener in self.session_listeners:
            listener(session)
        return session

    def _choices(self, guild: discord.Guild, settings: GuildSettings) -> RoomChoices:
        return room_choices(settings, self.languages.spoken_in(guild))

    def may_control_call(self, member: discord.Member) -> bool:
        """Whether a member may change the running call of their server."""
        session = self.sessions.get(member.guild.id)
        channel = None if session is None else session.channel
        return channel is not None and may_control(member, channel, self.rights(member.guild.id))

    def text_channel_id(self, guild_id: int) -> int | None:
        """The text channel of a guild's call; None without a call."""
        session = self.sessions.get(guild_id)
        return getattr(session.text, "id", None) if session is not None else None

    def hearing_changed(self) -> None:
        """Apply what members chose about being heard in every running call, at once."""
        for session in self.sessions.values():
            session.hearing_changed()

    def choose_agent(
        self,
        guild_id: int,
        persona: Persona,
        *,
        by: int | None = None,
        answered_in: int | None = None,
    ) -> Kept:
        """Choose the agent that answers in a guild; ``by`` is the id of the member who does. The
        result is when it is on the disk.

        Those in the call are told if it cannot be saved, but for those in the channel with the id
        ``answered_in``, where the caller tells it.
        """
        kept = self._state.choices.choose_agent(guild_id, persona.agent, by=by)
        told = self._tell_unsaved(guild_id, persona, kept, answered_in)
        self._tasks.spawn(told, "tell that the agent could not be saved")
        session = self.sessions.get(guild_id)
        if session is not None and session.room.persona.agent != persona.agent:
            session.room.use_agent(persona)  # it cannot be kept, and holds in this call
        return kept

    async def _tell_unsaved(
        self, guild_id: int, persona: Persona, kept: Kept, answered_in: int | None
    ) -> None:
        try:
            await kept
        except ChangeNotKept:
            session = self.sessions.get(guild_id)
            if session is not None and session.joined:
                text = notices.agent_not_saved(persona.name)
                await session.tell(text, answered_in=answered_in)

    def choose_level(self, guild_id: int, level: Level, *, by: int | None = None) -> Kept:
        """Choose the sensitivity of the agent in a guild, as `choose_agent`."""
        return self._state.choices.choose_level(guild_id, level, by=by)

    def _settings_changed(self, change: SettingsChanged) -> None:
        """Apply a guild's changed settings to its call."""
        self.coming.look(change.guild_id)
        if (session := self.sessions.get(change.guild_id)) is None:
            return
        by_voice = change.new.agent == session.room.persona.agent  # and it has answered aloud
        if "agent" in change.names and not by_voice:
            session.room.use_agent(self.agents.persona(change.new.agent))
        if "sensitivity" in change.names:
            session.room.sensitivity = change.new.sensitivity
        if change.names & {"agent", "mark_while_listening"} and session.joined:
            self._mark(session)
        session.hearing_changed()
        before = self.agents.persona(change.old.agent).name
        session.consent.settings_changed(change, before, aloud=not by_voice)
        session.room.controls.use(self._choices(session.guild, change.new))
        if "transcribed_bots" in change.names:
            session.sync_people()
        if "transcripts" in change.names:
            self.transcripts.setting_changed(session)

    # -- hooks of the sessions --------------------------------------------------------------

    def _session_joined(self, session: VoiceSession) -> None:
        self.calls.session_joined(session)
        self.transcripts.session_joined(session)
        self._mark(session)

    def _session_left(self, session: VoiceSession, joined: bool) -> None:
        self.calls.session_left(session, joined)
        self.transcripts.session_left(session)
        if joined and self.get_guild(session.guild.id) is not None:
            self._tasks.spawn(self._marks.hide(session.guild), "tell by no mark of the end")

    def _mark(self, session: VoiceSession) -> None:
        if session.channel is not None:
            shown = self._marks.show(session.channel, session.room.persona.name, session.tell)
            self._tasks.spawn(shown, "tell by a mark that the bot listens")

    def _observe(self, guild_id: int, event: RoomEvent) -> None:
        if isinstance(event, AgentSwitched):
            self.choose_agent(guild_id, self.agents.persona(event.agent), by=event.speaker.id)
        self.coming.observe(guild_id, event)
        if (session := self.sessions.get(guild_id)) is not None:
            self.transcripts.observe(session, event)
        self.tell_observers(guild_id, event)


def _options(settings: DiscordSettings) -> dict[str, Any]:
    """What discord.py is to know and to hear, for `HookedBot`."""
    return {
        "shard_count": settings.shard_count,
        "shard_ids": settings.shard_ids,
        # Text commands are not used; a mention as prefix needs no privileged intent.
        "command_prefix": commands.when_mentioned,
        "help_command": None,
        "intents": discord.Intents(guilds=True, voice_states=True),
        "allowed_mentions": discord.AllowedMentions.none(),
        "guild_ready_timeout": settings.guild_ready_timeout_s,
    }


def _id(channel: discord.abc.Snowflake | None) -> int | None:
    return None if channel is None else channel.id
