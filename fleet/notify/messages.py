"""Messages to people: to whom by which way, each once, and critical ones until acknowledged.

Every delivery is a parcel of the outbox, whose id is the Gateway's idempotency key: so it outlives
a restart, and is sent once. The Gateway remembers a key for five minutes. A critical message is
repeated under a new key until `People.acknowledge` is called.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from fleet.notify.settings import DISCORD, NotifySettings, Recipient
from fleet.outbox import DeliverLater, Outbox, Parcel, Undeliverable
from fleet.refusals import as_delivery
from fleet.urgency import UrgencyLevel, priority_of, reaches
from openclaw_client.clock import Clock, sleep
from openclaw_client.errors import (
    CannotNow,
    GatewayUnreachable,
    NotConnected,
    NotYet,
    RequestFailed,
)
from state import StateError, StateFile
from tasks import OwnedTasks

log = logging.getLogger(__name__)

KIND: Final = "message-to-person"
STATE_FILE: Final = "critical-messages.json"
LONGEST_CHARS: Final = 1_500
"""Of one message; a chat of most channels shows it whole."""
_ID_CHARS: Final = 32
"""Of a message's id; that of a repetition begins with it."""
_HOUR_S: Final = 3600.0


class SendToChannel(Protocol):
    """Sends over a channel of the Gateway; `openclaw_client` raises its own errors."""

    async def __call__(
        self, channel: str, to: str, text: str, *, key: str, silent: bool
    ) -> None: ...


WriteToMember: TypeAlias = Callable[[str, str, str | None], Awaitable[None]]
"""Writes a direct message on Discord to a member's id, with a button to acknowledge the message of
the id that is given last; raises `CannotNow`."""
Speak: TypeAlias = Callable[[str, UrgencyLevel, str | None], Collection[int]]
"""Says a sentence in the running calls, and returns the ids of their guilds; with the id of a
message, it can be acknowledged there."""
OnAcknowledged: TypeAlias = Callable[["OpenMessage", str, str], None]
"""Called with an acknowledged message, a person's name, and the way, such as ``by voice``."""


