"""The Gateway's agents as a room knows them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from openclaw_client import OpenClawClient, OpenClawError, SpeakerRef, TurnLost, TurnTimeout
from pipeline.errors import AgentLost, AgentTimeout, AgentUnavailable
from pipeline.ports import AgentTurn, TextDelta


class OpenClawAgent:
    """A `pipeline.ports.Agent` over one guild's client.

    ``channel_id`` tells the text channel that session scope ``channel`` shares its memory with.
    """

    def __init__(
        self, client: OpenClawClient, channel_id: Callable[[], int | None] = lambda: None
    ) -> None:
        self._client = client
        self._channel_id = channel_id

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[TextDelta, None]:
        """Stream the answer; closing the generator aborts the run at the Gateway.

        Raises:
            AgentTimeout: the answer was not whole within the client's timeout.
            AgentLost: the connection broke, and the run could not be picked up again.
            AgentUnavailable: the Gateway is away, refused, or its agent failed.
        """
        try:
            deltas = self._client.stream(
                turn.agent,
                turn.text,
                context=turn.context,
                speaker=SpeakerRef(str(turn.speaker.id), turn.speaker.name),
                channel_id=self._channel_id(),
                present=turn.present,
            )
            async with aclosing(deltas):
                async for delta in deltas:
                    yield TextDelta(delta.text, delta.replace)
        except TurnTimeout as error:
            raise AgentTimeout(str(error)) from error
        except TurnLost as error:
            raise AgentLost(str(error)) from error
        except (OpenClawError, ValueError) as error:
            raise AgentUnavailable(str(error)) from error
