"""One queue of intents per guild: what members, moderators, outages and restarts want of the call.

Commands, drags, kicks, rejoins and the shutdown are carried out one after another, in the order in
which they arrived, and the last one holds:

- A join that has not succeeded yet is given up as soon as anything else arrives.
- A leave is always carried out, also between two joins: the second begins a new conversation.
- Joins to one channel at the same time are one join; so are leaves at the same time.
- A move or a removal that Discord reports during a leave belongs to the call that ends: it is
  dropped.

Each intent gets an `IntentOutcome`, which names the intent that took its place.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

import discord

from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.errors import VoiceSessionError
from tasks import OwnedTasks
from translations import Text, message

log = logging.getLogger(__name__)

A_MEMBER: Final = message("A member")


class IntentKind(Enum):
    JOIN = "join"
    """A member or an agent calls the bot into a channel."""
    RESTORE = "restore"
    """The bot returns after a restart; without a channel it leaves where Discord still shows it."""
    MOVED = "moved"
    """A moderator moved the bot."""
    LEAVE = "leave"
    REMOVED = "removed"
    """A moderator disconnected the bot."""
    END = "end"
    """The call ends by itself: everybody has left, or the channel was deleted."""
    SHUTDOWN = "shutdown"


_ENDING = frozenset({IntentKind.LEAVE, IntentKind.REMOVED, IntentKind.END, IntentKind.SHUTDOWN})
_REPORTED = frozenset({IntentKind.MOVED, IntentKind.REMOVED})


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Intent:
    """What the bot should do about the call of one guild."""

    kind: IntentKind
    channel: VoiceChannel | None = None
    """Where the bot should be; None for nowhere."""
    text: discord.abc.Messageable | None = None
    """The text channel of the call; None keeps the present one."""
    by: Text = A_MEMBER
    """Who wants it, as the subject of a sentence."""
    reason: Text | None = None
    """A sentence for the members: of an `IntentKind.END`, and of a join that no member asked for
    at this moment."""
    answered_in: int | None = None
    """The channel in which a public answer to the command tells of it already."""

    @property
    def ends(self) -> bool:
        """Whether the bot is in no call afterwards."""
        return self.kind in _ENDING

    def is_like(self, other: Intent) -> bool:
        """Whether carrying out one carries out both."""
        joins = (IntentKind.JOIN, IntentKind.RESTORE)
        if self.kind in joins and other.kind in joins:
            return self.channel is not None and self.channel == other.channel
        return self.kind is other.kind is IntentKind.LEAVE


@dataclass(frozen=True, slots=True)
class IntentOutcome:
    """What became of an intent."""

    changed: bool = False
    """It, or an equal intent at the same time, changed something."""
    later: Intent | None = None
    """The intent that took its place before it was done."""


@dataclass(eq=False, slots=True)
class _Ticket:
    intent: Intent
    future: asyncio.Future[IntentOutcome]
    alike: list[_Ticket] = field(default_factory=list)
    """Equal intents that arrived before this one was done."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when ``later`` has taken the place of a running join."""
    later: Intent | None = None
    took_over: bool = False
    """A join was given up for it."""

    def resolve(self, outcome: IntentOutcome) -> None:
        if not self.future.done():
            self.future.set_result(outcome)
        for each in self.alike:
            each.resolve(outcome)

    def fail(self, error: BaseException) -> None:
        for each in (self, *self.alike):
            if not each.future.done():
                each.future.set_exception(error)


class IntentQueue:
    """The queue of one guild.

    ``carry_out`` does one intent and returns whether it changed something; a join gives up soon
    after its event is set. ``repeat`` is called with each equal intent that was done along.
    """

    def __init__(
        self,
        carry_out: Callable[[Intent, asyncio.Event], Awaitable[bool]],
        repeat: Callable[[Intent], None],
        tasks: OwnedTasks,
    ) -> None:
        self.latest: Intent | None = None
        """The intent that was submitted last."""
        self._carry_out = carry_out
        self._repeat = repeat
        self._tasks = tasks
        self._running: _Ticket | None = None
        self._waiting: deque[_Ticket] = deque()
        self._closed: Intent | None = None
        self._worker: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return self._running is None and not self._waiting

    @property
    def joining(self) -> VoiceChannel | None:
        """The channel that the bot is about to join; None if it joins none, or will leave."""
        last = self._last()
        return None if last is None or last.intent.ends else last.intent.channel

    def submit(self, intent: Intent) -> asyncio.Future[IntentOutcome]:
        """Add an intent; returns at once.

        The future raises the error with which it failed. It may be ignored.
        """
        ticket = _Ticket(intent, asyncio.get_running_loop().create_future())
        ticket.future.add_done_callback(lambda future: future.cancelled() or future.exception())
        if self._closed is not None:
            ticket.resolve(IntentOutcome(later=self._closed))
        elif intent.kind in _REPORTED and self._running is not None and self._running.intent.ends:
            ticket.resolve(IntentOutcome())
        else:
            self.latest = intent
            self._add(ticket)
        return ticket.future

    def submit_if_idle(self, intent: Intent) -> asyncio.Future[IntentOutcome] | None:
        """Add an intent that anything else is more important than; None if it was not added."""
        return self.submit(intent) if self.idle and self._closed is None else None

    async def close(self, intent: Intent) -> None:
        """Give up what is being done, refuse what comes, and wait until all have their outcome."""
        self._closed = self.latest = intent
        self._give_up(intent)
        if self._worker is not None:
            await asyncio.wait([self._worker])

    # -- internal ----------------------------------------------------------------------------

    def _last(self) -> _Ticket | None:
        return self._waiting[-1] if self._waiting else self._running

    def _add(self, ticket: _Ticket) -> None:
        intent = ticket.intent
        if self._joined_with_last(ticket):
            return
        ticket.took_over = self._give_up(intent)
        if self._joined_with_last(ticket):
            return
        self._waiting.append(ticket)
        if self._worker is None or self._worker.done():
            self._worker = self._tasks.spawn(self._work(), "intents of a guild")

    def _joined_with_last(self, ticket: _Ticket) -> bool:
        last = self._last()
        if last is None or last.later is not None or not last.intent.is_like(ticket.intent):
            return False
        last.alike.append(ticket)
        return True

    def _give_up(self, later: Intent) -> bool:
        """Give up every join that is not done; False if there was none."""
        waiting = [each for each in self._waiting if not each.intent.ends]
        for ticket in waiting:
            self._waiting.remove(ticket)
            ticket.resolve(IntentOutcome(later=later))
        running = self._running
        if running is not None and not running.intent.ends and running.later is None:
            running.later = later
            running.stop.set()
            return True
        return bool(waiting)

    async def _work(self) -> None:
        while self._waiting:
            ticket = self._running = self._waiting.popleft()
            try:
                await self._do(ticket)
            except BaseException:  # the task was cancelled
                for each in (ticket, *self._waiting):
                    each.resolve(IntentOutcome(later=self._closed))
                raise
            finally:
                self._running = None

    async def _do(self, ticket: _Ticket) -> None:
        try:
            changed = await self._carry_out(ticket.intent, ticket.stop)
        except Exception as error:
            if ticket.later is None:
                ticket.fail(error)
            else:
                if not isinstance(error, VoiceSessionError):
                    log.error("an intent failed that a later one replaces", exc_info=error)
                ticket.resolve(IntentOutcome(later=ticket.later))
            return
        if ticket.later is None:
            for each in ticket.alike:
                self._repeat(each.intent)
        ticket.resolve(IntentOutcome(changed or ticket.took_over, ticket.later))
