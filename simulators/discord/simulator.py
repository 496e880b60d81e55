"""Discord on loopback: one object that owns the API, both gateways, media and members."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import discord
from aiohttp import web

from simulators.discord import rtp
from simulators.discord.accounts import Member, User
from simulators.discord.client_actions import Desk
from simulators.discord.commands import Choice
from simulators.discord.connector import loopback_connector
from simulators.discord.errors import UnknownPlace
from simulators.discord.faults import ServerFaults
from simulators.discord.gateway import HEARTBEAT_INTERVAL_MS, SimulatedDiscordGateway
from simulators.discord.intents import CHANGES_RIGHTS
from simulators.discord.interactions import (
    FIRST_RESPONSE_S,
    Interaction,
    Interactions,
)
from simulators.discord.locales import check_locale
from simulators.discord.messages import Message, MessageStore
from simulators.discord.payloads import VoiceStateUpdate
from simulators.discord.people import SimulatedPerson
from simulators.discord.rest import NO_CHOICES, PREFIX, PlaceRoutes, Portal, hang_up, rest_app
from simulators.discord.rest_commands import CommandRegistry, CommandRoutes
from simulators.discord.rest_interactions import InteractionRoutes
from simulators.discord.rest_messages import DirectMessageRoutes, MessageRoutes
from simulators.discord.rest_profile import OwnProfileRoutes
from simulators.discord.rest_threads import ThreadRoutes
from simulators.discord.sessions import Session
from simulators.discord.shared import Counters, SharedState
from simulators.discord.tls import authority
from simulators.discord.udp import MediaPort
from simulators.discord.uplink import SentPacket
from simulators.discord.voice import SimulatedVoice
from simulators.discord.voice_gateway import HEARTBEAT_INTERVAL_MS as VOICE_HEARTBEAT_MS
from simulators.discord.voice_gateway import VoiceGateway
from simulators.discord.world import (
    BOT_PERMISSIONS,
    EVERYONE,
    DirectChannel,
    SimulatedGuild,
    TextChannel,
    VoiceChannel,
    World,
)

_SHUTDOWN_S: Final = 2.0
_GOING_AWAY: Final = 1001


class DiscordSimulator:
    """A whole Discord with one bot application, as an async context manager.

    An unmodified discord.py is pointed at it by ``connector=sim.connector()`` alone. Guilds,
    channels and people may be added before and after the bot has logged in.

    ``dave`` is end-to-end encryption in voice channels (stages never have it). ``modes`` are the
    transport encryptions on offer. ``privileged_intents`` are those granted to the bot,
    ``portal`` the application's other settings.
    ``first_response_s`` is Discord's deadline for answering a command; a test may shorten it, and
    the heartbeat intervals too.
    """

    def __init__(
        self,
        *,
        dave: bool = True,
        modes: tuple[rtp.Mode, ...] = rtp.MODES,
        privileged_intents: discord.Intents | None = None,
        portal: Portal = NO_CHOICES,
        first_response_s: float = FIRST_RESPONSE_S,
        heartbeat_interval_ms: int = HEARTBEAT_INTERVAL_MS,
        voice_heartbeat_interval_ms: int = VOICE_HEARTBEAT_MS,
    ) -> None:
        self.token = f"simulated.{secrets.token_urlsafe(24)}"
        if privileged_intents is not None:
            portal = replace(portal, privileged_intents=privileged_intents)
        self._portal = portal
        self._shared = shared = SharedState()
        self._gateway = SimulatedDiscordGateway(
            self.token,
            shared,
            heartbeat_interval_ms=heartbeat_interval_ms,
            privileged_intents=self._portal.privileged_intents.value,
        )
        emit = self._tell
        self._world = World(emit, dave=dave)
        self._media = MediaPort(shared)
        self._voice = SimulatedVoice(self._world, emit, self._media, shared)
        self._voice_gateway = VoiceGateway(
            self._voice, shared, modes=modes, heartbeat_interval_ms=voice_heartbeat_interval_ms
        )
        self._gateway.world = self._world
        self._gateway.on_voice_state = self._voice_state_asked
        self._gateway.on_session_end = self._session_ended
        self._registry = CommandRegistry(self._world)
        self._messages = MessageStore(self._world.bot, emit)
        self._interactions = Interactions(
            self._messages, emit, shared, first_response_s=first_response_s
        )
        self._people: list[SimulatedPerson] = []
        self._runner: web.AppRunner | None = None
        self._port = 0

    # -- life ----------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self._media.open()
        app = web.Application()
        app.router.add_get("/", self._websocket)
        app.add_subapp(PREFIX, self._rest())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=authority().server_context())
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for person in self._people:
            if person.channel is not None:
                await person.leave()
        self._shared.timers.close()
        for connection in list(self._gateway.connections):
            connection.socket.close(_GOING_AWAY)
        for socket in list(self._voice_gateway.sockets):
            socket.close(_GOING_AWAY)
        if self._runner is not None:
            await self._runner.cleanup()
        self._media.close()

    def _rest(self) -> web.Application:
        app = rest_app(self.token, self._shared)
        places = PlaceRoutes(self._world, self._voice, self._portal)
        places.add_to(app)
        MessageRoutes(places, self._world, self._messages).add_to(app)
        DirectMessageRoutes(self._world).add_to(app)
        CommandRoutes(self._registry, self._world).add_to(app)
        InteractionRoutes(self._interactions, self._world).add_to(app)
        ThreadRoutes(places, self._messages).add_to(app)
        OwnProfileRoutes(places).add_to(app)
        return app

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        """Both gateways are at the root; the host name selects one."""
        host = request.host.partition(":")[0]
        faults = self._shared.faults
        if host.endswith(".discord.gg"):
            if faults.gateway_away:
                raise hang_up(request)
            return await self._gateway.serve(request)
        if host.endswith(".discord.media"):
            if faults.voice_gateway_away:
                raise hang_up(request)
            return await self._voice_gateway.serve(request)
        raise web.HTTPNotFound

    def _tell(self, event: str, data: dict[str, Any], guild_id: int) -> None:
        """Send a gateway event; what changes rights changes who may speak in a call, too."""
        self._gateway.emit(event, data, guild_id)
        if event in CHANGES_RIGHTS and guild_id in self._world.guilds:
            self._voice.check_speech(self._world.guilds[guild_id])

    def _session_ended(self, session: Session) -> None:
        self._voice.end_calls(session.id)

    def _voice_state_asked(self, session: Session, update: VoiceStateUpdate) -> None:
        if not session.sees(update.guild_id):
            error = UnknownPlace(f"guild {update.guild_id} is not on shard {session.shard}")
            self._shared.violations.add("gateway op 4", error)
            return
        self._voice.bot_asks(update, session.id)

    @property
    def port(self) -> int:
        """The port on loopback for all host names of Discord."""
        return self._port

    def connector(self) -> aiohttp.TCPConnector:
        """For ``discord.Client(connector=...)``; one per client, which closes it."""
        return loopback_connector(self._port, authority(), self._shared)

    # -- the world -----------------------------------------------------------------------------

    @property
    def bot(self) -> User:
        """The bot's account."""
        return self._world.bot

    def add_guild(
        self, name: str, bot_permissions: discord.Permissions = BOT_PERMISSIONS
    ) -> SimulatedGuild:
        """Add a guild with the bot as a member; add channels to the result."""
        guild = self._world.add_guild(name, bot_permissions)
        self._gateway.emit_guild(guild)
        return guild

    def add_person(
        self,
        guild: SimulatedGuild,
        name: str,
        *,
        bot: bool = False,
        permissions: discord.Permissions = EVERYONE,
        locale: str = "en-US",
    ) -> SimulatedPerson:
        """Add a member to a guild; with ``bot`` another bot. ``locale`` is the client's language.

        Raises CannotRun for a language that Discord does not have.
        """
        member = Member(User(name, bot=bot, locale=check_locale(locale)), permissions)
        guild.admit(member)
        desk = Desk(self._registry, self._interactions, self._messages)
        person = SimulatedPerson(guild, member, self._voice, self._shared, desk)
        self._people.append(person)
        return person

    # -- what happened -------------------------------------------------------------------------

    @property
    def violations(self) -> list[str]:
        """The bot's protocol violations: where, and what. Tests assert that there are none."""
        return self._shared.violations.texts

    @property
    def counters(self) -> Counters:
        return self._shared.counters

    @property
    def faults(self) -> ServerFaults:
        """Switches for faults on Discord's side."""
        return self._shared.faults

    def commands(self, guild: SimulatedGuild | None = None) -> list[dict[str, Any]]:
        """The commands the bot has registered, globally or in a guild, as Discord shows them."""
        return self._registry.payloads(guild.id if guild is not None else None)

    def direct_channel(self, person: SimulatedPerson) -> DirectChannel:
        """The direct channel to a member; ``shut`` it to reject messages.

        Raises UnknownPlace for a user who is in none of the guilds.
        """
        channel = self._world.direct_channel(person.id)
        if channel is None:
            raise UnknownPlace(f"{person.name} is in no guild")
        return channel

    def messages(self, channel: TextChannel | DirectChannel) -> list[Message]:
        """The bot's messages that all members of the channel see."""
        return self._messages.visible(channel)

    async def wait_for_message(
        self,
        channel: TextChannel | DirectChannel,
        matches: Callable[[Message], bool] = lambda message: True,
        timeout: float = 5.0,
    ) -> Message:
        """The first such message of the bot. Raises TimedOut."""
        return await self._messages.wait_for(channel, matches, timeout)

    def sent(self, channel: VoiceChannel) -> list[SentPacket]:
        """The bot's audio packets in a call, as the media server received them."""
        return list(self._voice.call(channel).trace)

    def dave_history(self, channel: VoiceChannel) -> list[str]:
        """The events of the call's MLS group, in words; empty without encryption."""
        group = self._voice.call(channel).group
        return list(group.history) if group is not None else []

    def bot_channel(self, guild: SimulatedGuild) -> VoiceChannel | None:
        """The bot's voice channel in the guild."""
        state = guild.voice_states.get(self._world.bot.id)
        return state.channel if state is not None else None

    async def wait_for_bot(self, timeout: float = 10.0) -> None:
        """Until the bot has identified at the gateway. Raises TimedOut."""
        await self._gateway.changes.until(
            lambda: any(s.outlet for s in self._gateway.sessions.values()),
            timeout,
            "the bot at the gateway",
        )

    async def wait_for_call(self, channel: VoiceChannel, timeout: float = 10.0) -> None:
        """Until the bot is in the call and, if encrypted, all members are in one group.

        Raises:
            TimedOut: the bot did not join, or the group did not form.
        """
        call = self._voice.call(channel)
        await call.changes.until(lambda: call.settled, timeout, f"the bot in #{channel.name}")

    async def wait_for_no_call(self, channel: VoiceChannel, timeout: float = 10.0) -> None:
        """Until the bot has no voice session in the channel. Raises TimedOut."""
        call = self._voice.call(channel)
        await call.changes.until(
            lambda: call.peer is None, timeout, f"the bot gone from #{channel.name}"
        )

    # -- commands ------------------------------------------------------------------------------

    async def run_command(
        self,
        person: SimulatedPerson,
        name: str,
        options: dict[str, Any] | None = None,
        *,
        channel: TextChannel | None = None,
    ) -> Interaction:
        """The member's `run`: a slash command. Raises CannotRun."""
        return await person.run(name, options, channel=channel)

    async def autocomplete(
        self,
        person: SimulatedPerson,
        name: str,
        options: dict[str, Any],
        focus: str,
        *,
        channel: TextChannel | None = None,
        timeout: float = 3.5,
    ) -> list[Choice]:
        """The member's `suggestions` for the option ``focus``. Raises CannotRun, TimedOut."""
        typed = options.get(focus, "")
        return await person.suggestions(
            name, focus, typed, options=options, channel=channel, timeout=timeout
        )

    # -- faults --------------------------------------------------------------------------------

    def kick(self, guild: SimulatedGuild) -> None:
        """Disconnect the bot from voice, as a moderator does."""
        self._voice.remove(guild)

    def remove_bot(self, guild: SimulatedGuild) -> None:
        """Remove the bot from the guild, as an owner does."""
        if self.bot_channel(guild) is not None:
            self._voice.remove(guild)
        self._gateway.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": False}, guild.id)
        self._world.remove_guild(guild)

    def delete_channel(self, channel: TextChannel) -> None:
        """Delete a channel as a moderator does; its members are then in no channel."""
        guild = channel.guild
        payload = channel.payload()
        del guild.channels[channel.id]
        for thread in [each for each in guild.threads.values() if each.home is channel]:
            del guild.threads[thread.id]
        self._gateway.emit("CHANNEL_DELETE", payload, guild.id)
        if isinstance(channel, VoiceChannel):
            self._voice.empty(channel)

    def cut_off(self) -> None:
        """Cut the bot's network: connections break, and new ones fail."""
        faults = self._shared.faults
        faults.gateway_away = faults.voice_gateway_away = faults.rest_away = True
        faults.udp_away = True
        self._gateway.drop(resumable=True, abruptly=True)
        for socket in list(self._voice_gateway.sockets):
            socket.abort()

    def reconnect(self) -> None:
        """Restore the bot's network."""
        faults = self._shared.faults
        faults.gateway_away = faults.voice_gateway_away = faults.rest_away = False
        faults.udp_away = False

    def drag(self, channel: VoiceChannel) -> None:
        """Move the bot to another voice channel of the guild, as a moderator does."""
        self._voice.drag(channel)

    def mute(self, guild: SimulatedGuild, muted: bool = True) -> None:
        """Mute the bot as a moderator does: its audio is not forwarded."""
        state = guild.voice_states[self._world.bot.id]
        state.mute = muted
        self._voice.set_state(state)

    def deafen(self, guild: SimulatedGuild, deafened: bool = True) -> None:
        """Deafen the bot as a moderator does: no audio is forwarded to it."""
        state = guild.voice_states[self._world.bot.id]
        state.deaf = deafened
        self._voice.set_state(state)

    def let_speak(self, guild: SimulatedGuild) -> None:
        """Let the bot speak on a stage, as its moderator does."""
        state = guild.voice_states[self._world.bot.id]
        state.suppress, state.requested_to_speak_at = False, None
        self._voice.set_state(state)

    def change_voice_server(self, guild: SimulatedGuild, *, gracefully: bool = False) -> None:
        """Move the call to another voice server; the old one closes the connection.

        ``gracefully`` the old one stays, and an update without an endpoint tells the bot to leave.
        Stock discord.py 2.7.1 ignores that update, and then often hangs until its timeout.
        """
        self._voice.change_server(guild, gracefully=gracefully)

    def change_region(self, channel: VoiceChannel, region: str | None) -> None:
        """Choose another voice region; a call in the channel moves to a server there."""
        channel.region = region
        self._tell("CHANNEL_UPDATE", channel.payload(), channel.guild.id)
        if self.bot_channel(channel.guild) is channel:
            self.change_voice_server(channel.guild)

    def close_voice(self, guild: SimulatedGuild, code: int) -> None:
        """Close the voice websocket with ``code``; all codes but 4015 end the session."""
        self._voice.close(guild, code)

    def abort_voice(self, guild: SimulatedGuild) -> None:
        """Abort the voice websocket without a close frame."""
        self._voice.abort(guild)

    def drop_gateway(
        self, *, resumable: bool = True, abruptly: bool = False, shard: int | None = None
    ) -> None:
        """End the main gateway's connections, or that of one shard; unless resumable, their
        sessions and calls too."""
        self._gateway.drop(resumable=resumable, abruptly=abruptly, shard=shard)

    def ask_to_reconnect(self) -> None:
        """Send op 7: the bot must reconnect and resume."""
        for connection in list(self._gateway.connections):
            connection.reconnect()
