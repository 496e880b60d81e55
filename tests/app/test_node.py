"""The bot becomes a node if the settings say so."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.node import voice_node
from app.services import Services, make_bot
from openclaw_client import ConnectionState, DeviceStore, PerGuildOpenClawClient
from openclaw_client.node.settings import COMMANDS
from pipeline.listening.audio_input import AudioInput
from server.synthesis.client import HttpSynthesizer
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.manual_clock import eventually
from testing.room import FakeModels, FakeVad
from tests.app.test_services import TOKEN


def shared_by(gateway: GatewaySimulator, store: DeviceStore, **node: object) -> Services:
    """Services with the one connection that the node looks itself up by."""
    settings = Settings.model_validate(
        {"openclaw": {"base_url": gateway.url, "auth_token": TOKEN, "node": node}}
    )
    return Services(
        settings,
        FakeModels(AudioInput(FakeVad(), time.monotonic)),
        PerGuildOpenClawClient(settings.openclaw, devices=store),
        HttpSynthesizer(settings.tts, url="http://127.0.0.1:9"),
    )


@pytest.fixture
def store(tmp_path: Path) -> DeviceStore:
    return DeviceStore(tmp_path)


async def test_by_default_it_is_none(store: DeviceStore) -> None:
    async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS) as gateway:
        shared = shared_by(gateway, store)
        async with shared.gateway, make_bot(shared) as bot, voice_node(shared, bot, store) as node:
            await gateway.wait_for(lambda: gateway.connected)
            assert node is None
        assert gateway.nodes.all == {}


async def test_as_a_node_it_is_there_as_long_as_the_bot_is(store: DeviceStore) -> None:
    async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS) as gateway:
        shared = shared_by(gateway, store, enabled=True)
        async with shared.gateway, make_bot(shared) as bot, voice_node(shared, bot, store) as node:
            assert node is not None
            await eventually(lambda: node.status.state is ConnectionState.UP)
            await eventually(lambda: node.advice)
            (there,) = gateway.nodes.all.values()
            assert there.id == store.key().id
            assert str(there.pending) in node.advice, "its own connection is shown the request"
        await eventually(lambda: there.peer is None)
