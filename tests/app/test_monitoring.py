"""The monitoring of the bot's process, around a bot that is put together as the settings say."""

from __future__ import annotations

import logging
import threading

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.monitoring import Monitor, monitored
from app.services import make_bot
from monitoring.settings import MonitoringSettings
from pipeline.events import TurnRejected
from pipeline.ports import Speaker
from tests.app.test_services import services_of

ANN = Speaker(1, "Ann")


async def test_metrics_are_there_before_the_bot_and_follow_a_new_one() -> None:
    monitor = Monitor(MonitoringSettings(stall_ms=0))
    app = FastAPI()
    for router in monitor.routers(lambda: (), tuple):
        app.include_router(router)
    client = TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 50_000))
    assert "openclaw_voice_turns_total" in client.get("/metrics").text
    shared = services_of()
    for number in (1, 2):
        async with make_bot(shared) as bot:
            monitor.watch(shared, bot)
            for observer in bot.room_observers:
                observer(42, TurnRejected(ANN, "noise", 1.0))
            text = client.get("/metrics").text
            assert f'openclaw_voice_turns_total{{outcome="no_words"}} {number}.0' in text
            assert "openclaw_voice_calls 0.0" in text
            assert "openclaw_voice_gateway_up 0.0" in text
            assert "openclaw_voice_discord_up 0.0" in text
    monitor.close()


async def test_the_end_leaves_nothing_behind() -> None:
    before = logging.getLogger().handlers[:]
    shared, threads = services_of(), set(threading.enumerate())
    async with monitored(MonitoringSettings()) as monitor, make_bot(shared) as bot:
        monitor.watch(shared, bot)
        assert logging.getLogger().handlers != before
        assert "loop watch" in {each.name for each in set(threading.enumerate()) - threads}
    assert logging.getLogger().handlers == before
    assert "loop watch" not in {each.name for each in set(threading.enumerate()) - threads}


async def test_a_collector_that_is_away_ends_no_monitoring() -> None:
    async with monitored(MonitoringSettings(traces_url="http://127.0.0.1:9")) as monitor:
        monitor.observe(42, TurnRejected(ANN, "noise", 1.0))
    name = "openclaw_voice_turns_total"
    assert monitor.registry.get_sample_value(name, {"outcome": "no_words"}) == 1
