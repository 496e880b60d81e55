"""Build the bot's services from the settings, and close them."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import aiohttp

from app.addressee_oracle import OpenClawOracle
from app.agent_roster import GatewayAgents
from app.agent_tools import GatewayTools
from app.fleet.member import FleetMember, fleet_member
from app.fleet.room_memory import room_memory
from app.fleet.room_sensors import calls_of
from app.model_loading import speech_models
from app.openclaw_agent import OpenClawAgent
from app.speech_server import OwnServer, own_server
from app.voice_chain import voice_chain
from database.guild_settings import GuildSettings, guild_defaults
from database.store import GuildStore, open_store
from discord_bot.bot import VoiceBot
from discord_bot.consent.kept import Conversations
from discord_bot.guild_names import GuildNames
from discord_bot.guild_state import GuildState
from discord_bot.receive.opus import load_libopus
from discord_bot.rights import SettingsRights
from logs import guild_place
from models.store import ModelStore
from openclaw_client import DeviceStore, PerGuildOpenClawClient, SessionScope, SpeakerRef
from openclaw_client.session_keys import personal_keys
from pipeline.events import Observer
from pipeline.inference.speech_models import SpeechModels
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.personas import personas
from pipeline.ports import Loudspeaker, Persona
from pipeline.room_ports import RoomPorts
from pipeline.settings import PipelineSettings
from pipeline.speaking.reply import ReplyVoice
from server.own_process.process import SpeechProcess
from server.synthesis.chain import SpeechChain
from settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """The services that the rooms of all guilds share."""

    settings: Settings
    models: SpeechModels
    gateway: PerGuildOpenClawClient
    synthesizer: SpeechChain
    guilds: GuildStore
    """What the bot keeps of its guilds and their members."""
    fleet: FleetMember | None = None
    """The sensors of this machine, and what it tells the Gateway; None where no state is kept."""

    new_pipeline: list[PipelineSettings] = field(default_factory=list)
    """One that holds for the rooms that are opened from now on; none: that of the settings."""

    @property
    def pipeline(self) -> PipelineSettings:
        """What a new room has."""
        return self.new_pipeline[0] if self.new_pipeline else self.settings.pipeline

    def readings_for_turns(self, guild_id: int) -> dict[str, str]:
        """The values of sensors that every turn of a server's call carries."""
        return {} if self.fleet is None else self.fleet.readings_for_turns(guild_id)


@asynccontextmanager
async def services(
    settings: Settings,
    *,
    models: SpeechModels | None = None,
    devices: DeviceStore | None = None,
    progress: Callable[[str], None] = log.info,
) -> AsyncIterator[Services]:
    """Load the models, start the embedded speech server, connect to the Gateway.

    The embedded server speaks if the settings name no other server, and is that server's fallback.
    ``models`` are already loaded ones; they are not closed at the end. ``devices`` is the folder
    with the key that identifies the bot to a Gateway, and with the database unless the settings
    have another; None keeps neither. An unreachable Gateway is not an error: the client retries in
    the background.

    Raises:
        DatabaseUnusable, OpusNotFound, ModelError, ModelUnavailable, ServerNotStarted: the text
            says what to do.
    """
    progress(f"libopus: {load_libopus(settings.discord.opus_library)}")
    async with AsyncExitStack() as stack:
        guilds = await stack.enter_async_context(guild_store(settings, devices))
        own = own_server(settings) if _needs_own_server(settings) else None
        if isinstance(own, SpeechProcess):
            own.begin()  # beside the models
            stack.push_async_callback(own.aclose)
        if models is None:
            store = ModelStore(settings.models)
            models = await stack.enter_async_context(
                speech_models(store, settings.pipeline, progress)
            )
        synthesizer = await stack.enter_async_context(_voice(settings, own, progress))
        gateway = await stack.enter_async_context(
            PerGuildOpenClawClient(
                settings.openclaw,
                devices=devices,
                scope_of=lambda guild: SessionScope(guilds.settings.of(int(guild)).session_scope),
            )
        )
        fleet = None
        if devices is not None:
            fleet = await stack.enter_async_context(fleet_member(settings, devices.folder))
            await stack.enter_async_context(fleet.with_operator(gateway))
        yield Services(settings, models, gateway, synthesizer, guilds, fleet)


@asynccontextmanager
async def guild_store(settings: Settings, devices: DeviceStore | None) -> AsyncIterator[GuildStore]:
    """The database of the settings, or else that in the folder of ``devices``; without a folder
    it ends with the process.

    The files in which earlier versions kept what guilds chose are taken over once.

    Raises:
        DatabaseUnusable: the text says what to do.
    """
    folder = None if devices is None else devices.folder
    location = settings.database.location(folder)
    several = bool(settings.discord.shard_ids)
    if several and settings.database.url is None:
        log.warning(
            "discord.shard_ids names some of the bot's shards, and database.url is empty: what "
            "members choose for all servers does not reach the other processes. Set database.url "
            "to the same database for all of them"
        )
    async with open_store(
        location, defaults_of(settings), take_over=folder, shared=several
    ) as guilds:
        yield guilds


