"""One page's connection to a room. Nothing that a page sends is trusted.

The page sends JSON messages and, as binary messages, audio: 16 bits little-endian, mono, at the
rate that it named when it entered. It receives JSON messages, and audio at 48 kHz.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import WebSocket
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.websockets import WebSocketDisconnect, WebSocketState

from pipeline.settings import Level
from web.errors import TalkRefused
from web.talk.microphone import HIGHEST_RATE, LOWEST_RATE, PageMicrophone
from web.talk.opus import AudioForm, usable
from web.talk.room import AudioForms, TalkRoom, Visitor
from web.talk.rooms import TalkRooms
from web.talk.typed import LONGEST_TYPED

log = logging.getLogger(__name__)

ENTER_WITHIN_S: Final = 10.0
LOGIN_CHECKED_S: Final = 5.0
REFUSED: Final = 4000
"""Close code: the text says why, and the page does not try again by itself."""
ELSEWHERE: Final = 4001
"""Close code: the same page was opened again."""
TOO_SLOW: Final = 4002
"""Close code: the page did not read."""
GOING: Final = 1001
MOST_MESSAGES: Final = 60
"""JSON messages within `PER_S`; a person's hands send far fewer."""
PER_S: Final = 10.0
_CLOSE_S: Final = 1.0
LONGEST_REASON: Final = 123


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Enter(_Message):
    type: Literal["enter"]
    name: Annotated[str, Field(max_length=200)]
    room: Annotated[str, Field(max_length=64)] = ""
    key: Annotated[str, Field(min_length=8, max_length=64)]
    rate: Annotated[int, Field(ge=LOWEST_RATE, le=HIGHEST_RATE)]
    sends: AudioForm = "pcm"
    """What the page can send; the answer names what it shall send."""
    hears: AudioForm = "pcm"
    """What the page can decode; the answer names what it gets."""


class Released(_Message):
    type: Literal["released"]


class TypedWords(_Message):
    type: Literal["say"]
    text: Annotated[str, Field(max_length=LONGEST_TYPED)]


class StopReply(_Message):
    type: Literal["stop"]


class ChooseAgent(_Message):
    type: Literal["agent"]
    agent: Annotated[str, Field(max_length=64)]


class ChooseLevel(_Message):
    type: Literal["sensitivity"]
    level: Level


FromPage: TypeAlias = Annotated[
    Enter | Released | TypedWords | StopReply | ChooseAgent | ChooseLevel,
    Field(discriminator="type"),
]
_FROM_PAGE: Final[TypeAdapter[FromPage]] = TypeAdapter(FromPage)


