"""What the tests of turns share: questions to a simulated Gateway, and breaking its connection."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from openclaw_client import OpenClawClient, TextDelta
from openclaw_client.transport.reconnecting import ConnectionState
from simulators.gateway import GatewaySimulator
from simulators.gateway.sessions import SimulatedRun
from testing.manual_clock import ManualClock, eventually

STORY = (
    "Once upon a time there was a village by the sea. "
    "Every evening the boats came home with the tide. "
    "The children waited on the old stone wall. "
    "And the moon rose slowly over the water."
)
QUESTION = ("sage", "What is the meaning of life?")
LIFE = "Life is a long walk, my friend. Enjoy the view along the way."


def story(client: OpenClawClient, **more: Any) -> AsyncGenerator[TextDelta, None]:
    return client.stream("sage", "Tell me a story.", **{"speaker": "alice", **more})


async def words_of(stream: AsyncGenerator[TextDelta, None], count: int) -> str:
    """The first few deltas, joined."""
    return "".join([(await anext(stream)).text for _ in range(count)])


async def ask(client: OpenClawClient, **more: Any) -> str:
    return await client.send_message(
        "sage", "What is the meaning of life?", **{"speaker": "alice", **more}
    )


def last(gateway: GatewaySimulator) -> SimulatedRun:
    return gateway.runs[-1]


async def lose(client: OpenClawClient, gateway: GatewaySimulator) -> None:
    """Break the connection; the client knows it."""
    gateway.drop_connections()
    await eventually(lambda: client.status.state is ConnectionState.WAITING)


async def reconnect(client: OpenClawClient, clock: ManualClock) -> None:
    await clock.advance(1.3)
    await eventually(lambda: client.status.state is ConnectionState.UP)


async def begun(
    client: OpenClawClient, gateway: GatewaySimulator, **more: Any
) -> AsyncGenerator[TextDelta, None]:
    """A story of which three words were told, whose run stands still there."""
    gateway.faults.pause_run(after_words=3)
    stream = story(client, **more)
    assert await words_of(stream, 3) == "Once upon a"
    return stream
