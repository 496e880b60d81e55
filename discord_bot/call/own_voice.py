"""The bot's own voice state as an input: what makes it deaf or mute, and how that ends.

Discord reports a server mute, a deafening, the audience of a stage and lost permissions, and the
voice connection goes on as if nothing had happened. So the state is compared twice a second with
what a conversation needs; the members are told of each obstacle, of who can remove it, and of its
end. `obstacles` and `ObstacleWatch` are pure: the state and the time are arguments.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.call.voice_state_requests import voice_state_requests
from discord_bot.errors import DISCORD_FAILED
from translations import Text, lines, message, sentences

log = logging.getLogger(__name__)

CONFIRM_S: Final = 1.0
"""How long an obstacle, or its end, must last before the members are told."""
_REPEAT_S: Final = 5.0
"""When to repeat a notice that could not be posted."""
_HEARING: Final = message("I can hear you again.")
_AUDIBLE: Final = message("You can hear me again.")
_ROLES: Final = message("A member who may manage this server's roles can give it to me.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVoiceState:
    """The bot's voice state in its channel, and the permissions that it lacks there."""

    deaf: bool = False
    mute: bool = False
    self_deaf: bool = False
    self_mute: bool = False
    suppressed: bool = False
    stage: bool = False
    asked_to_speak: bool = False
    afk: bool = False
    """It is in the server's AFK channel."""
    missing: frozenset[str] = frozenset()
    """Names of permissions of discord.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why the bot does not hear the members, or they do not hear the bot."""

    text: Text
    """A sentence for the members."""
    remedy: Text
    """Sentences: what ends it, and who can do that."""
    healed: Text
    """The sentence that tells of its end."""
    deafens: bool = False
    """The bot hears nothing."""
    silences: bool = False
    """The members do not hear the bot."""


def own_voice_state(channel: VoiceChannel) -> OwnVoiceState | None:
    """The state as discord.py knows it; None where Discord shows the bot in another channel."""
    me = channel.guild.me
    voice = me.voice
    if voice is None or voice.channel != channel:
        return None
    allowed = channel.permissions_for(me)
    needed = ("view_channel", "connect", "speak", "use_voice_activation")
    return OwnVoiceState(
        deaf=voice.deaf,
        mute=voice.mute,
        self_deaf=voice.self_deaf,
        self_mute=voice.self_mute,
        suppressed=voice.suppress,
        stage=isinstance(channel, discord.StageChannel),
        asked_to_speak=voice.requested_to_speak_at is not None,
        afk=channel == channel.guild.afk_channel,
        missing=frozenset(name for name in needed if not getattr(allowed, name)),
    )


def obstacles(state: OwnVoiceState) -> tuple[Obstacle, ...]:
    """All obstacles in a state, the gravest first."""
    found: list[Obstacle] = []
    if state.deaf:
        found.append(
            Obstacle(
                text=message("I am deafened in this server, so I hear nothing."),
                remedy=message(
                    "Members who may deafen members can undo it: right-click me, Server Deafen."
                ),
                healed=_HEARING,
                deafens=True,
            )
        )
    if state.mute:
        found.append(
            Obstacle(
                text=message("I am muted in this server, so you cannot hear me."),
                remedy=message(
                    "Members who may mute members can undo it: right-click me, Server Mute."
                ),
                healed=_AUDIBLE,
                silences=True,
            )
        )
    if state.self_deaf or state.self_mute:
        found.append(
            Obstacle(
                text=message("Discord shows me as deafened by myself.")
                if state.self_deaf
                else message("Discord shows me as muted by myself."),
                remedy=message("I undo that now."),
                healed=_HEARING if state.self_deaf else _AUDIBLE,
                deafens=state.self_deaf,
                silences=state.self_mute,
            )
        )
    found += _without_voice(state)
    found += _outside(state)
    return tuple(found)


def _outside(state: OwnVoiceState) -> Iterable[Obstacle]:
    """The obstacle of a channel that the bot is in and could not join."""
    if "view_channel" in state.missing:
        text = message(
            "I lack the permission View Channel here: after a lost connection I cannot return."
        )
        healed = message("I have the permission View Channel again.")
    elif "connect" in state.missing:
        text = message(
            "I lack the permission Connect here: after a lost connection I cannot return."
        )
        healed = message("I have the permission Connect again.")
    else:
        return
    mute = state.suppressed and not state.stage and not state.afk
    yield Obstacle(
        text=sentences(text, message("You cannot hear me either.") if mute else None),
        remedy=_ROLES,
        healed=healed,
        silences=mute,
    )


