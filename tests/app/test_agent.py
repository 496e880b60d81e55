"""The Gateway's client as a room's agent."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pydantic import SecretStr

from app.agent import OpenClawAgent
from openclaw_client import (
    GatewayUnreachable,
    OpenClawClient,
    OpenClawConfig,
    OpenClawError,
    TextDelta,
    TurnLost,
    TurnTimeout,
)
from openclaw_client.simulator import GatewaySimulator
from pipeline.errors import AgentError, AgentLost, AgentTimeout, AgentUnavailable
from pipeline.ports import AgentTurn, Speaker

TURN = AgentTurn("jarvis", "What time is it?", Speaker(42, "Alice"), "Bob is in the room too.")


class FailingClient(OpenClawClient):
    """Says a word, and fails."""

    def __init__(self, error: OpenClawError) -> None:
        super().__init__(OpenClawConfig())
        self.error = error

    async def stream(self, *_: Any, **__: Any) -> AsyncGenerator[TextDelta, None]:
        yield TextDelta("It ")
        raise self.error


async def test_an_answer_comes_as_it_is_written() -> None:
    async with (
        GatewaySimulator(token="t") as gateway,
        OpenClawClient(OpenClawConfig(base_url=gateway.url, auth_token=SecretStr("t"))) as client,
    ):
        deltas = [delta async for delta in OpenClawAgent(client).reply(TURN)]
        assert "".join(delta.text for delta in deltas) == "It is half past seven, sir."
        heard = gateway.runs[0].heard
        assert (heard.speaker, heard.context) == (("42", "Alice"), "Bob is in the room too.")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TurnTimeout("too long"), AgentTimeout),
        (TurnLost("the connection broke"), AgentLost),
        (GatewayUnreachable("away"), AgentUnavailable),
    ],
)
async def test_failures_are_told_apart_for_the_room(
    error: OpenClawError, kind: type[AgentError]
) -> None:
    deltas = OpenClawAgent(FailingClient(error)).reply(TURN)
    assert (await anext(deltas)).text == "It "
    with pytest.raises(kind, match=str(error)):
        await anext(deltas)
