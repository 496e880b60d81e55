"""One page's connection, in virtual time: what is taken from a page, and what is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, cast

import numpy as np
import pytest
from fastapi import WebSocket
from starlette.websockets import WebSocketState

from tests.web.pages import TalkParts, fake_talk_rooms
from web.talk.connection import (
    ELSEWHERE,
    ENTER_WITHIN_S,
    MOST_MESSAGES,
    REFUSED,
    TOO_SLOW,
    PageConnection,
)
from web.talk.opus import PageOpusDecoder, PageOpusEncoder
from web.talk.room import TalkRoom
from web.talk.rooms import TalkRooms

pytestmark = pytest.mark.virtual_time

ENTER = {"type": "enter", "name": "Ann", "room": "", "key": "a-key-of-a-page", "rate": 16_000}
ASKED = "Jarvis, what time is it?"


class ScriptedSocket:
    """A WebSocket whose page is the test."""

    def __init__(self) -> None:
        self.application_state = WebSocketState.CONNECTED
        self.scope: dict[str, Any] = {"state": {"abort": self._abort}}
        self.closed: tuple[int, str] | None = None
        self.aborted = False
        self.reads = asyncio.Event()
        """While it is not set, nothing that is sent is taken."""
        self.reads.set()
        self.got: list[str | bytes] = []
        self._from_page: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def _abort(self) -> None:
        self.aborted = True

    def page_sends(self, message: dict[str, Any] | bytes | str) -> None:
        if isinstance(message, dict):
            message = json.dumps(message)
        kind = "bytes" if isinstance(message, bytes) else "text"
        self._from_page.put_nowait({"type": "websocket.receive", kind: message})

    def page_goes(self) -> None:
        self._from_page.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def receive(self) -> dict[str, Any]:
        return await self._from_page.get()

    async def send_text(self, text: str) -> None:
        await self.reads.wait()
        self.got.append(text)

    async def send_bytes(self, data: bytes) -> None:
        await self.reads.wait()
        self.got.append(data)

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self.application_state = WebSocketState.DISCONNECTED

    @property
    def kinds(self) -> list[str]:
        return [json.loads(each)["type"] for each in self.got if isinstance(each, str)]


@pytest.fixture
async def parts() -> AsyncIterator[TalkParts]:
    made = TalkParts()
    made.hearing.start()
    yield made
    await made.hearing.aclose()


@pytest.fixture
async def rooms(parts: TalkParts) -> AsyncIterator[TalkRooms]:
    made = fake_talk_rooms(parts)
    yield made
    await made.aclose()


def serve(socket: ScriptedSocket, rooms: TalkRooms) -> asyncio.Task[None]:
    return asyncio.create_task(PageConnection(cast(WebSocket, socket), rooms).serve())


async def entered(rooms: TalkRooms, **changes: Any) -> tuple[ScriptedSocket, asyncio.Task[None]]:
    socket = ScriptedSocket()
    serving = serve(socket, rooms)
    socket.page_sends({**ENTER, **changes})
    await asyncio.sleep(0.1)
    return socket, serving


async def test_a_page_enters_speaks_hears_and_goes(parts: TalkParts, rooms: TalkRooms) -> None:
    socket, serving = await entered(rooms)
    assert socket.kinds == ["entered", "people"]
    level = parts.models.code(ASKED)
    for loud in [level] * 50 + [0] * 10:
        socket.page_sends(np.full(320, loud, "<i2").tobytes())
        await asyncio.sleep(0.02)
    socket.page_sends({"type": "released"})
    await asyncio.sleep(3)
    assert [turn.text for turn in parts.agent.turns] == [ASKED]
    assert sum(isinstance(each, bytes) for each in socket.got) > 10
    socket.page_goes()
    await serving
    assert socket.closed is None
    assert rooms.people == 0


async def test_a_page_that_has_opus_sends_and_gets_packets_beside_one_that_has_not(
    parts: TalkParts, rooms: TalkRooms
) -> None:
    with_opus, _ = await entered(rooms, sends="opus", hears="opus", rate=44_100)
    plain, _ = await entered(rooms, name="Ben", key="another key")
    for socket, form in ((with_opus, "opus"), (plain, "pcm")):
        welcome = json.loads(socket.got[0])
        assert (welcome["sends"], welcome["hears"]) == (form, form)
    encoder = PageOpusEncoder()
    for _ in range(5):
        with_opus.page_sends(encoder.encode(bytes(1_920)))
    plain.page_sends({"type": "say", "text": ASKED})
    await asyncio.sleep(3)
    assert with_opus.closed is None
    packets, frames = (
        [each for each in s.got if isinstance(each, bytes)] for s in (with_opus, plain)
    )
    assert len(packets) == len(frames) > 10
    assert {len(frame) for frame in frames} == {1_920}
    assert max(map(len, packets)) < 400
    decoder = PageOpusDecoder()
    assert max(np.abs(decoder.decode(packet)).max() for packet in packets) > 2_000


async def test_what_is_no_opus_ends_the_connection_with_the_reason(rooms: TalkRooms) -> None:
    socket, serving = await entered(rooms, sends="opus")
    socket.page_sends(b"\xff" * 50)
    await serving
    assert socket.closed == (REFUSED, "the page sent what is no packet of Opus")


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        "[]",
        '{"type":"shutdown"}',
        {"type": "say", "text": "x" * 5_000},
        {"type": "say", "text": "hello", "speaker": 42},
        {"type": "sensitivity", "level": "extreme"},
        {"type": "agent", "agent": "nero"},
        {"type": "agent", "agent": 7},
        ENTER,
        b"\1",
        b"",
    ],
    ids=lambda message: str(message)[:40],
)
async def test_what_no_page_sends_ends_the_connection_with_the_reason(
    rooms: TalkRooms, message: dict[str, Any] | bytes | str
) -> None:
    socket, serving = await entered(rooms)
    socket.page_sends(message)
    await serving
    assert socket.closed is not None
    assert socket.closed[0] == REFUSED
    assert 0 < len(socket.closed[1].encode()) <= 123
    assert rooms.people == 0


@pytest.mark.parametrize(
    "first",
    [
        {"type": "say", "text": "hello"},
        b"\0\0",
        {**ENTER, "rate": 384_000},
        {**ENTER, "name": "\u200b"},
        {**ENTER, "key": ""},
        {**ENTER, "sends": "mp3"},
    ],
    ids=lambda message: str(message)[:60],
)
async def test_who_does_not_enter_properly_enters_no_room(
    rooms: TalkRooms, first: dict[str, Any] | bytes
) -> None:
    socket = ScriptedSocket()
    serving = serve(socket, rooms)
    socket.page_sends(first)
    await serving
    assert socket.closed is not None
    assert socket.closed[0] == REFUSED
    assert rooms.rooms == []


async def test_a_connection_that_says_nothing_is_closed(rooms: TalkRooms) -> None:
    socket = ScriptedSocket()
    serving = serve(socket, rooms)
    await asyncio.sleep(ENTER_WITHIN_S - 1)
    assert socket.closed is None
    await serving
    assert socket.closed == (REFUSED, "the page did not enter a room")


async def test_a_page_that_floods_with_messages_is_sent_away(rooms: TalkRooms) -> None:
    socket, serving = await entered(rooms)
    for _ in range(MOST_MESSAGES + 5):
        socket.page_sends({"type": "released"})
    await serving
    assert socket.closed == (REFUSED, "the page sends too many messages")


async def test_a_page_that_does_not_read_is_cut(parts: TalkParts, rooms: TalkRooms) -> None:
    parts.agent.answers[ASKED] = "This is a long answer that goes on and on. " * 6
    socket, serving = await entered(rooms)
    socket.reads.clear()
    socket.page_sends({"type": "say", "text": ASKED})
    await serving
    assert socket.closed is not None
    assert socket.closed[0] == TOO_SLOW
    assert socket.aborted
    assert rooms.people == 0


async def test_the_same_page_on_another_connection_replaces_the_first(rooms: TalkRooms) -> None:
    first, ended = await entered(rooms)
    second, _ = await entered(rooms)
    await ended
    assert first.closed is not None
    assert first.closed[0] == ELSEWHERE
    assert second.closed is None
    assert rooms.people == 1


async def test_a_page_whose_login_ends_is_sent_away(rooms: TalkRooms) -> None:
    socket, allowed = ScriptedSocket(), asyncio.Event()
    allowed.set()
    page = PageConnection(cast(WebSocket, socket), rooms, allowed.is_set)
    serving = asyncio.create_task(page.serve())
    socket.page_sends(ENTER)
    await asyncio.sleep(60)
    assert rooms.people == 1
    allowed.clear()
    await serving
    assert socket.closed == (REFUSED, "the login has ended: log in again")
    assert rooms.people == 0


async def test_a_bug_in_a_room_is_not_told_as_the_fault_of_the_page(
    rooms: TalkRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    socket, serving = await entered(rooms)
    monkeypatch.setattr(TalkRoom, "say", broken)
    socket.page_sends({"type": "say", "text": "hello"})
    with pytest.raises(ZeroDivisionError):
        await serving
    assert rooms.people == 0
