"""The bot as a node of the Gateway: carries out the commands of agents in its calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import discord

from app.people.room_people import room_people
from app.services import Services
from app.sound_file import spoken_file
from discord_bot.bot import VoiceBot
from discord_bot.call.intents import Intent, IntentKind
from discord_bot.call.voice_channel import VoiceChannel, check_may_join
from discord_bot.errors import DISCORD_FAILED, DiscordAway, VoiceSessionError
from discord_bot.messages.direct_messages import ButtonsIn, Member, find_members, write_to
from discord_bot.messages.posting import Attachment
from discord_bot.rights import can_enter, can_see, is_in, may_control
from discord_bot.voice_session import VoiceSession
from openclaw_client import DeviceStore, GatewayNode, SpeakerRef
from openclaw_client.errors import BadArguments, CannotNow, NotYet, OutOfReach
from openclaw_client.node.command_sets import bot_commands
from openclaw_client.node.rooms import Guild, Person, Room, SayRequest, SpeechResult
from pipeline.errors import SpeechUnavailable
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import AgentTurn, Synthesizer
from pipeline.settings import SpeechTextSettings
from pipeline.speaking.announcement import EVERYBODY, Announcement, AnnouncementResult, Urgency
from translations import message

SOUND_FILE: Final = "message.ogg"


@asynccontextmanager
async def voice_node(
    shared: Services, bot: VoiceBot, devices: DeviceStore
) -> AsyncIterator[GatewayNode | None]:
    """Run the node while the body runs; None if the settings disable it."""
    settings = shared.settings

    def session_of(guild_id: int, turn: AgentTurn) -> str | None:
        speaker = SpeakerRef(str(turn.speaker.id), turn.speaker.name)
        client = shared.gateway.get_or_create(guild_id)
        try:
            agent = bot.agents.answered_by(turn.agent)
            return client.session_key(agent, speaker, bot.text_channel_id(guild_id))
        except ValueError:
            return None  # the scope needs a text channel, and the call has none

    rooms = BotRooms(bot, shared.synthesizer, session_of, settings.pipeline.speech_text)
    async with room_people(shared, bot, rooms, devices.folder) as people:
        if shared.fleet is not None:
            people.tell(shared.fleet.people, rooms)
            shared.fleet.rooms.rooms = rooms
        if not settings.openclaw.node.enabled:
            yield None
            return
        commands = bot_commands(settings.openclaw.node, rooms)
        if shared.fleet is not None:
            commands += shared.fleet.commands()
        async with GatewayNode(
            settings.openclaw, commands, devices, shared.gateway.nodes, gate=people.gate
        ) as node:
            if shared.fleet is not None:
                shared.fleet.attach(node)
            yield node


class BotRooms:
    """An `openclaw_client.VoiceRooms` over the bot.

    ``session_of(guild_id, turn)`` returns the session key of a turn, or None.
    """

    def __init__(
        self,
        bot: VoiceBot,
        synthesizer: Synthesizer,
        session_of: Callable[[int, AgentTurn], str | None],
        speech_text: SpeechTextSettings,
    ) -> None:
        self._bot = bot
        self._synthesizer = synthesizer
        self._session_of = session_of
        self._speech_text = speech_text

    # -- state ------------------------------------------------------------------------------

    def guilds(self) -> Sequence[Guild]:
        return [Guild(guild.id, guild.name) for guild in self._bot.guilds]

    def rooms(self) -> Sequence[Room]:
        return [
            self._room(session, session.channel)
            for session in self._bot.sessions.values()
            if session.channel is not None and not session.over
        ]

    def agents(self) -> Sequence[str]:
        return [persona.agent for persona in self._bot.agents.known()]

    def guild_of_channel(self, channel_id: int) -> int | None:
        found = self._bot.get_channel(channel_id)
        guild = getattr(found, "guild", None)
        return None if guild is None else int(guild.id)

    def transcript(self, guild_id: int, lines: int) -> Sequence[str]:
        return self._conversation(guild_id).transcript.context_lines(lines)

    def _room(self, session: VoiceSession, channel: VoiceChannel) -> Room:
        conversation, guild_id = session.room, session.guild.id
        people = [Person(person.id, person.name) for person in conversation.present]
        return Room(
            guild=Guild(guild_id, session.guild.name),
            channel_id=channel.id,
            channel=channel.name,
            text_channel_id=self._bot.text_channel_id(guild_id),
            people=tuple(people),
            agent=conversation.persona.agent,
            sensitivity=conversation.sensitivity,
            answering=self._answered_session(guild_id, conversation.answering),
            waiting=conversation.waiting,
            questions=session.decisions.questions,
            early=session.decisions.early,
            withdrawn=session.decisions.withdrawn,
            private=not can_see(channel, None),
            supervised=self._bot.store.settings.of(guild_id).supervision == "supervised",
            taken_over_by=self._taken_by(guild_id),
        )

    def _taken_by(self, guild_id: int) -> str | None:
        takeovers = self._bot.takeovers
        return None if takeovers is None else takeovers.taken_by(guild_id)

    def _answered_session(self, guild_id: int, turn: AgentTurn | None) -> str | None:
        """The session whose turn is answered; None for an announcement."""
        if turn is None or turn.speaker == EVERYBODY:
            return None
        return self._session_of(guild_id, turn)

    # -- actions ----------------------------------------------------------------------------

    async def say(self, guild_id: int, words: SayRequest, within_s: float) -> SpeechResult:
        if (person := self._taken_by(guild_id)) is not None:
            raise CannotNow(f"{person} speaks in the agent's place there, so nothing is said")
        persona = None if words.agent is None else self._bot.agents.persona(words.agent)
        announcement = self._conversation(guild_id).say(
            words.text, Urgency(words.urgency), persona=persona, language=words.language
        )
        try:
            async with asyncio.timeout(within_s):
                await announcement.wait()
        except TimeoutError:
            pass
        except asyncio.CancelledError:
            announcement.cancel()
            raise
        return _speech_result(announcement)

    async def join(
        self, guild_id: int, channel: str | None, person_id: int | None, *, entitled: bool = False
    ) -> Room:
        """The agent acts for no member. So it may join a channel

        - that the server chose for the bot (`ServerRights.channels`), or, where it chose none,
        - that @everyone can see and enter, or that the person of the session can, or is in.

        It may move a running call only when it answers a question from that call, for a person who
        has the right (`discord_bot.rights`), or in a session of the bot's owner. It names no other
        channel, neither as a choice nor in an error.
        """
        guild = self._guild(guild_id)
        asker = await self._asker(guild, person_id)
        target = self._channel(guild, channel, asker)
        present = self._bot.calls.call_in(guild)
        if present is not None and present != target:
            self._check_may_control(guild, present, asker, entitled, "move")
        try:
            check_may_join(target)
            # Without a slash command, the bot writes to the voice channel's own chat.
            text = None if guild_id in self._bot.sessions else target
            intent = Intent(kind=IntentKind.JOIN, channel=target, text=text, by=message("An agent"))
            outcome = await self._bot.calls.submit(guild_id, intent)
        except VoiceSessionError as error:
            raise CannotNow(str(error)) from error
        session = self._bot.sessions.get(guild_id)
        if outcome.later is not None or session is None:
            raise CannotNow("something else was wanted meanwhile; voice.status shows what")
        return self._room(session, target)

    async def leave(
        self, guild_id: int, person_id: int | None = None, *, entitled: bool = False
    ) -> bool:
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            return False
        present = self._bot.calls.call_in(guild)
        if present is not None:
            asker = await self._asker(guild, person_id)
            self._check_may_control(guild, present, asker, entitled, "end")
        intent = Intent(kind=IntentKind.LEAVE, by=message("An agent"))
        return (await self._bot.calls.submit(guild_id, intent)).changed

    def _check_may_control(
        self,
        guild: discord.Guild,
        channel: VoiceChannel,
        asker: discord.Member | None,
        entitled: bool,
        action: str,
    ) -> None:
        rights = self._bot.rights(guild.id)
        if entitled or (asker is not None and may_control(asker, channel, rights)):
            return
        raise OutOfReach(
            f"only those in the call may {action} it: ask there, or let one of them use a command"
        )

    async def _asker(self, guild: discord.Guild, person_id: int | None) -> discord.Member | None:
        """The member of that id; None for no person, or one who is not in the guild."""
        if person_id is None:
            return None
        try:
            return guild.get_member(person_id) or await guild.fetch_member(person_id)
        except DISCORD_FAILED:
            return None

    async def notify(
        self, guild_ids: Sequence[int], person: str, text: str, *, spoken_by: str | None
    ) -> Person:
        try:
            member = await self._member(guild_ids, person)
            attachment = None if spoken_by is None else await self._spoken(text, spoken_by)
            await write_to(member, text, attachment)
        except DiscordAway as error:
            raise NotYet(str(error)) from error
        except (VoiceSessionError, SpeechUnavailable) as error:
            raise CannotNow(str(error)) from error
        return Person(member.id, member.display_name)

    async def write(self, member_id: str, text: str, buttons: ButtonsIn | None = None) -> None:
        """Write a direct message to a member of any server of the bot, with buttons below.

        Raises:
            CannotNow: there is no such member, or they accept none.
            NotYet: the bot has not logged in yet, or Discord does not answer.
        """
        if not self._bot.is_ready():
            raise NotYet("the bot has not logged in to Discord yet")
        try:
            member = await self._member([guild.id for guild in self._bot.guilds], member_id)
            await write_to(member, text, buttons=buttons)
        except DiscordAway as error:
            raise NotYet(str(error)) from error
        except (BadArguments, VoiceSessionError) as error:
            raise CannotNow(str(error)) from error

    def speak(self, guild_ids: Sequence[int], text: str, urgency: str) -> list[VoiceSession]:
        """Say a sentence in the running calls of these servers, or else of the only one; returns
        the calls."""
        only = [guild.id for guild in self._bot.guilds] if len(self._bot.guilds) == 1 else []
        soon = Urgency.INTERRUPT if urgency == "critical" else Urgency.NEXT
        found = [self._bot.sessions.get(guild_id) for guild_id in guild_ids or only]
        calls = [session for session in found if session is not None and not session.over]
        for session in calls:
            session.room.say(text, soon)
        return calls

    async def _member(self, guild_ids: Sequence[int], person: str) -> Member:
        """The member with that name or id.

        Raises:
            BadArguments: no member or several match, or the member is a bot.
        """
        guilds = [guild for each in guild_ids if (guild := self._bot.get_guild(each)) is not None]
        found = {
            member.id: member for guild in guilds for member in await find_members(guild, person)
        }
        if not found:
            raise BadArguments(
                f"person: no member has the name or id {person!r}; by name the bot knows only "
                "those who were in a call, so give the Discord id"
            )
        if len(found) > 1:
            ids = ", ".join(f"{each.name} ({each.id})" for each in found.values())
            raise BadArguments(f"person: several have that name; give the id: {ids}")
        (member,) = found.values()
        if member.bot:
            raise BadArguments(f"person: {member.display_name} is a bot")
        return member

    async def _spoken(self, text: str, agent: str) -> Attachment:
        voice = self._bot.agents.persona(agent).voice
        content = await spoken_file(text, voice, self._synthesizer, self._speech_text)
        return Attachment(SOUND_FILE, content)

    def _conversation(self, guild_id: int) -> PipelineOrchestrator:
        session = self._bot.sessions.get(guild_id)
        if session is None or session.over:
            raise CannotNow("the bot has just left that call")
        return session.room

    def _guild(self, guild_id: int) -> discord.Guild:
        """
        Raises:
            CannotNow: the bot left the guild.
        """
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            raise CannotNow("the bot is no longer in that server")
        return guild

    def _open_to(self, guild: discord.Guild, asker: discord.Member | None) -> list[VoiceChannel]:
        """The channels that an agent may join; see `join`."""
        chosen = self._bot.rights(guild.id).channels
        every: list[VoiceChannel] = [*guild.voice_channels, *guild.stage_channels]
        if chosen:
            return [each for each in every if each.id in chosen]
        return [
            each
            for each in every
            if can_enter(each, None)
            or (asker is not None and (can_enter(each, asker) or is_in(asker, each)))
        ]

    def _channel(
        self, guild: discord.Guild, wanted: str | None, asker: discord.Member | None
    ) -> VoiceChannel:
        """The voice channel with that name or id, or else the asker's, or the only one in use.

        Raises:
            BadArguments: no channel or several match; the text lists the choices.
        """
        channels = self._open_to(guild, asker)
        person_id = None if asker is None else asker.id
        if wanted is not None:
            name = wanted.strip().casefold()
            found = [each for each in channels if str(each.id) == wanted.strip()]
            found = found or [each for each in channels if each.name.casefold() == name]
        else:
            found = [each for each in channels if person_id in each.voice_states]
            found = found or [each for each in channels if self._people_in(each)]
        if len(found) == 1:
            return found[0]
        shown = [
            each
            for each in found or channels
            if can_see(each, None) or (asker is not None and can_see(each, asker))
        ]
        known_names = ", ".join(f"{each.name} ({each.id})" for each in shown) or "none"
        why = "several channels match: name one" if found else "no channel matches"
        if wanted is None and not found:
            why = "no voice channel has people in it: name one"
        raise BadArguments(f"channel: {why}; there are {known_names}")

    def _people_in(self, channel: VoiceChannel) -> bool:
        mine = self._bot.user.id if self._bot.user is not None else 0
        return any(user_id != mine for user_id in channel.voice_states)


def _speech_result(announcement: Announcement) -> SpeechResult:
    match announcement.result:
        case None:
            return SpeechResult("speaking" if announcement.started else "queued")
        case AnnouncementResult.SPOKEN:
            return SpeechResult("spoken", announcement.heard)
        case AnnouncementResult.INTERRUPTED:
            return SpeechResult("interrupted", announcement.heard)
        case AnnouncementResult.UNSPOKEN:
            return SpeechResult("unspoken", announcement.heard)
        case AnnouncementResult.DROPPED:
            return SpeechResult("dropped")