def _without_voice(state: OwnVoiceState) -> Iterable[Obstacle]:
    """The obstacles of a channel in which not every member may speak.

    Without View Channel or Connect a member counts as having no other permission there: `_outside`.
    """
    inside = not state.missing & {"view_channel", "connect"}
    if state.stage and state.suppressed:
        asked = message("I have asked to speak.") if state.asked_to_speak else None
        yield Obstacle(
            text=message("I am in the audience of this stage, so you cannot hear me."),
            remedy=sentences(
                asked,
                message("A stage moderator can let me: right-click me, Invite to Speak."),
            ),
            healed=_AUDIBLE,
            silences=True,
        )
    elif state.afk:
        yield Obstacle(
            text=message(
                "This is the server's AFK channel, in which Discord lets no member speak."
            ),
            remedy=message("Call me into another channel: `/join`."),
            healed=_AUDIBLE,
            silences=True,
        )
    elif inside and (state.suppressed or ("speak" in state.missing and not state.stage)):
        yield Obstacle(
            text=message("I lack the permission Speak here, so you cannot hear me."),
            remedy=_ROLES,
            healed=_AUDIBLE,
            silences=True,
        )
    elif inside and "use_voice_activation" in state.missing and not state.stage:
        yield Obstacle(
            text=message("I lack the permission Use Voice Activity here, so you may not hear me."),
            remedy=_ROLES,
            healed=message("I have the permission Use Voice Activity again."),
        )


class ObstacleWatch:
    """Decides when the members are told of obstacles and of their end."""

    def __init__(self) -> None:
        self._told: dict[Text, Obstacle] = {}
        self._seen: frozenset[Text] = frozenset()
        self._since = 0.0
        self._not_before = 0.0

    def decide(self, present: Sequence[Obstacle], now: float) -> Text | None:
        """The notice to post now; None for none. ``now`` is in seconds, on any clock."""
        current = {each.text: each for each in present}
        if frozenset(current) != self._seen:
            self._seen, self._since = frozenset(current), now
        if now - self._since < CONFIRM_S or now < self._not_before:
            return None
        fresh = [each for text, each in current.items() if text not in self._told]
        gone = [each for text, each in self._told.items() if text not in current]
        if not fresh and not gone:
            return None
        self._told = current
        notices = [sentences(each.text, each.remedy) for each in fresh]
        notices += _healed(gone, present)
        return lines(notices) if notices else None

    def notice_failed(self, present: Sequence[Obstacle], now: float) -> None:
        """A notice could not be posted: what is still so is told again later."""
        for each in present:
            self._told.pop(each.text, None)
        self._not_before = now + _REPEAT_S


def _healed(gone: Iterable[Obstacle], present: Sequence[Obstacle]) -> list[Text]:
    deaf = any(each.deafens for each in present)
    mute = any(each.silences for each in present)
    over = [
        each.healed for each in gone if not (each.deafens and deaf) and not (each.silences and mute)
    ]
    return list(dict.fromkeys(over))


class OwnVoice:
    """The bot's voice state in one call. Asks to speak on a stage, and undoes its own mute."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._watch = ObstacleWatch()
        self._asked_on: int | None = None
        """The stage on which the bot has asked to speak."""

    def obstacles(self, channel: VoiceChannel) -> tuple[Obstacle, ...]:
        """The obstacles at this moment."""
        state = own_voice_state(channel)
        return () if state is None else obstacles(state)

    async def check(self, channel: VoiceChannel, now: float) -> Text | None:
        """Do what the bot can do itself; the notice that is due for the members."""
        state = own_voice_state(channel)
        if state is None:
            return None
        if not state.stage:
            self._asked_on = None
        elif state.suppressed and self._asked_on != channel.id:
            self._asked_on = channel.id
            await ask_to_speak(channel.guild)
        if state.self_deaf or state.self_mute:
            await self._undo_own_mute(channel, now)
        state = own_voice_state(channel)
        return None if state is None else self._watch.decide(obstacles(state), now)

    def notice_failed(self, channel: VoiceChannel, now: float) -> None:
        self._watch.notice_failed(self.obstacles(channel), now)

    async def _undo_own_mute(self, channel: VoiceChannel, now: float) -> None:
        requests = voice_state_requests(self._client)
        requests.add(channel.guild.id, channel.id, now)
        try:
            await channel.guild.change_voice_state(channel=channel)
        except DISCORD_FAILED as error:
            requests.drop_latest(channel.guild.id)
            log.warning("guild %s: could not undo the bot's own mute: %s", channel.guild.id, error)


async def ask_to_speak(guild: discord.Guild) -> None:
    """Become a speaker of a stage channel, or else ask its moderators. A refusal is only logged."""
    try:
        try:
            await guild.me.edit(suppress=False)
        except discord.Forbidden:
            await guild.me.request_to_speak()
    except DISCORD_FAILED as error:
        log.warning("guild %s: could not ask to speak on the stage: %s", guild.id, error)
