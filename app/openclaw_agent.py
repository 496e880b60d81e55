"""The port ``pipeline.ports.Agent`` over the Gateway client."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Final

from app.agent_roster import GatewayAgents
from app.told_presence import ToldPresence
from openclaw_client import (
    By,
    DeviceStoreError,
    Doubt,
    EarlierLine,
    GatewayRefused,
    GatewayUnreachable,
    OpenClawClient,
    OpenClawError,
    SpeakerRef,
    TurnAborted,
    TurnFailed,
    TurnLost,
    TurnTimeout,
)
from pipeline.errors import (
    AgentError,
    AgentLost,
    AgentRefused,
    AgentStopped,
    AgentTimeout,
    AgentUnavailable,
)
from pipeline.ports import AddresseeDoubt, AgentDelta, AgentTurn, ContextLine

_REFUSAL: Final = "refusal"
"""The model refused."""
_INVALID_REQUEST: Final = "INVALID_REQUEST"
"""The error kind of a turn for an unknown agent; nothing was run."""
_PERMANENT: Final = frozenset(
    {
        *("auth", "auth_permanent", "billing", "context_length", "format", "model_not_found"),
        *(_INVALID_REQUEST, "FORBIDDEN", "NOT_FOUND"),
    }
)
"""Kinds of failure that the next turn meets as well: the model's key, account or name, a session
that is too long, an unknown agent."""
_WAITED_S: Final = 2.0
"""A turn that was said longer ago has waited for other turns or for the Gateway."""
_UNAVAILABLE: Final = "UNAVAILABLE"
"""The code of a Gateway that is not ready yet."""


class OpenClawAgent:
    """A `pipeline.ports.Agent` over one guild's client.

    ``channel_id`` returns the text channel for session scope ``channel``, ``clock`` is the room's.
    ``agents`` resolves an agent that the Gateway does not have to its stand-in; without it every
    agent is asked by its own id.
    """

    def __init__(
        self,
        client: OpenClawClient,
        channel_id: Callable[[], int | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        agents: GatewayAgents | None = None,
        readings: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """``readings`` returns the values of sensors that a turn carries."""
        self._agents = agents
        self._readings = readings
        self._client = client
        self._channel_id = channel_id
        self._clock = clock
        self._presence = ToldPresence()

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        """Stream the answer; closing the generator aborts the run at the Gateway.

        Raises:
            AgentTimeout: the answer was not complete within the client's timeout.
            AgentLost: the connection broke, and the run was not found again.
            AgentRefused: the Gateway or the agent's model refused, and would again.
            AgentStopped: another client stopped the run.
            AgentUnavailable: the Gateway is away, or its agent failed.
        """
        with translate_errors():
            asked = await self._resolve(turn.agent)
            try:
                async with aclosing(self._stream(turn, asked)) as deltas:
                    async for delta in deltas:
                        yield delta
            except TurnFailed as failed:
                # Nothing was run: the agent may have been removed since the last agents.list.
                if failed.kind != _INVALID_REQUEST:
                    raise
                other = await self._resolve(turn.agent, refused=True)
                if other == asked:
                    raise
            else:
                return
            async with aclosing(self._stream(turn, other)) as deltas:
                async for delta in deltas:
                    yield delta

    async def _resolve(self, agent: str, *, refused: bool = False) -> str:
        if self._agents is None:
            return agent
        return await self._agents.resolve(agent, refused=refused)

    async def _stream(self, turn: AgentTurn, agent: str) -> AsyncGenerator[AgentDelta, None]:
        speaker = SpeakerRef(str(turn.speaker.id), turn.speaker.name)
        channel = self._channel_id()
        session = self._client.session_key(agent, speaker, channel)
        change = self._presence.change(session, turn.present)
        asked_ago_s = 0.0 if turn.said_at is None else self._clock() - turn.said_at
        deltas = self._client.stream(
            agent,
            turn.text,
            speaker=speaker,
            channel_id=channel,
            present=[person.name for person in turn.present],
            joined=change.joined,
            left=change.left,
            earlier=earlier_lines(turn),
            bot=turn.speaker.bot,
            readings=self._readings(),
            doubt=told_doubt(turn.doubt, asked_ago_s),
            asked_ago_s=asked_ago_s,
        )
        async with aclosing(deltas):
            async for delta in deltas:
                self._presence.told(session, turn.present)
                yield AgentDelta(delta.text, delta.replace)
        self._presence.told(session, turn.present)


def earlier_lines(turn: AgentTurn) -> list[EarlierLine]:
    """The context of a turn, as its agent reads it: its own words are "you"."""
    return [_earlier_line(line, turn) for line in turn.context]


def told_doubt(doubt: AddresseeDoubt | None, asked_ago_s: float = 0.0) -> Doubt | None:
    """The doubt about a turn that was said so long ago, as its agent reads it. While a turn waited
    the agent may have answered others, so then nothing is told of its last answer."""
    if doubt is None:
        return None
    told = Doubt(for_everybody=doubt.level == "high", unlikely=doubt.unlikely, named=doubt.named)
    if asked_ago_s > _WAITED_S:
        return told
    return replace(
        told,
        answered_ago_s=doubt.answered_ago_s,
        answered_speaker=doubt.answered_speaker,
        others_spoke=doubt.others_spoke,
    )


def _earlier_line(line: ContextLine, turn: AgentTurn) -> EarlierLine:
    by: By
    if line.speaker is None:
        own = line.agent == turn.agent
        by = "you" if own else "other agent"
        return EarlierLine(by, line.words, "" if own else line.agent, cut_off=line.cut_off)
    if line.speaker.id == turn.speaker.id:
        return EarlierLine("speaker", line.words)
    by = "other bot" if line.speaker.bot else "other person"
    return EarlierLine(by, line.words, line.speaker.name)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translate the Gateway client's errors into the pipeline's."""
    try:
        yield
    except (OpenClawError, ValueError) as error:
        raise _as_agent_error(error) from error


def _as_agent_error(error: OpenClawError | ValueError) -> AgentError:
    """The error for the room, which shows whether asking again helps."""
    why = str(error)
    match error:
        case TurnTimeout():
            return AgentTimeout(why)
        case TurnLost():
            return AgentLost(why)
        case TurnAborted():
            return AgentStopped(why)
        case TurnFailed(kind=kind) if kind == _REFUSAL or kind in _PERMANENT:
            return AgentRefused(why, unwilling=kind == _REFUSAL)
        case GatewayRefused() | DeviceStoreError() | ValueError():
            return AgentRefused(why)
        case GatewayUnreachable(__cause__=GatewayRefused(code=code)) if code != _UNAVAILABLE:
            return AgentRefused(why)
        case _:
            return AgentUnavailable(why)
