"""A bare REST client with the bot's token."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from simulators.discord import DiscordSimulator

Answer = tuple[int, Any]


class Rest:
    def __init__(self, sim: DiscordSimulator, session: aiohttp.ClientSession) -> None:
        self.sim = sim
        self.session = session

    async def __call__(self, method: str, path: str, **kw: Any) -> Answer:
        if isinstance(kw.get("json"), dict | list):
            kw["data"] = json.dumps(kw.pop("json"))
            kw["headers"] = {"Content-Type": "application/json"}
        headers = {"Authorization": f"Bot {self.sim.token}"} | kw.pop("headers", {})
        url = f"https://discord.com/api/v10{path}"
        async with self.session.request(method, url, headers=headers, **kw) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None
