"""Acknowledging a critical message by answering it on the channel: "got it" on Telegram.

OpenClaw has no event for an answer to a message that was sent. But what a person writes on a
channel becomes a message of a session, which can be watched: the main session of an agent, or with
a session for each person its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fleet.notify.messages import People
from fleet.notify.settings import DISCORD
from openclaw_client import PerGuildOpenClawClient
from openclaw_client.protocol.payloads import AgentInfo
from openclaw_client.session_messages import ChannelWords, SessionMessages


class ChannelAnswers:
    """Watches the recipients' sessions while a critical message is open. `close` it at the end.

    ``is_acknowledged`` tells whether words say that a message was received.
    """

    def __init__(
        self,
        people: People,
        client: PerGuildOpenClawClient,
        is_acknowledged: Callable[[str], bool],
    ) -> None:
        self._people = people
        self._is_acknowledged = is_acknowledged
        self._agents: tuple[str, ...] = ()
        self._messages = SessionMessages(client.gateway, self._heard)
        people.on_critical(self._watch)
        client.on_agents(self._know)

    async def close(self) -> None:
        """Watch no session any more."""
        await self._messages.close()

    def _know(self, agents: Iterable[AgentInfo]) -> None:
        self._agents = tuple(agent.id for agent in agents)
        self._watch()

    def _watch(self) -> None:
        recipients = [each for each in self._people.settings.recipients if each.channel != DISCORD]
        self._messages.watch(
            key
            for agent in self._agents
            for recipient in recipients
            for key in (
                f"agent:{agent}:main",
                f"agent:{agent}:{recipient.channel}:direct:{recipient.to.lower()}",
            )
            if self._people.open
        )

    def _heard(self, words: ChannelWords) -> None:
        """Only a recipient of the settings acknowledges, and all that is open."""
        for recipient in self._people.settings.recipients:
            if (recipient.channel, recipient.to) != (words.channel, words.sender_id):
                continue
            if self._is_acknowledged(words.text):
                for message in self._people.open:
                    self._people.acknowledge(
                        message.id, by=recipient.name, how=f"on {recipient.channel}"
                    )
            return
