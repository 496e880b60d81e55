"""Questions of agents to people (OpenClaw's tool ``ask_user``), and their answers.

The Gateway sends them to clients with the scope ``operator.questions``, and lets an agent ask only
in the turns of such a client. A question outlives the connection: after each connect the open ones
are listed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Protocol

from pydantic import Field

from openclaw_client.clock import sleep
from openclaw_client.errors import (
    GatewayUnreachable,
    NotConnected,
    OpenClawError,
    RequestFailed,
)
from openclaw_client.gateway import Gateway
from openclaw_client.protocol.frames import Event
from openclaw_client.protocol.wire import WireModel, or_else, read_payload, valid_items
from openclaw_client.transport.connection import GatewayConnection
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_RETRY_S: Final = 1.0
_Words = Annotated[str, Field(max_length=4_000)]


class QuestionOption(WireModel):
    label: _Words
    description: Annotated[str, or_else("")] = ""


class Question(WireModel):
    """One question. With ``is_other`` a person may answer in their own words."""

    question_id: Annotated[str, Field(max_length=200)]
    header: Annotated[str, or_else("")] = ""
    question: _Words
    options: Annotated[
        list[QuestionOption], valid_items(QuestionOption), Field(default_factory=list)
    ]
    multi_select: Annotated[bool, or_else(False)] = False
    is_other: Annotated[bool, or_else(False)] = False


class QuestionRecord(WireModel):
    """The questions that one call of the tool asks together, and the session that waits."""

    id: Annotated[str, Field(max_length=200)]
    questions: Annotated[list[Question], valid_items(Question)]
    agent_id: Annotated[str, or_else("")] = ""
    session_key: Annotated[str | None, Field(max_length=512), or_else(None)] = None
    expires_at_ms: Annotated[float, or_else(0.0)] = 0.0

    @property
    def left_s(self) -> float:
        """Seconds until it ends by itself, on this machine's clock."""
        return max(0.0, self.expires_at_ms / 1000 - time.time())


class _QuestionEnded(WireModel):
    id: str


class _QuestionList(WireModel):
    questions: Annotated[list[QuestionRecord], valid_items(QuestionRecord)]


class QuestionListener(Protocol):
    """Gets the questions. No method may block or raise."""

    def asked(self, record: QuestionRecord) -> None:
        """It is open. It may come again after a reconnect."""

    def ended(self, ident: str) -> None:
        """It was answered somewhere, was skipped, or its run has ended."""

    def only_open(self, idents: Sequence[str]) -> None:
        """After a connect: all others have ended."""


class QuestionDesk:
    """The questions of a Gateway; a `ConnectionListener`. `close` it at the end."""

    def __init__(self, gateway: Gateway, listener: QuestionListener) -> None:
        self._gateway = gateway
        self._listener = listener
        self._tasks = OwnedTasks(log)
        gateway.connection.add_listener(self)
        gateway.on_connected(self._connected)
        if (connection := gateway.open_connection) is not None:
            self._connected(connection)

    async def close(self) -> None:
        await self._tasks.aclose()

    async def answer(self, record: QuestionRecord, answers: Mapping[str, Sequence[str]]) -> None:
        """Answer a question, by the ids of its parts; or skip it, with no answers.

        A lost connection is waited for until the question ends by itself.

        Raises:
            RequestFailed: it was answered already, or the answers do not fit.
            GatewayUnreachable: there was no connection in time.
        """
        params: dict[str, Any] = {"id": record.id}
        if answers:
            given = {name: list(values) for name, values in answers.items()}
            params["answers"] = {"answers": given}
        else:
            params["cancel"] = True
        while True:
            try:
                connection = await self._gateway.ready()
                await connection.request("question.resolve", params)
                return
            except (NotConnected, GatewayUnreachable) as error:
                if record.left_s <= 0:
                    raise GatewayUnreachable(str(error)) from error
            await sleep(self._gateway.connection.clock, _RETRY_S)

    def on_event(self, event: Event) -> None:
        if event.event == "question.requested":
            self._listener.asked(
                read_payload(QuestionRecord, event.payload, f"a {event.event} event")
            )
        elif event.event == "question.resolved":
            ended = read_payload(_QuestionEnded, event.payload, f"a {event.event} event")
            self._listener.ended(ended.id)

    def on_events_lost(self) -> None:
        """Look which are open now."""
        if (connection := self._gateway.open_connection) is not None:
            self._connected(connection)

    def on_connection_lost(self, why: str) -> None:
        """Keep what is asked: the next connection tells what is still open."""

    def _connected(self, connection: GatewayConnection) -> None:
        self._tasks.spawn(self._list(connection), "list the questions")

    async def _list(self, connection: GatewayConnection) -> None:
        try:
            answer = await connection.request("question.list", {})
            listed = read_payload(_QuestionList, answer, "the answer to question.list").questions
        except RequestFailed as refused:
            log.warning("the questions of agents are not seen: %s", refused)
        except OpenClawError as error:
            log.debug("%s", error)
        else:
            self._listener.only_open([each.id for each in listed])
            for record in listed:
                self._listener.asked(record)
