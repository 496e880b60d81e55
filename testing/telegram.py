"""A stand-in for the Telegram Bot API on loopback, which records the messages that a bot sends.

It answers the methods that OpenClaw's channel calls at its start, ``sendMessage``, and
``getUpdates`` with what a person writes. OpenClaw finds it by ``channels.telegram.apiRoot``.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

BOT_TOKEN = "123:stand-in"
CHAT = "42"
"""The only chat that OpenClaw may write to, by `telegram_config`."""
_POLL_S = 2.0


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One ``sendMessage``. ``at`` is the event loop's time."""

    chat: str
    text: str
    silent: bool
    at: float


@dataclass
class TelegramStandIn:
    """The address, and the messages so far, the oldest first."""

    url: str = ""
    sent: list[SentMessage] = field(default_factory=list)
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, text: str, chat: str = CHAT) -> None:
        """A person writes to the bot."""
        number = int(time.time() * 1000) % 2**30 + len(self._updates)
        person = {"id": int(chat), "is_bot": False, "first_name": "Alice"}
        message = {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": int(chat), "type": "private", "first_name": "Alice"},
            "from": person,
            "text": text,
        }
        self._updates.append({"update_id": number, "message": message})
        self._came.set()

    async def _poll(self, after: int) -> list[dict[str, Any]]:
        """The updates from that number on, awaited for a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S):
                while not (new := [each for each in self._updates if each["update_id"] >= after]):
                    self._came.clear()
                    await self._came.wait()
                return new
        return []

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        body: dict[str, Any] = {}
        if request.can_read_body:
            body = await request.json()
        match method:
            case "getUpdates":
                return _ok(await self._poll(int(body.get("offset", 0))))
            case "getMe":
                return _ok({"id": 1, "is_bot": True, "first_name": "Bot", "username": "stand_bot"})
            case "sendMessage":
                now = asyncio.get_running_loop().time()
                silent = bool(body.get("disable_notification"))
                text = str(body.get("text", ""))
                self.sent.append(SentMessage(str(body["chat_id"]), text, silent, now))
                return _ok(
                    {
                        "message_id": len(self.sent),
                        "date": int(time.time()),
                        "chat": {"id": int(body["chat_id"]), "type": "private"},
                        "text": text,
                    }
                )
        return _ok(True)


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


@asynccontextmanager
async def telegram() -> AsyncIterator[TelegramStandIn]:
    """The stand-in, while the body runs."""
    api = TelegramStandIn()
    application = web.Application()
    application.router.add_route("*", "/bot{token}/{method}", api.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield api
    finally:
        await runner.cleanup()


def telegram_config(url: str) -> dict[str, Any]:
    """The part of ``openclaw.json`` with which the Gateway uses the stand-in at ``url``."""
    return {
        "channels": {
            "telegram": {
                "enabled": True,
                "botToken": BOT_TOKEN,
                "apiRoot": url,
                "dmPolicy": "allowlist",
                "allowFrom": [CHAT],
            }
        }
    }
