"""The gate before the node's commands: in a supervised room, a command waits for a person's yes.

OpenClaw's own read-only mode does not stop the tools of a node, so the node itself refuses.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol

from fleet.supervision.policy import needs_yes
from fleet.supervision.settings import SupervisionSettings
from openclaw_client.clock import Clock, sleep, time_limit
from openclaw_client.errors import NotApproved
from openclaw_client.node.authorization import allowed_guilds, choose_guild, choose_room
from openclaw_client.node.commands import CommandCall, NodeCommand
from openclaw_client.node.rooms import Guild, VoiceRooms
from openclaw_client.session_keys import SessionKind, session_agent, session_origin
from openclaw_client.turn_text import clean_words

log = logging.getLogger(__name__)

_FOR_THE_COMMAND_S: Final = 3.0
"""Kept of the caller's time for the command itself."""
_ASK_AGAIN_S: Final = 1.0
_LONGEST_VALUE: Final = 200
_IN_A_CALL: Final = ("voice.say", "voice.leave")


class CannotAsk(Exception):
    """The people of a room cannot be asked now; the text says why."""


@dataclass(frozen=True, slots=True)
class WantedCommand:
    """What an agent wants, as people are told: the command and its arguments in words."""

    agent: str
    command: str
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Permission:
    """A person's yes or no. ``by`` names them with their id, ``how`` tells the way."""

    allowed: bool
    by: str
    how: Literal["voice", "button"]


class AskRoom(Protocol):
    """Asks the people in a guild's call; ends when one of them has answered, or is cancelled."""

    async def __call__(self, guild_id: int, wanted: WantedCommand) -> Permission:
        """
        Raises:
            CannotAsk: there is no call, or Discord is out of reach.
        """
        ...


class SupervisionGate:
    """A `CommandGate`. ``supervised(guild_id)`` tells whether a guild's room is supervised."""

    def __init__(
        self,
        settings: SupervisionSettings,
        rooms: VoiceRooms,
        supervised: Callable[[int], bool],
        ask: AskRoom,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._rooms = rooms
        self._supervised = supervised
        self._ask = ask
        self._given_clock = clock

    async def __call__(
        self, command: NodeCommand, arguments: Any, call: CommandCall
    ) -> CommandCall:
        """Let a command pass, at once or after a yes.

        Raises:
            NotApproved: no person allowed it in time.
            CommandError: its arguments name no guild, or no call, of this session.
        """
        if not needs_yes(command.name, self._settings.without_yes):
            return call
        guild = self._room_of(command, arguments, call.session_key)
        if guild is None:
            return call
        clock = self._given_clock or asyncio.get_running_loop()
        began = clock.time()
        within_s = max(0.0, min(self._settings.within_s, call.within_s - _FOR_THE_COMMAND_S))
        wanted = WantedCommand(
            session_agent(call.session_key), command.name, shown_arguments(arguments)
        )
        await self._approved(guild, wanted, call.notes, within_s, clock)
        return replace(call, within_s=call.within_s - (clock.time() - began))

    def _room_of(self, command: NodeCommand, arguments: Any, key: str | None) -> Guild | None:
        """The guild whose people are asked; None where no yes is needed."""
        calls = {room.guild.id for room in self._rooms.rooms()}
        guilds = self._guilds_of(command, arguments, key)
        supervised = [each for each in guilds if self._supervised(each.id)]
        supervised.sort(key=lambda each: each.id not in calls)
        return next(iter(supervised), None)

    def _guilds_of(self, command: NodeCommand, arguments: Any, key: str | None) -> Sequence[Guild]:
        """The guilds in which a command may act.

        Speech is for the call that the command itself would choose. Other voice commands act in
        the guild that they name, or in those of their session; all others belong to the room in
        which their session began, and the owner's sessions belong to none.
        """
        named: str | None = getattr(arguments, "guild", None)
        if command.name in _IN_A_CALL:
            return [choose_room(self._rooms, key, named).guild]
        if named is not None:
            return [choose_guild(self._rooms, key, named)]
        owners = session_origin(key).kind is SessionKind.OWNERS
        if owners and not command.name.startswith("voice."):
            return []
        guilds = allowed_guilds(self._rooms, key)
        if guilds:
            return guilds
        known = self._rooms.guilds()
        if (unseen := _home(key)) is not None and self._supervised(unseen):
            return [Guild(unseen, str(unseen))]  # Discord is out of reach, or on another shard
        if any(self._supervised(each.id) for each in known):
            raise NotApproved(
                "not approved: a server of this bot is supervised, and this session belongs to no "
                "room for certain"
            )
        if not known and not owners and self._settings.on_link_lost != "autonomous":
            raise NotApproved(
                "not approved: the bot does not see its servers on Discord yet, and one of them "
                "may be supervised"
            )
        return guilds

    async def _approved(
        self,
        guild: Guild,
        wanted: WantedCommand,
        notes: dict[str, str],
        within_s: float,
        clock: Clock,
    ) -> None:
        try:
            async with time_limit(clock, within_s):
                approval = await self._asked(guild, wanted, clock)
        except TimeoutError:
            raise NotApproved(
                f"not approved: no person in the call said yes within {within_s:.0f} s"
            ) from None
        except CannotAsk as error:
            if self._settings.on_link_lost != "autonomous":
                raise NotApproved(f"not approved: no person can be asked: {error}") from error
            log.warning("%s passes without a yes: %s", wanted.command, error)
            notes["approvedBy"] = "no person: fleet.supervision.on_link_lost"
            return
        notes["approvedBy" if approval.allowed else "deniedBy"] = approval.by
        notes["answeredBy"] = approval.how
        if not approval.allowed:
            raise NotApproved("not approved: a person in the call said no")

    async def _asked(self, guild: Guild, wanted: WantedCommand, clock: Clock) -> Permission:
        while True:
            try:
                return await self._ask(guild.id, wanted)
            except CannotAsk:
                if self._settings.on_link_lost != "supervised":
                    raise
            await sleep(clock, _ASK_AGAIN_S)


def _home(key: str | None) -> int | None:
    """The guild that a session names itself; None if it names none."""
    origin = session_origin(key)
    return origin.id if origin.kind is SessionKind.GUILD else origin.guild


def shown_arguments(arguments: Any) -> tuple[tuple[str, str], ...]:
    """The given arguments of a command as people read them, each on one line. A long one is cut,
    and ends with what is missing: people must not allow what they cannot see."""
    given: dict[str, Any] = arguments.model_dump(mode="json", exclude_unset=True)
    return tuple(
        (name, _shown(clean_words(value if isinstance(value, str) else str(value))))
        for name, value in given.items()
    )


def _shown(value: str) -> str:
    more = len(value) - _LONGEST_VALUE
    return value if more <= 0 else f"{value[:_LONGEST_VALUE]} … (+{more})"