class OpenMessage(BaseModel):
    """A critical message that no person has acknowledged. Times are Unix time."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str
    channel: str | None = None
    sent_at: float
    next_at: float
    repeats: int = 0
    session: str | None = None
    """The session that is told of the acknowledgement: that of the agent that sent it."""
    heard_in: frozenset[int] = frozenset()
    """Ids of the guilds whose calls have heard it."""


class _OpenMessages(BaseModel):
    open: dict[str, OpenMessage] = Field(default_factory=dict)


@dataclass(slots=True)
class Ways:
    """The ways to people that this process has now; None for one that is not there."""

    send: SendToChannel | None = None
    write: WriteToMember | None = None
    speak: Speak | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """What became of a message: its id, who is told by which channel, and whether it is spoken."""

    id: str
    recipients: tuple[Recipient, ...]
    spoken: bool


class TooManyMessages(CannotNow):
    """More messages in an hour than the settings allow."""


class NoRecipient(CannotNow):
    """The settings name no person whom such a message reaches."""


class People:
    """The people whom this machine may tell something; use it as an async context manager."""

    def __init__(
        self,
        settings: NotifySettings,
        outbox: Outbox,
        folder: Path | None,
        *,
        machine: str = "",
        clock: Clock | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """``machine`` stands before each text; ``folder`` keeps the critical messages."""
        self.settings = settings
        self.ways = Ways()
        self._outbox = outbox
        self._machine = machine
        self._given_clock = clock
        self._wall = wall
        self._recent: deque[float] = deque()
        file = None if folder is None else folder / STATE_FILE
        self._state = StateFile(file, _OpenMessages(), "which critical messages are open")
        self._changed = asyncio.Event()
        self._on_acknowledged: list[OnAcknowledged] = []
        self._on_critical: list[Callable[[], None]] = []
        self._tasks = OwnedTasks(log)

    async def __aenter__(self) -> Self:
        self._outbox.register(KIND, self._deliver)
        self._tasks.spawn(self._repeat(), "repeat critical messages")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.aclose()

    @property
    def channels(self) -> list[str]:
        """The channels by which the settings reach people."""
        return list(dict.fromkeys(each.channel for each in self.settings.recipients))

    @property
    def open(self) -> list[OpenMessage]:
        """The critical messages that are not acknowledged, the newest first."""
        return sorted(self._state.value.open.values(), key=lambda each: -each.sent_at)

    def on_acknowledged(self, listener: OnAcknowledged) -> None:
        """Call ``listener`` for each message that a person acknowledges."""
        self._on_acknowledged.append(listener)

    def on_critical(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the set of open critical messages changes."""
        self._on_critical.append(listener)

    def heard_lately(self, within_s: float) -> list[OpenMessage]:
        """The open messages that were sent or repeated within so many seconds."""
        since = self._wall() - within_s
        return [each for each in self.open if each.next_at - self.settings.repeat_after_s >= since]

    async def tell(
        self,
        text: str,
        urgency: UrgencyLevel,
        channel: str | None = None,
        *,
        session: str | None = None,
    ) -> Queued:
        """Queue a message to everyone whom it reaches. ``session`` is told when a person
        acknowledges a critical one.

        Raises:
            NoRecipient: the settings name none, or none on that channel.
            TooManyMessages: the hour's number is used up.
            StateError: the disk does not take it.
            CannotNow: the queue is full of more urgent messages.
        """
        recipients = self._reached(urgency, channel)
        spoken = self._is_spoken(urgency)
        if not recipients and not spoken:
            raise NoRecipient(self._why_no_recipient(urgency, channel))
        self._count(urgency)
        ident = uuid.uuid4().hex
        await self._queue(ident, text, urgency, recipients)
        critical = urgency == "critical"
        heard_in: frozenset[int] = frozenset()
        if spoken and self.ways.speak is not None:
            heard_in = frozenset(self.ways.speak(text, urgency, ident if critical else None))
        if critical:
            now = self._wall()
            self._state.value.open[ident] = OpenMessage(
                id=ident,
                text=text,
                channel=channel,
                sent_at=now,
                next_at=now + self.settings.repeat_after_s,
                session=session,
                heard_in=heard_in,
            )
            self._save()
        return Queued(ident, recipients, spoken)

    def acknowledge(self, ident: str | None = None, *, by: str, how: str) -> OpenMessage | None:
        """A person has read a critical message, the newest one without an id. It is no longer
        repeated, and its session is told once. None if it is not open (any more)."""
        newest = next((each.id for each in self.open), None)
        found = self._state.value.open.pop(ident or newest or "", None)
        if found is not None:
            log.info("a critical message was acknowledged %s after %d repeats", how, found.repeats)
            self._save()
            for listener in self._on_acknowledged:
                listener(found, by, how)
        return found

    # -- whom ---------------------------------------------------------------------------------

    def _reached(self, urgency: UrgencyLevel, channel: str | None) -> tuple[Recipient, ...]:
        return tuple(
            each
            for each in self.settings.recipients
            if reaches(urgency, each.from_urgency)
            # A critical message goes by every way, whichever one the agent chose.
            and (channel is None or each.channel == channel or urgency == "critical")
            and self._has_way(each)
        )

    def _has_way(self, recipient: Recipient) -> bool:
        if recipient.channel == DISCORD:
            return self.ways.write is not None
        return self.ways.send is not None

    def _is_spoken(self, urgency: UrgencyLevel) -> bool:
        lowest = self.settings.speak_from
        if self.ways.speak is None or lowest == "never":
            return False
        return reaches(urgency, lowest)

    def _why_no_recipient(self, urgency: UrgencyLevel, channel: str | None) -> str:
        if not self.settings.recipients:
            return "no person is set in fleet.notify.recipients"
        if channel is not None and channel not in self.channels:
            known = ", ".join(self.channels)
            return f"no person is set on the channel {channel}; there are {known}"
        if not any(map(self._has_way, self.settings.recipients)):
            return (
                "this machine cannot send messages to people: a node that joined by a code needs "
                "OPENCLAW_AUTH_TOKEN for it"
            )
        return f"no person in fleet.notify.recipients is told of messages that are {urgency}"

    def _count(self, urgency: UrgencyLevel) -> None:
        now = self._wall()
        while self._recent and self._recent[0] <= now - _HOUR_S:
            self._recent.popleft()
        if urgency != "critical" and len(self._recent) >= self.settings.per_hour:
            raise TooManyMessages(
                f"{self.settings.per_hour} messages to people in an hour are the limit "
                "(fleet.notify.per_hour)"
            )
        self._recent.append(now)

    # -- delivery -----------------------------------------------------------------------------

    async def _queue(
        self, ident: str, text: str, urgency: UrgencyLevel, recipients: Sequence[Recipient]
    ) -> None:
        queued = 0
        for number, recipient in enumerate(recipients):
            payload = {
                "channel": recipient.channel,
                "to": recipient.to,
                "text": self._worded(text, urgency),
                "silent": urgency == "low",
                "acknowledge": ident[:_ID_CHARS] if urgency == "critical" else None,
            }
            put = await self._outbox.put(
                KIND,
                payload,
                lane=f"{recipient.channel} {recipient.to}",
                priority=priority_of(urgency),
                ident=f"{ident}-{number}",
            )
            queued += put is not None
        if recipients and not queued:
            raise CannotNow("the queue on disk is full of more urgent messages; this one is lost")

    def _worded(self, text: str, urgency: UrgencyLevel) -> str:
        lead = "" if urgency in ("low", "normal") else f"[{urgency}] "
        machine = f"{self._machine}: " if self._machine else ""
        return f"{lead}{machine}{text}"[:LONGEST_CHARS]

    async def _deliver(self, parcel: Parcel) -> None:
        channel, to, text, silent = _fields(parcel)
        acknowledge = parcel.payload.get("acknowledge")
        if "-r" in parcel.id and acknowledge not in self._state.value.open:
            return  # it waited for its channel, and meanwhile a person has acknowledged it
        try:
            if channel == DISCORD:
                if self.ways.write is None:
                    raise DeliverLater("the bot is not on Discord")
                await self.ways.write(to, text, None if acknowledge is None else str(acknowledge))
            elif self.ways.send is None:
                raise DeliverLater("there is no connection for the Gateway's channels")
            else:
                await self.ways.send(channel, to, text, key=parcel.id, silent=silent)
        except (NotConnected, GatewayUnreachable, NotYet) as error:
            raise DeliverLater(str(error)) from error
        except CannotNow as error:
            raise Undeliverable(str(error)) from error
        except RequestFailed as refused:
            raise as_delivery(refused) from refused

    # -- critical messages ----------------------------------------------------------------------

    async def _repeat(self) -> None:
        clock = self._given_clock or asyncio.get_running_loop()
        while True:
            waits = [each.next_at - self._wall() for each in self._state.value.open.values()]
            if not waits:
                await self._changed.wait()
                continue
            await sleep(clock, max(0.0, min(waits)))
            now = self._wall()
            for message in [each for each in self.open if each.next_at <= now]:
                await self._again(message, now)

    async def _again(self, message: OpenMessage, now: float) -> None:
        if message.repeats >= self.settings.repeats:
            log.error("no person has acknowledged a critical message: it is no longer repeated")
            self._state.value.open.pop(message.id, None)
            self._save()
            return
        number = message.repeats + 1
        recipients = self._reached("critical", message.channel)
        try:
            await self._queue(f"{message.id}-r{number}", message.text, "critical", recipients)
        except (StateError, CannotNow) as error:
            log.error("a critical message is repeated later: %s", error)
            number = message.repeats
        if message.id not in self._state.value.open:
            return  # acknowledged while it was queued
        heard_in = message.heard_in
        if self._is_spoken("critical") and self.ways.speak is not None:
            heard_in |= frozenset(self.ways.speak(message.text, "critical", message.id))
        next_at = now + self.settings.repeat_after_s
        self._state.value.open[message.id] = message.model_copy(
            update={"repeats": number, "next_at": next_at, "heard_in": heard_in}
        )
        self._save()

    def _save(self) -> None:
        self._state.save()
        self._changed.set()
        self._changed.clear()
        for listener in self._on_critical:
            listener()


def _fields(parcel: Parcel) -> tuple[str, str, str, bool]:
    payload: dict[str, Any] = parcel.payload
    try:
        channel, to, text = (str(payload[name]) for name in ("channel", "to", "text"))
    except KeyError as error:
        raise Undeliverable(f"its file has no {error}") from error
    return channel, to, text, bool(payload.get("silent"))
