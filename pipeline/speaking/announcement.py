"""Announcements: words of an agent that no member has asked for.

They are spoken as an answer is: through the floor, cut into sentences, in an agent's voice, with a
line in the transcript. A member who speaks over them interrupts them.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Final

from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn, Persona, Speaker
from pipeline.speaking.floor import Floor
from pipeline.speaking.turn_queue import MAX_OF_ONE, MAX_WAITING, ReplyOutcome

EVERYBODY: Final = Speaker(0, "everybody")
"""The addressee of an announcement; no member has that id."""


class Urgency(StrEnum):
    """When an announcement is spoken."""

    WAIT = "wait"
    """After the turns that wait for a reply."""
    NEXT = "next"
    """Before the turns that wait, after the active reply."""
    INTERRUPT = "interrupt"
    """At once: the active reply is ended."""


class AnnouncementResult(StrEnum):
    """How an announcement ended."""

    SPOKEN = "spoken"
    INTERRUPTED = "interrupted"
    UNSPOKEN = "unspoken"
    """Its synthesis failed, and its words went to the text channel."""
    DROPPED = "dropped"
    """It was never spoken: too much was waiting, it was cancelled, or the room was closed."""


class Announcement:
    """One announcement. ``result`` is None until it has ended, ``heard`` what listeners heard."""

    def __init__(self, text: str) -> None:
        self.started = False
        self.result: AnnouncementResult | None = None
        self.heard = ""
        self._text = text
        self._finished = asyncio.Event()

    async def wait(self) -> AnnouncementResult:
        """Wait until it has ended."""
        await self._finished.wait()
        return self.result or AnnouncementResult.DROPPED

    def cancel(self) -> None:
        """Drop it if it has not started; one that has started is spoken to its end."""
        if not self.started:
            self.finish(AnnouncementResult.DROPPED)

    def start(self) -> str:
        """The words to speak now; empty if it was dropped."""
        self.started = True
        return "" if self.result is AnnouncementResult.DROPPED else self._text

    def finish(self, result: AnnouncementResult, heard: str = "") -> None:
        """Set the result. Only the first call counts."""
        if self.result is None:
            self.result, self.heard = result, heard
            self._finished.set()

    def reply_ended(self, outcome: ReplyOutcome | None, heard: str, interrupted: bool) -> None:
        """Its reply has ended; ``outcome`` is None if it never began."""
        if outcome is None:
            self.finish(AnnouncementResult.DROPPED)
        elif outcome.unspoken:
            self.finish(AnnouncementResult.UNSPOKEN, heard)
        else:
            last = outcome.sentences[-1].text if outcome.sentences else ""
            whole = not interrupted and bool(last) and heard.endswith(last)
            self.finish(
                AnnouncementResult.SPOKEN if whole else AnnouncementResult.INTERRUPTED, heard
            )


class Announcements:
    """The announcements of one room; `close` it with the room."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._open: set[Announcement] = set()

    def say(
        self, text: str, persona: Persona, urgency: Urgency, language: str | None
    ) -> Announcement:
        """Queue an announcement in that agent's voice. It never displaces a member's turn."""
        announcement = Announcement(text)
        waiting = sum(not each.started for each in self._open)
        if waiting >= MAX_OF_ONE or self._floor.waiting >= MAX_WAITING:
            announcement.finish(AnnouncementResult.DROPPED)
            return announcement
        self._open.add(announcement)

        def on_end(outcome: ReplyOutcome | None, heard: str, interrupted: bool) -> None:
            self._open.discard(announcement)
            announcement.reply_ended(outcome, heard, interrupted)

        self._floor.say(
            announcement.start,
            AgentTurn(persona.agent, text, EVERYBODY, language=language),
            persona,
            # No speaker waits, so there is no latency to measure.
            TurnLatency(),
            first=urgency is not Urgency.WAIT,
            on_end=on_end,
        )
        if urgency is Urgency.INTERRUPT:
            self._floor.stop()
        return announcement

    def close(self) -> None:
        """Drop every announcement that has not ended."""
        for announcement in self._open:
            announcement.finish(AnnouncementResult.DROPPED)
        self._open.clear()
