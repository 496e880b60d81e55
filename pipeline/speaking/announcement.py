"""Words that nobody in the room has asked for: an agent has something to say of its own accord.

They take the same way as an answer does: through the floor, cut into sentences, spoken in an
agent's voice, in the transcript, and stopped by whoever speaks over them.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Final

from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn, Persona, Speaker
from pipeline.speaking.canned_reply import CannedReply
from pipeline.speaking.floor import Floor
from pipeline.speaking.reply import ReplyOutcome
from pipeline.speaking.turn_queue import MAX_OF_ONE, MAX_WAITING

EVERYBODY: Final = Speaker(0, "everybody")
"""To whom it is said; no person has that id."""


class Urgency(StrEnum):
    """When words are said."""

    WAIT = "wait"
    """In turn with what is waiting to be answered."""
    NEXT = "next"
    """Before it, after what is being said."""
    INTERRUPT = "interrupt"
    """At once, in place of what is being said."""


class AnnouncementResult(StrEnum):
    """What became of words."""

    SPOKEN = "spoken"
    INTERRUPTED = "interrupted"
    UNSPOKEN = "unspoken"
    """They could not be said, and were handed to the text channel."""
    DROPPED = "dropped"
    """They will not be said: too much was waiting, they were called off, or the room is closed."""


class Announcement:
    """Words on their way. ``fate`` is None until it is decided, ``heard`` what the room heard."""

    def __init__(self, text: str) -> None:
        self.begun = False
        self.fate: AnnouncementResult | None = None
        self.heard = ""
        self._text = text
        self._decided = asyncio.Event()

    async def wait(self) -> AnnouncementResult:
        """Until it is decided what becomes of them."""
        await self._decided.wait()
        return self.fate or AnnouncementResult.DROPPED

    def call_off(self) -> None:
        """Do not begin any more; what has begun goes on."""
        if not self.begun:
            self.decide(AnnouncementResult.DROPPED)

    def words(self) -> str:
        """What to say, now that it is their turn."""
        self.begun = True
        return "" if self.fate is AnnouncementResult.DROPPED else self._text

    def decide(self, fate: AnnouncementResult, heard: str = "") -> None:
        """Only the first word on it counts."""
        if self.fate is None:
            self.fate, self.heard = fate, heard
            self._decided.set()

    def ended(self, outcome: ReplyOutcome | None, heard: str, interrupted: bool) -> None:
        """Their reply is over, or was never begun."""
        if outcome is None:
            self.decide(AnnouncementResult.DROPPED)
        elif outcome.unspoken:
            self.decide(AnnouncementResult.UNSPOKEN, heard)
        else:
            last = outcome.sentences[-1].text if outcome.sentences else ""
            whole = not interrupted and bool(last) and heard.endswith(last)
            self.decide(
                AnnouncementResult.SPOKEN if whole else AnnouncementResult.INTERRUPTED, heard
            )


class Announcements:
    """All that is to be said in one room; `close` it with the room."""

    def __init__(self, answering: Floor) -> None:
        self._answering = answering
        self._open: set[Announcement] = set()

    def say(
        self, text: str, persona: Persona, urgency: Urgency, language: str | None
    ) -> Announcement:
        """Have it said in that agent's voice. People's turns are never dropped for it."""
        saying = Announcement(text)
        waiting = sum(not each.begun for each in self._open)
        if waiting >= MAX_OF_ONE or self._answering.waiting >= MAX_WAITING:
            saying.decide(AnnouncementResult.DROPPED)
            return saying
        self._open.add(saying)

        def on_end(outcome: ReplyOutcome | None, heard: str, interrupted: bool) -> None:
            self._open.discard(saying)
            saying.ended(outcome, heard, interrupted)

        self._answering.ask(
            AgentTurn(persona.agent, text, EVERYBODY, language=language),
            persona,
            # Without a speaker's last sample there is no wait to measure.
            TurnLatency(),
            agent=CannedReply(saying.words),
            first=urgency is not Urgency.WAIT,
            on_end=on_end,
        )
        if urgency is Urgency.INTERRUPT:
            self._answering.stop()
        return saying

    def close(self) -> None:
        """Nothing of what is open will be said any more."""
        for saying in self._open:
            saying.decide(AnnouncementResult.DROPPED)
        self._open.clear()
