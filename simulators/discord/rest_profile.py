"""Routes by which the bot shows what it does: its nickname, a voice channel's status, stages."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from simulators.discord import api_errors
from simulators.discord.bodies import answer, nothing, read_object
from simulators.discord.moderation import Moderation
from simulators.discord.payloads import Snowflake
from simulators.discord.rest import PlaceRoutes
from simulators.discord.world import SimulatedGuild, StageChannel, StageInstance, VoiceChannel


class _Profile(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    nick: str | None = Field(None, max_length=32)


class _Status(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    status: str | None = Field(max_length=500)


class _NewStage(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    channel_id: Snowflake
    topic: str = Field(min_length=1, max_length=120)
    privacy_level: Literal[1, 2] = 2
    send_start_notification: bool = False


class _StageChange(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    topic: str | None = Field(None, min_length=1, max_length=120)
    privacy_level: Literal[1, 2] | None = None


class OwnProfileRoutes:
    def __init__(self, places: PlaceRoutes) -> None:
        self._places = places

    def add_to(self, app: web.Application) -> None:
        one = "/stage-instances/{channel}"
        app.add_routes(
            [
                web.patch("/guilds/{guild}/members/@me", self._profile),
                web.put("/channels/{channel}/voice-status", self._status),
                web.post("/stage-instances", self._open_stage),
                web.get(one, self._stage),
                web.patch(one, self._change_stage),
                web.delete(one, self._close_stage),
            ]
        )

    async def _profile(self, request: web.Request) -> web.Response:
        """The bot's nickname in a guild (API docs, "Modify Current Member")."""
        guild, body = self._places.guild(request), await read_object(request)
        profile = _Profile.model_validate(body)
        if "nick" in body:
            if not guild.permissions(guild.bot).change_nickname:
                raise api_errors.missing_permissions()
            Moderation(guild).rename(guild.bot, profile.nick)
        return answer(guild.bot.payload())

    async def _status(self, request: web.Request) -> web.Response:
        """The line below a voice channel's name (API docs, "Set Voice Channel Status")."""
        channel = self._places.channel(request)
        if not isinstance(channel, VoiceChannel) or isinstance(channel, StageChannel):
            raise api_errors.wrong_channel_type()
        body = _Status.model_validate(await read_object(request))
        guild = channel.guild
        allowed = guild.permissions(guild.bot, channel)
        state = guild.voice_states.get(guild.bot.user.id)
        inside = state is not None and state.channel is channel
        if not allowed.set_voice_channel_status or not (inside or allowed.manage_channels):
            raise api_errors.missing_permissions()
        channel.status = body.status or None
        data = {"id": str(channel.id), "guild_id": str(guild.id), "status": channel.status}
        guild.emit("VOICE_CHANNEL_STATUS_UPDATE", data, guild.id)
        return nothing()

    # -- stages --------------------------------------------------------------------------------

    def _stage_channel(self, guild: SimulatedGuild, channel: object) -> StageChannel:
        """A stage channel that the bot moderates. Raises ApiRefusal."""
        if not isinstance(channel, StageChannel):
            raise api_errors.wrong_channel_type()
        allowed = guild.permissions(guild.bot, channel)
        if not (allowed.manage_channels and allowed.mute_members and allowed.move_members):
            raise api_errors.missing_permissions()
        return channel

    def _instance(self, request: web.Request) -> StageInstance:
        channel = self._places.channel(request)
        instance = channel.guild.stages.get(channel.id)
        if instance is None:
            raise api_errors.unknown(10067, "Stage Instance")
        return instance

    async def _open_stage(self, request: web.Request) -> web.Response:
        body = _NewStage.model_validate(await read_object(request))
        found = self._places.place(body.channel_id)
        channel = self._stage_channel(found.guild, found)
        if channel.id in channel.guild.stages:
            raise api_errors.stage_is_open()
        instance = StageInstance(channel, body.topic, body.privacy_level)
        Moderation(channel.guild).open_stage(instance)
        return answer(instance.payload())

    async def _stage(self, request: web.Request) -> web.Response:
        return answer(self._instance(request).payload())

    async def _change_stage(self, request: web.Request) -> web.Response:
        instance = self._instance(request)
        self._stage_channel(instance.channel.guild, instance.channel)
        change = _StageChange.model_validate(await read_object(request))
        instance.topic = change.topic or instance.topic
        instance.privacy_level = change.privacy_level or instance.privacy_level
        Moderation(instance.channel.guild).stage_changed(instance)
        return answer(instance.payload())

    async def _close_stage(self, request: web.Request) -> web.Response:
        instance = self._instance(request)
        self._stage_channel(instance.channel.guild, instance.channel)
        Moderation(instance.channel.guild).close_stage(instance)
        return nothing()
