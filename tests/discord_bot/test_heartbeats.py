"""The heartbeats of discord.py end with the bot."""

import asyncio
import threading
from typing import Any, cast

from discord.gateway import DiscordWebSocket, KeepAliveHandler

from discord_bot.heartbeats import end_heartbeats
from testing.calls import calls


class SlowHeartbeat:
    """A websocket whose next heartbeat is on its way from the thread to the loop."""

    HEARTBEAT = 1
    _max_heartbeat_timeout = 60.0

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.thread_id = threading.get_ident()
        self.awake, self.released = threading.Event(), threading.Event()
        self.sent: list[Any] = []

    @property
    def sequence(self) -> int:
        """Asked by the thread between its wait and its sending."""
        self.awake.set()
        self.released.wait(60)
        return 7

    async def send_heartbeat(self, data: Any) -> None:
        self.sent.append(data)


async def test_a_thread_that_is_about_to_send_is_waited_for() -> None:
    websocket = SlowHeartbeat()
    thread = KeepAliveHandler(ws=cast(DiscordWebSocket, websocket), interval=0.001)
    thread.start()
    await asyncio.to_thread(websocket.awake.wait, 60)
    ending = asyncio.create_task(end_heartbeats())
    await asyncio.sleep(0.05)
    assert not ending.done()
    websocket.released.set()
    await ending
    assert not thread.is_alive()
    assert websocket.sent == [{"op": 1, "d": 7}]


async def test_none_is_left_after_the_bot_was_closed() -> None:
    loop = asyncio.get_running_loop()
    async with calls() as call:
        await call.call_in()
        assert _heartbeats(loop)
    assert not _heartbeats(loop)


def _heartbeats(loop: asyncio.AbstractEventLoop) -> list[threading.Thread]:
    return [
        thread
        for thread in threading.enumerate()
        if isinstance(thread, KeepAliveHandler) and thread.ws.loop is loop
    ]
