"""The node's commands about people: ``notify_human`` for agents."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from fleet.notify.limits import SessionLimits
from fleet.notify.messages import People
from fleet.urgency import UrgencyLevel
from openclaw_client.errors import CannotNow
from openclaw_client.node.commands import Arguments, CommandCall, Name, NodeCommand, command
from openclaw_client.turn_text import clean_words
from state import StateError


class HumanMessage(Arguments):
    message: Annotated[str, Field(min_length=1, max_length=1_000)]
    """What to tell the person, in plain words."""
    urgency: UrgencyLevel = "normal"
    """low makes no sound; high is also spoken in running calls; critical goes by every way and is
    repeated until a person acknowledges it."""
    channel: Name | None = None
    """One of the owner's channels, such as telegram or discord; all of them if left out."""


class HumanCommands:
    """Over the people of the settings."""

    def __init__(self, people: People, wall: Callable[[], float] = time.time) -> None:
        self._people = people
        self._limits = SessionLimits(people.settings)
        self._wall = wall

    def all(self) -> list[NodeCommand]:
        channels = ", ".join(self._people.channels) or "none"
        return [
            command(
                "human.notify",
                "Tell the owner of this machine something, also when they are in no call. They "
                f"chose who is told; the channels are: {channels}.",
                HumanMessage,
                self._notify,
                tool="notify_human",
            )
        ]

    async def _notify(self, wanted: HumanMessage, call: CommandCall) -> dict[str, Any]:
        text = clean_words(wanted.message)
        if not text:
            raise CannotNow("message: it holds no visible words")
        critical = wanted.urgency == "critical"
        # Reserved before it is kept, so that several at once do not pass together.
        reserved = self._limits.reserve(call.session_key, critical=critical, now=self._wall())
        try:
            queued = await self._people.tell(
                text, wanted.urgency, wanted.channel, session=call.session_key
            )
        except BaseException as error:
            self._limits.give_back(reserved)
            if isinstance(error, StateError):
                raise CannotNow(f"the message cannot be kept: {error}") from error
            raise
        return {
            "messageId": queued.id,
            "told": [{"name": each.name, "channel": each.channel} for each in queued.recipients],
            "spoken": queued.spoken,
            "repeatedUntilAcknowledged": critical,
        }
