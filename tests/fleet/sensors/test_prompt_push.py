"""Readings for prompts: what is pushed, how often, and without a plugin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from fleet.sensors.prompt_push import PUSH, SOONEST_S, WITHOUT_PLUGIN_S, PromptPush
from fleet.sensors.readings import Reading
from fleet.sensors.sampler import Sampler
from openclaw_client.errors import NotConnected, RequestFailed
from testing.manual_clock import ManualClock, eventually

NO_PLUGIN = {"code": "FORBIDDEN", "message": "missing scope: operator.admin"}


class Lab:
    name = "lab"

    async def read(self) -> Sequence[Reading]:
        return [
            Reading("lab.temperature", 21.0, "C", 995.0),
            Reading("lab.door", 1.0, "", 1_000.0, words="open"),
            Reading("room.home.people", 3.0, "people", 1_000.0, guild_id=7),
        ]


class FakeGateway:
    def __init__(self) -> None:
        self.pushed: list[dict[str, Any]] = []
        self.asked = 0
        self.error: Exception | None = None

    async def request(self, method: str, params: dict[str, Any]) -> Any:
        assert method == PUSH
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.pushed.append(params)
        return {"kept": len(params["readings"])}


@pytest.fixture
async def sampler(clock: ManualClock) -> AsyncIterator[Sampler]:
    async with Sampler([Lab()], 10.0, clock=clock) as running:
        yield running


def push(sampler: Sampler, clock: ManualClock, *patterns: str) -> PromptPush:
    return PromptPush(sampler, "box2", patterns, clock=clock, wall=lambda: 1_000.0)


async def test_the_chosen_readings_are_pushed_at_each_interval(
    sampler: Sampler, clock: ManualClock
) -> None:
    gateway = FakeGateway()
    async with push(sampler, clock, "lab.*", "room.*") as pushing:
        pushing.request = gateway.request
        await eventually(lambda: gateway.pushed)
        assert gateway.pushed == [
            {
                "node": "box2",
                "readings": [
                    {"sensor": "lab.door", "text": "open", "ageMs": 0},
                    {"sensor": "lab.temperature", "text": "21 C", "ageMs": 5_000},
                ],
            }
        ]
        await clock.advance(30)
        assert len(gateway.pushed) == 4


async def test_nothing_is_pushed_without_a_choice(sampler: Sampler, clock: ManualClock) -> None:
    gateway = FakeGateway()
    async with push(sampler, clock) as pushing:
        pushing.request = gateway.request
        await clock.advance(30)
        assert gateway.asked == 0


async def test_a_missing_plugin_is_told_once_and_found_later(
    sampler: Sampler, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = FakeGateway()
    details = {"code": "MISSING_SCOPE", "missingScope": "operator.admin"}
    gateway.error = RequestFailed(PUSH, NO_PLUGIN["code"], NO_PLUGIN["message"], details)
    async with push(sampler, clock, "lab.*") as pushing:
        pushing.request = gateway.request
        await clock.advance(WITHOUT_PLUGIN_S - 1)
        assert gateway.asked == 1
        await clock.advance(WITHOUT_PLUGIN_S)
        assert gateway.asked == 2
        assert caplog.text.count("does not have the plugin") == 1
        gateway.error = None
        await clock.advance(WITHOUT_PLUGIN_S)
        assert gateway.pushed


async def test_an_outage_is_passed_over(sampler: Sampler, clock: ManualClock) -> None:
    gateway = FakeGateway()
    gateway.error = NotConnected("away")
    async with push(sampler, clock, "lab.*") as pushing:
        pushing.request = gateway.request
        await clock.advance(20)
        gateway.error = None
        await clock.advance(10 + SOONEST_S)
        assert gateway.pushed
