"""The Discord client: logs in, offers the commands, keeps one voice session a guild."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.agent_catalogue import AgentCatalogue
from discord_bot.backoff import shorten_pauses
from discord_bot.call.own_moves import own_moves
from discord_bot.call.presence import VoiceChannel, clear_presence, shown_in
from discord_bot.call.returning import Returning
from discord_bot.call.running_calls import RunningCall, RunningCalls
from discord_bot.errors import DISCORD_FAILED, VoiceSessionError
from discord_bot.guild_choices import GuildChoices
from discord_bot.messages.answers import answer
from discord_bot.proxy import way_out
from discord_bot.settings import DiscordSettings
from discord_bot.voice_session import RoomFactory, TextChannel, VoiceSession
from pipeline.events import AgentSwitched, Observer, RoomEvent
from pipeline.ports import Persona
from pipeline.settings import Level

log = logging.getLogger(__name__)

COMMANDS: Final = ("join", "leave", "agent", "sensitivity", "why")
"""The modules of discord_bot/commands/ that are loaded."""


class VoiceBot(commands.Bot):
    """Everything of ours that lives in Discord.

    ``connector`` is how tests and the demo put a simulated Discord in the real one's place;
    nothing else differs.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        make_room: RoomFactory,
        agents: AgentCatalogue,
        choices: GuildChoices,
        *,
        calls: RunningCalls | None = None,
        connector: aiohttp.BaseConnector | None = None,
        observer: Observer | None = None,
        on_guild_gone: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        shorten_pauses()
        super().__init__(
            # Nobody types commands at us: this needs no privileged intent and matches a mention.
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True, voice_states=True),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=settings.guild_ready_timeout_s,
            **way_out(connector),
        )
        self.settings = settings
        self.agents = agents
        self.sessions: dict[int, VoiceSession] = {}
        self.observers: list[Observer] = [observer] if observer is not None else []
        self._make_room = make_room
        self._choices = choices
        self._on_guild_gone = on_guild_gone
        self._calls = calls if calls is not None else RunningCalls()
        self._returning = Returning(self, self._calls, self.sessions, self.join)
        self._moves = own_moves(self)
        self._closing = False
        self.tree.error(self._command_failed)

    async def setup_hook(self) -> None:
        for name in COMMANDS:
            await self.load_extension(f"discord_bot.commands.{name}")
        for guild_id in self.settings.development_guild_ids:
            guild = discord.Object(guild_id)
            self.tree.copy_global_to(guild=guild)
            await self._offer_commands(guild)
        if not self.settings.development_guild_ids:
            await self._offer_commands()

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        """Log in, and run until `close`; being cancelled closes it.

        discord.py leaves a call only when Discord has confirmed it, over the gateway that this
        reads: so it reads on until every call is left.

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
        """Leave every call, then log out. The calls that run go on when the bot comes back."""
        self._closing = True
        await self._returning.aclose()
        sessions = list(self.sessions.values())
        endings = await asyncio.gather(
            *(session.leave() for session in sessions), return_exceptions=True
        )
        for session, error in zip(sessions, endings, strict=True):
            if error is not None:
                log.error("a call in guild %s did not end well", session.guild.id, exc_info=error)
        await super().close()

    # -- what Discord says ------------------------------------------------------------------

    async def on_ready(self) -> None:
        log.info("logged in as %s, in %d guilds", self.user, len(self.guilds))
        # A new session begins with every guild that we are in, and names none that we were put out
        # of meanwhile.
        for guild_id in {*self.sessions, *self._calls.guilds()}:
            if self.get_guild(guild_id) is None:
                await self._out_of(guild_id)

    async def on_connect(self) -> None:
        self._moves.renewed()

    async def on_disconnect(self) -> None:
        self._moves.hold()

    async def on_resumed(self) -> None:
        self._moves.resumed(self.loop.time())
        for guild in self.guilds:
            self._look(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self._look(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._look(guild)

    def _look(self, guild: discord.Guild) -> None:
        if not self._closing:
            self._returning.look(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """We were put out of a server, or it is no more."""
        await self._out_of(guild.id)

    async def _out_of(self, guild_id: int) -> None:
        log.info("no longer in guild %s", guild_id)
        session = self.sessions.get(guild_id)
        if session is not None:
            await session.leave()
        self._calls.ended(guild_id)
        self._choices.forget(guild_id)
        if self._on_guild_gone is not None:
            await self._on_guild_gone(guild_id)

    async def on_voice_state_update(
        self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        guild_id = member.guild.id
        was, now_in = before.channel, after.channel
        session = self.sessions.get(guild_id)
        if self.user is not None and member.id == self.user.id:
            ours = self._moves.answered(guild_id, _id(was), _id(now_in), self.loop.time())
            if session is not None and not ours:
                session.moved(was, now_in)
        elif session is not None:
            session.person_moved(member, was, now_in)

    # -- what people and agents ask for -----------------------------------------------------

    async def join(self, channel: VoiceChannel, text: TextChannel) -> VoiceSession:
        """Be in a voice channel, and answer to its people; moves there from another.

        Raises:
            VoiceSessionError: with a sentence for whoever asked.
        """
        session = self.sessions.get(channel.guild.id)
        if session is not None and session.over:
            await session.leave()
            session = self.sessions.get(channel.guild.id)
        if session is None:
            session = VoiceSession(
                self,
                self.settings,
                self._make_room,
                channel.guild,
                text,
                self._placed,
                self._ended,
                partial(self._observe, channel.guild.id),
            )
            self.sessions[channel.guild.id] = session
        session.text = text
        await session.join(channel)
        return session

    def in_call(self, guild: discord.Guild) -> bool:
        """Whether there is a call to leave: one that runs, is shown, or will be rejoined."""
        if guild.id in self.sessions or self._calls.of(guild.id) is not None:
            return True
        return shown_in(self, guild) is not None

    async def leave(self, guild: discord.Guild) -> bool:
        """Be in no call of the guild, and come back to none; False if there was none."""
        if not self.in_call(guild):
            return False
        self._calls.ended(guild.id)
        session = self.sessions.get(guild.id)
        if session is not None:
            await session.leave()
        else:
            await clear_presence(self, guild)
        return True

    def text_channel_id(self, guild_id: int) -> int | None:
        """The text channel that a guild's call was begun from; None while there is none."""
        session = self.sessions.get(guild_id)
        return getattr(session.text, "id", None) if session is not None else None

    def choose_agent(self, guild_id: int, persona: Persona) -> None:
        """Have another agent answer in a guild."""
        self._choices.choose(guild_id, agent=persona.agent)
        if (session := self.sessions.get(guild_id)) is not None:
            session.room.use_agent(persona)

    def choose_level(self, guild_id: int, level: Level) -> None:
        """Have the agent answer more or less readily in a guild."""
        self._choices.choose(guild_id, level=level)
        if (session := self.sessions.get(guild_id)) is not None:
            session.room.sensitivity = level

    async def _offer_commands(self, guild: discord.Object | None = None) -> None:
        """Register the commands, in one guild or everywhere; those of the last time stay valid."""
        try:
            await self.tree.sync(guild=guild)
        except discord.HTTPException as error:
            where = "" if guild is None else f" in guild {guild.id} (is the bot a member of it?)"
            log.error("Discord did not take the slash commands%s: %s", where, error)

    def _placed(self, session: VoiceSession) -> None:
        if session.channel is not None:
            text_id = getattr(session.text, "id", None)
            call = RunningCall(channel_id=session.channel.id, text_channel_id=text_id)
            self._calls.runs(session.guild.id, call)

    def _ended(self, session: VoiceSession) -> None:
        if session.begun and not self._closing:
            self._calls.ended(session.guild.id)
        if self.sessions.get(session.guild.id) is session:
            del self.sessions[session.guild.id]

    def _observe(self, guild_id: int, event: RoomEvent) -> None:
        if isinstance(event, AgentSwitched):
            self._choices.choose(guild_id, agent=event.agent)
        for observer in self.observers:
            observer(event)

    async def _command_failed(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(cause, VoiceSessionError):
            text = str(cause)
        elif isinstance(cause, app_commands.CheckFailure):
            text = str(cause) or "You may not do that here."
        else:
            log.error("a command failed", exc_info=cause)
            text = "Sorry, something went wrong on my side. My operator's log has the details."
        try:
            await answer(interaction, text, ephemeral=True)
        except (
            *DISCORD_FAILED,
            RuntimeError,
        ) as unheard:  # RuntimeError: the bot has just been closed
            log.warning("the one who ran a command could not be answered: %s", unheard)


def _id(channel: discord.abc.Snowflake | None) -> int | None:
    return None if channel is None else channel.id
