"""The Gateway's agents as a room knows them."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager

from openclaw_client import OpenClawClient, OpenClawError, SpeakerRef, TurnLost, TurnTimeout
from pipeline.errors import AgentLost, AgentTimeout, AgentUnavailable
from pipeline.ports import AgentTurn, TextDelta


class OpenClawAgent:
    """A `pipeline.ports.Agent` over one guild's client.

    ``channel_id`` tells the text channel that session scope ``channel`` shares its memory with,
    ``clock`` is the room's.
    """

    def __init__(
        self,
        client: OpenClawClient,
        channel_id: Callable[[], int | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._channel_id = channel_id
        self._clock = clock

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[TextDelta, None]:
        """Stream the answer; closing the generator aborts the run at the Gateway.

        Raises:
            AgentTimeout: the answer was not whole within the client's timeout.
            AgentLost: the connection broke, and the run could not be picked up again.
            AgentUnavailable: the Gateway is away, refused, or its agent failed.
        """
        with translated():
            deltas = self._client.stream(
                turn.agent,
                turn.text,
                context=turn.context,
                speaker=SpeakerRef(str(turn.speaker.id), turn.speaker.name),
                channel_id=self._channel_id(),
                present=turn.present,
                asked_ago_s=0.0 if turn.said_at is None else self._clock() - turn.said_at,
            )
            async with aclosing(deltas):
                async for delta in deltas:
                    yield TextDelta(delta.text, delta.replace)


@contextmanager
def translated() -> Iterator[None]:
    """The Gateway client's errors as the pipeline's."""
    try:
        yield
    except TurnTimeout as error:
        raise AgentTimeout(str(error)) from error
    except TurnLost as error:
        raise AgentLost(str(error)) from error
    except (OpenClawError, ValueError) as error:
        raise AgentUnavailable(str(error)) from error
