"""The reply that has the floor."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from pipeline.speaking.interruption import InterruptionHandler
from pipeline.speaking.reply import Reply
from pipeline.speaking.turn_queue import QueuedTurn


@dataclass(slots=True)
class ActiveReply:
    """The reply that has the floor, from its request to its last sound."""

    queued: QueuedTurn
    reply: Reply
    task: asyncio.Task[None]
    interruption: InterruptionHandler
    discarded: bool = False
    """It was stopped because its turn is asked again with more words of its speaker, or was dropped
    for another member's turn."""

    @property
    def stopping(self) -> bool:
        return self.task.cancelling() > 0

    def stop(self) -> None:
        """Cancel its task, once: a second cancellation would end the clean-up after the first."""
        if not self.stopping:
            self.task.cancel()
        self.interruption.close()

    @property
    def may_be_declined(self) -> bool:
        """Whether its turn is probably not for the agent, which has not answered yet."""
        silent = not self.reply.has_answer and not self.reply.has_audio
        return self.queued.turn.is_unlikely and silent

    def gives_way_to(self, other: QueuedTurn) -> bool:
        """Whether it is dropped for ``other``: another member's words to an agent, or the same
        member's to another agent."""
        return (
            self.may_be_declined
            and other.joinable
            and not other.turn.is_unlikely
            and not other.turn.has_same_speaker_and_agent(self.queued.turn)
            and not self.stopping
        )
