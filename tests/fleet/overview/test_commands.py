"""``fleet.status``: what is wrong here, and for whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fleet.notify.messages import People
from fleet.notify.settings import NotifySettings
from fleet.outbox import Outbox
from fleet.overview.commands import StatusCommand
from fleet.sensors.readings import Reading
from fleet.sensors.thresholds import Threshold, ThresholdWatch
from openclaw_client.node.commands import CommandCall, NodeCommands

OWNER, GUEST = "agent:jarvis:main", "agent:jarvis:discord:dm:42"


async def status(command: StatusCommand, session: str | None) -> dict[str, Any]:
    commands = NodeCommands(command.all(), ["fleet.status"])
    return await commands.execute("fleet.status", None, CommandCall(session, 5.0))


async def send(channel: str, to: str, text: str, *, key: str, silent: bool) -> None:
    """It arrives."""


@pytest.fixture
def watch() -> ThresholdWatch:
    threshold = Threshold(sensor="gpu*.temperature", above=85, clear=80, urgency="high")
    return ThresholdWatch((threshold,))


async def test_sensors_beyond_their_thresholds_are_told_until_they_are_back(
    tmp_path: Path, watch: ThresholdWatch
) -> None:
    async with Outbox(tmp_path) as outbox:
        command = StatusCommand(watch, People(NotifySettings(), outbox, None), outbox)
        assert await status(command, OWNER) == {"alerts": [], "undelivered": 0}
        for value, at in ((91.0, 10.0), (95.0, 20.0)):
            watch.note(Reading("gpu3.temperature", value, "C", at))
        (alert,) = (await status(command, GUEST))["alerts"]
        assert alert == {
            "kind": "sensor",
            "urgency": "high",
            "text": "gpu3.temperature is at 91 C, above 85 C",
            "since": 10.0,
        }
        watch.note(Reading("gpu3.temperature", 79.0, "C", 30.0))
        assert (await status(command, OWNER))["alerts"] == []


async def test_an_open_critical_message_is_shown_with_its_words_to_the_owner_alone(
    tmp_path: Path, watch: ThresholdWatch
) -> None:
    recipients = [{"name": "Ann", "channel": "telegram", "to": "42"}]
    async with Outbox(tmp_path) as outbox:
        people = People(NotifySettings.model_validate({"recipients": recipients}), outbox, None)
        people.ways.send = send
        command = StatusCommand(watch, people, outbox)
        await people.tell("The boiler is dry.", "critical")
        for session in (OWNER, None):
            answer = await status(command, session)
            assert answer["alerts"][0]["text"] == "The boiler is dry."
            assert answer["undelivered"] == 1
        (alert,) = (await status(command, GUEST))["alerts"]
        assert (alert["kind"], alert["text"]) == ("message", "a critical message")
        people.acknowledge(by="Ann", how="by voice")
        assert (await status(command, OWNER))["alerts"] == []


async def test_who_speaks_in_a_call_is_told_only_to_those_who_may_know(tmp_path: Path) -> None:
    busy = Threshold.model_validate({"sensor": "room.*.people", "above": 3})
    watch = ThresholdWatch((busy,))
    watch.note(Reading("room.a.people", 5.0, "people", 1_000.0, guild_id=1))
    async with Outbox(tmp_path) as outbox:
        people = People(NotifySettings(), outbox, None)
        command = StatusCommand(watch, people, outbox, lambda reading, key: key == OWNER)
        assert len((await status(command, OWNER))["alerts"]) == 1
        assert (await status(command, GUEST))["alerts"] == []
        assert (await status(StatusCommand(watch, people, outbox), OWNER))["alerts"] == []
