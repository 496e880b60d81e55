"""Sensors at a real broker, Mosquitto on loopback."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from fleet.sensors.mqtt import MqttSource
from fleet.sensors.readings import SensorUnavailable
from fleet.sensors.sampler import Sampler
from fleet.sensors.settings import MqttSettings
from testing.certificates import CertificateAuthority
from testing.mqtt_broker import MqttBroker, mosquitto, mqtt_broker
from testing.waiting import eventually

pytestmark = pytest.mark.skipif(mosquitto() is None, reason="Mosquitto is not installed here")
TOPICS = (
    {"topic": "home/+/temp", "sensor": "{1}.temp", "unit": "C"},
    {"topic": "door", "sensor": "door", "values": {"open": 1, "closed": 0}},
)


def source(broker: MqttBroker, **more: Any) -> MqttSource:
    given = {"host": "127.0.0.1", "port": broker.port, "topics": TOPICS, **more}
    return MqttSource(MqttSettings.model_validate(given), first_wait_s=0.05)


def texts(sampler: Sampler) -> dict[str, str]:
    return {each.sensor: each.text for each in sampler.latest()}


async def test_messages_are_sensors_at_once(tmp_path: Path) -> None:
    async with mqtt_broker(tmp_path) as broker:
        await broker.publish("door", "closed", retain=True)
        async with Sampler([source(broker)], 3600.0) as sampler:
            await eventually(lambda: texts(sampler) == {"door": "closed"})
            await broker.publish("home/hall/temp", "21.5")
            await broker.publish("door", "open")
            await eventually(
                lambda: texts(sampler) == {"door": "open", "hall.temp": "21.5 C"},
                seen=lambda: texts(sampler),
            )


async def test_a_bad_message_costs_only_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with mqtt_broker(tmp_path) as broker, Sampler([source(broker)], 3600.0) as sampler:
        await broker.publish("door", "open", retain=True)
        await eventually(lambda: texts(sampler))
        await broker.publish("home/hall/temp", "warm")
        await broker.publish("home/hall/temp", "20")
        await eventually(lambda: texts(sampler).get("hall.temp") == "20 C")
    assert "home/hall/temp has no value: 'warm' is no number" in caplog.text


async def test_a_broker_that_is_away_is_told_once_and_found_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with mqtt_broker(tmp_path) as broker, Sampler([source(broker)], 1.0) as sampler:
        await broker.publish("door", "open", retain=True)
        await eventually(lambda: texts(sampler))
        caplog.clear()
        await broker.stop()
        await eventually(lambda: sampler.problems)
        assert f"the broker 127.0.0.1:{broker.port} is away" in sampler.problems["mqtt"]
        await broker.start()
        await broker.publish("door", "closed", retain=True)
        await eventually(lambda: texts(sampler) == {"door": "closed"})
        assert sampler.problems == {}
        told = [each for each in caplog.records if each.name.startswith("fleet.sensors")]
        assert [each.levelname for each in told] == ["WARNING", "INFO"]


async def test_user_and_password_are_needed(tmp_path: Path) -> None:
    async with mqtt_broker(tmp_path, user="bot", password="secret") as broker:
        right = source(broker, username="bot", password="secret")
        wrong = source(broker, username="bot", password="guess")
        wrong.name = "wrong"
        await broker.publish("door", "open", retain=True)
        async with Sampler([right, wrong], 3600.0) as sampler:
            await eventually(lambda: texts(sampler))
            await eventually(lambda: "is away" in sampler.problems.get("wrong", ""))
            assert "authori" in sampler.problems["wrong"].lower()
            assert "guess" not in sampler.problems["wrong"]


async def publish_over_tls(
    broker: MqttBroker, authority: CertificateAuthority, topic: str, payload: str
) -> None:
    context = ssl.create_default_context(cafile=authority.file)
    async with aiomqtt.Client("127.0.0.1", broker.port, tls_context=context) as client:
        await client.publish(topic, payload, retain=True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_tls_checks_the_certificate(tmp_path: Path) -> None:
    # paho leaves the socket of a failed handshake to the garbage collector.
    authority = CertificateAuthority(tmp_path)
    authority.server_context("127.0.0.1")
    async with mqtt_broker(tmp_path, tls=tmp_path / "server.pem") as broker:
        trusting = source(broker, tls=True, ca_file=authority.file)
        other = source(broker, tls=True)
        async with trusting, other:
            await publish_over_tls(broker, authority, "door", "open")
            await eventually(lambda: trusting._values)
            await eventually(lambda: other._problem)
            with pytest.raises(SensorUnavailable, match="certificate"):
                await other.read()


async def test_an_old_value_is_no_longer_shown(tmp_path: Path) -> None:
    now = [1_000.0]
    topics = [{"topic": "door", "sensor": "door", "kind": "text", "max_age_s": 60}]
    async with mqtt_broker(tmp_path) as broker:
        given = {"host": "127.0.0.1", "port": broker.port, "topics": topics}
        door = MqttSource(MqttSettings.model_validate(given), wall=lambda: now[0])
        await broker.publish("door", "open", retain=True)
        async with door:
            await eventually(lambda: door._values)
            assert len(await door.read()) == 1
            now[0] += 61
            assert await door.read() == []