class PageConnection:
    """Serves one accepted WebSocket, from entering to its end."""

    def __init__(
        self, socket: WebSocket, rooms: TalkRooms, allowed: Callable[[], bool] = lambda: True
    ) -> None:
        """``allowed`` returns whether the login of the page is still valid."""
        self._socket = socket
        self._rooms = rooms
        self._allowed = allowed
        self._clock = asyncio.get_running_loop().time
        self._budget = MessageBudget(self._clock)

    async def serve(self) -> None:
        """Return when the page has gone, or was sent away."""
        try:
            async with asyncio.timeout(ENTER_WITHIN_S):
                first = await self._next()
            if not isinstance(first, Enter):
                raise TalkRefused("a page enters a room first")
            sends = usable(first.sends)
            microphone = PageMicrophone(first.rate, sends)
            room, visitor = self._rooms.enter(
                first.room, first.name, first.key, AudioForms(sends, usable(first.hears))
            )
        except TalkRefused as refused:
            await self._close(REFUSED, str(refused))
            return
        except TimeoutError:
            await self._close(REFUSED, "the page did not enter a room")
            return
        except WebSocketDisconnect:
            return
        try:
            await self._talk(room, visitor, microphone)
        finally:
            self._rooms.leave(room, visitor)

    async def _talk(self, room: TalkRoom, visitor: Visitor, microphone: PageMicrophone) -> None:
        reading = asyncio.create_task(self._read(room, visitor, microphone), name="page: read")
        writing = asyncio.create_task(self._write(visitor), name="page: write")
        cut = asyncio.create_task(visitor.outbox.overflowed.wait(), name="page: cut")
        watching = asyncio.create_task(self._watch(), name="page: login")
        tasks = (reading, writing, cut, watching)
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if reading.done() and not reading.cancelled() and (error := reading.exception()):
            if isinstance(error, TalkRefused):
                await self._close(REFUSED, str(error))
            elif not isinstance(error, WebSocketDisconnect):
                raise error
        elif visitor.outbox.overflowed.is_set():
            code = ELSEWHERE if visitor.replaced else TOO_SLOW
            why = "this page was opened again" if visitor.replaced else "the page does not keep up"
            await self._close(code, why)
        elif watching in ended:
            await self._close(REFUSED, "the login has ended: log in again")

    async def _watch(self) -> None:
        while self._allowed():  # noqa: ASYNC110 - a login ends by the clock
            await asyncio.sleep(LOGIN_CHECKED_S)

    async def _read(self, room: TalkRoom, visitor: Visitor, microphone: PageMicrophone) -> None:
        while True:
            message = await self._next()
            match message:
                case bytes():
                    pcm = microphone.take(message, self._clock())
                    if pcm is not None:
                        room.hear(visitor, pcm)
                case Released():
                    room.released(visitor)
                case TypedWords(text=text):
                    room.say(visitor, text)
                case StopReply():
                    room.stop(visitor)
                case ChooseAgent(agent=agent):
                    room.use_agent(agent)
                case ChooseLevel(level=level):
                    room.use_sensitivity(level)
                case Enter():
                    raise TalkRefused("the page has entered already")

    async def _write(self, visitor: Visitor) -> None:
        while True:
            message = await visitor.outbox.next()
            if isinstance(message, bytes):
                await self._socket.send_bytes(message)
            else:
                await self._socket.send_text(message)

    async def _next(self) -> FromPage | bytes:
        """The page's next message.

        Raises:
            TalkRefused: it is nothing that a page sends, or there are too many.
            WebSocketDisconnect: the page has gone.
        """
        received = await self._socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", GOING))
        audio: bytes | None = received.get("bytes")
        if audio is not None:
            return audio
        self._budget.spend()
        return from_page(received.get("text") or "")

    async def _close(self, code: int, why: str) -> None:
        """Close with a reason; end the connection of a page that does not even take that."""
        try:
            async with asyncio.timeout(_CLOSE_S):
                if self._socket.application_state is WebSocketState.CONNECTED:
                    await self._socket.close(code, close_reason(why))
        except (TimeoutError, RuntimeError):
            log.debug("a page did not take its close frame")
        if code == TOO_SLOW:
            abort: Callable[[], None] | None = self._socket.scope.get("state", {}).get("abort")
            if abort is not None:
                abort()


def close_reason(why: str) -> str:
    """The reason of a close frame, which has 123 bytes at most."""
    return why.encode()[:LONGEST_REASON].decode("utf-8", "ignore")


def from_page(text: str) -> FromPage:
    """A page's JSON message.

    Raises:
        TalkRefused: no page sends that.
    """
    try:
        return _FROM_PAGE.validate_json(text)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        raise TalkRefused(f"the page sent what no page sends: {first['msg']}") from error


class MessageBudget:
    """How many messages a page may still send."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left = float(MOST_MESSAGES)
        self._at = clock()

    def spend(self) -> None:
        """
        Raises:
            TalkRefused: the page sent more than `MOST_MESSAGES` within `PER_S`.
        """
        now = self._clock()
        gained = (now - self._at) * MOST_MESSAGES / PER_S
        self._left, self._at = min(float(MOST_MESSAGES), self._left + gained), now
        if self._left < 1:
            raise TalkRefused("the page sends too many messages")
        self._left -= 1
