"""A sensor crosses its threshold, and a person is told by every way, across restarts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fleet.notify.messages import STATE_FILE
from pipeline.events import ReplyEnded
from simulators.gateway import ScriptedAnswer
from testing.waiting import eventually
from tests.e2e.fleet import thermometer
from tests.e2e.fleet.bot_process import WITHIN_S, BotProcess
from tests.e2e.fleet.conftest import OpenBot
from tests.e2e.fleet.gateways import SceneGateway

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
    pytest.mark.patience(120),
]

HOT = "boiler.temperature is at 91 C, above 85 C"
TOLD = f"[critical] harbour: {HOT}"


def watched(process: BotProcess) -> dict[str, Any]:
    carol, alice = (str(process.person(name).id) for name in ("Carol", "Alice"))
    threshold = {"sensor": thermometer.SENSOR, "above": 85, "urgency": "critical", "tell": True}
    return {
        "openclaw": {"node": {"enabled": True, "name": "harbour"}},
        "fleet": {
            "sensors": {
                "sources": [thermometer.SOURCE],
                "interval_s": 1,
                "thresholds": [threshold],
                "session": f"agent:jarvis:discord:dm:{alice}:guild:{process.guild.id}",
            },
            "notify": {
                "recipients": [
                    {"name": "Alice", "channel": "telegram", "to": "42"},
                    {"name": "Carol", "channel": "discord", "to": carol},
                ]
            },
        },
    }


async def test_a_person_is_told_once_by_every_way_across_restarts(
    open_bot: OpenBot, gateway: SceneGateway
) -> None:
    thermometer.celsius[0] = 20.0
    heard: list[str] = []

    def script(words: str) -> ScriptedAnswer:
        heard.append(words)
        return ScriptedAnswer("Very well, sir.")

    gateway.script = script
    async with open_bot(watched) as process:
        await gateway.approve(process.node_id)
        await process.call_in("Alice")
        carols = process.discord.direct_channel(process.person("Carol"))

        # The Gateway is away while the boiler gets hot: those on Discord are told at once.
        await gateway.stop()
        thermometer.celsius[0] = 91.0
        message = await process.discord.wait_for_message(carols, timeout=WITHIN_S)
        assert message.content == TOLD
        said = await process.event(ReplyEnded, lambda ended: HOT in ended.text)
        assert said.heard == said.text
        assert gateway.sent() == []

        # The bot ends with the message for Telegram on its disk, and starts again.
        thermometer.celsius[0] = 20.0
        await asyncio.sleep(1.5)
        await process.stop()
        await gateway.start()
        process.start()
        await process.login()
        await eventually(lambda: TOLD in gateway.sent(), WITHIN_S)

        # Carol's button is from before the restart, and ends the alarm.
        await process.person("Carol").click(message, "I have got it")
        await eventually(lambda: HOT not in (process.state / STATE_FILE).read_text(), WITHIN_S)
        assert gateway.sent().count(TOLD) == 1
        assert [each.content for each in process.discord.messages(carols)].count(TOLD) == 1

        # The agent of Alice's conversation was told of both.
        await process.call_in("Alice")
        await process.say("Alice", "Jarvis, who are you?")
        await process.event(ReplyEnded, lambda ended: ended.text == "Very well, sir.")
        for line in (f"{thermometer.SENSOR} - {HOT}", "Carol has acknowledged it by a button"):
            assert heard[-1].count(line) == 1, heard[-1]