def defaults_of(settings: Settings) -> GuildSettings:
    """What a guild has that chose nothing."""
    return guild_defaults(
        settings.guilds,
        agent=settings.openclaw.agent_id,
        sensitivity=settings.pipeline.relevance.level,
        session_scope=settings.openclaw.session_scope.value,
        stt=settings.pipeline.stt,
        turn=settings.pipeline.turn,
        leave_when_alone_s=settings.discord.leave_when_alone_s,
    )


def _needs_own_server(settings: Settings) -> bool:
    return settings.tts.url is None or settings.tts.stand_in


@asynccontextmanager
async def _voice(
    settings: Settings, own: OwnServer | None, progress: Callable[[str], None]
) -> AsyncIterator[SpeechChain]:
    async with voice_chain(settings, own) as voice:
        if own is not None and settings.tts.url is None:
            where = "in a process of its own" if isinstance(own, SpeechProcess) else "embedded"
            progress(f"speech server: {where}, on loopback, {own.engine}")
        yield voice


def reply_voice(synthesizer: SpeechChain, loudspeaker: Loudspeaker) -> ReplyVoice:
    """The voice of a room's replies, which says when another speaks in its place."""
    return ReplyVoice(synthesizer, loudspeaker, synthesizer.fallback_reason, synthesizer.stand_in)


class _GuildRooms:
    """Opens the conversations of the guilds. ``bot`` is set before the first call."""

    bot: VoiceBot

    def __init__(
        self,
        shared: Services,
        agents: GatewayAgents,
        known: Mapping[str, Persona],
        state: GuildState,
    ) -> None:
        self._shared = shared
        self._agents = agents
        self._known = known
        self._state = state

    def open(
        self, guild_id: int, loudspeaker: Loudspeaker, observe: Observer
    ) -> PipelineOrchestrator:
        """The conversation of a guild's call; a `discord_bot.voice_session.RoomFactory`."""
        shared, agents, choice = self._shared, self._agents, self._state.choices.of(guild_id)
        client = shared.gateway.get_or_create(guild_id)
        room = PipelineOrchestrator(
            settings=shared.pipeline,
            models=shared.models,
            ports=RoomPorts(
                agent=OpenClawAgent(
                    client,
                    lambda: self.bot.text_channel_id(guild_id),
                    agents=agents,
                    readings=partial(shared.readings_for_turns, guild_id),
                ),
                voice=reply_voice(shared.synthesizer, loudspeaker),
                observer=observe,
                oracle=OpenClawOracle(client, self._known, agents.answered_by),
                names=GuildNames(self.bot, guild_id, lambda: room.persona.name),
                context_of_others=lambda: shared.guilds.settings.of(guild_id).context_of_others,
            ),
            personas=self._known,
            persona=agents.persona(choice.agent),
            clock=time.monotonic,
            place=guild_place(guild_id),
        )
        room.sensitivity = choice.level
        return room

    def conversations(self, guild_id: int, member_id: int) -> Conversations:
        """Where the Gateway keeps what a member said; a `discord_bot.bot.ConversationsOf`."""
        agents, channel = self._agents, self.bot.text_channel_id(guild_id)
        client = self._shared.gateway.get_or_create(guild_id)
        member, guild = str(member_id), str(guild_id)
        now: list[str] = []
        own: list[str] = []
        for each in dict.fromkeys(agents.answered_by(persona.agent) for persona in agents.known()):
            with suppress(ValueError):  # the scope needs a text channel, and there is no call
                now.append(client.session_key(each, SpeakerRef(member, ""), channel))
            with suppress(ValueError):  # no agent can have that id
                own += personal_keys(each, member, guild)
        return Conversations(tuple(now), tuple(key for key in own if key not in now))

    def guild_name(self, guild_id: int) -> str:
        """The name of a guild, or its id where it is not known."""
        return getattr(self.bot.get_guild(guild_id), "name", str(guild_id))


def make_bot(
    shared: Services,
    *,
    connector: aiohttp.BaseConnector | None = None,
    observer: Observer | None = None,
) -> VoiceBot:
    """The bot, not yet logged in; ``connector`` connects it to a simulated Discord."""
    settings, state, fleet = shared.settings, GuildState(shared.guilds), shared.fleet
    known = personas(settings.agents, settings.openclaw.agent_id)
    agents = _agents(shared, known)
    rooms = _GuildRooms(shared, agents, known, state)
    memories = None if fleet is None else fleet.memories
    bot = rooms.bot = VoiceBot(
        settings.discord,
        rooms.open,
        agents,
        state,
        rights=SettingsRights(shared.guilds.settings.of),
        tools=GatewayTools(
            shared.gateway,
            shared.synthesizer,
            settings.pipeline.speech_text,
            agents.answered_by,
        ),
        connector=connector,
        observer=observer,
        on_guild_removed=shared.gateway.remove_guild,
        memory=room_memory(settings, memories, rooms.guild_name),
        conversations=rooms.conversations,
    )
    if fleet is not None:
        fleet.rooms.calls = calls_of(bot, shared.guilds.settings.of)
    return bot


def _agents(shared: Services, known: Mapping[str, Persona]) -> GatewayAgents:
    """The Gateway's agents, with the voices and names of the settings."""
    gateway = shared.gateway
    first = shared.settings.openclaw.agent_id
    agents = GatewayAgents(known, gateway.list_agents, gateway.retry, first=first)
    gateway.on_agents(agents.update)
    return agents
