"""Sensors whose values come as messages of an MQTT broker (aiomqtt, the extra ``mqtt``)."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

from backoff import Backoff
from fleet.sensors.readings import Reading, SensorUnavailable
from fleet.sensors.settings import MqttSettings, MqttTopic
from fleet.sensors.topics import UnusableMessage, read_message, topics_of
from logs import FaultLog
from tasks import OwnedTasks

if TYPE_CHECKING:
    import aiomqtt

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
KEEPALIVE_S: Final = 30
_FIRST_REFUSAL: Final = 0x80
MOST_SENSORS: Final = 500
"""That wildcards may make."""
NOT_INSTALLED: Final = (
    "the extra mqtt is not installed: `uv sync --extra mqtt`, or `pip install aiomqtt`"
)


class MqttSource:
    """The last value of every topic of the settings; enter it to connect.

    It connects again by itself, after 1 to 60 s. While the broker is away there are no values.
    """

    name = "mqtt"

    def __init__(
        self,
        settings: MqttSettings,
        *,
        first_wait_s: float = FIRST_WAIT_S,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.on_change: Callable[[], None] | None = None
        self._settings = settings
        self._backoff = Backoff(first_wait_s, LONGEST_WAIT_S, random.random)
        self._wall = wall
        self._values: dict[str, tuple[Reading, float]] = {}
        """Each reading with the Unix time until which it is shown."""
        self._problem = ""
        self._faults = FaultLog(log)
        self._tasks = OwnedTasks(log)

    async def __aenter__(self) -> Self:
        try:
            import aiomqtt  # noqa: F401 - an extra
        except ImportError as error:
            raise SensorUnavailable(NOT_INSTALLED) from error
        self._tasks.spawn(self._stay_connected(), "listen to the MQTT broker")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.aclose()

    async def read(self) -> Sequence[Reading]:
        if self._problem:
            raise SensorUnavailable(self._problem)
        now = self._wall()
        return [reading for reading, until in self._values.values() if now <= until]

    async def _stay_connected(self) -> None:
        import aiomqtt

        place = f"{self._settings.host}:{self._settings.used_port}"
        while True:
            try:
                await self._listen(aiomqtt)
            except (aiomqtt.MqttError, OSError) as error:
                self._lost(f"the broker {place} is away: {str(error) or type(error).__name__}")
            except Exception as bug:
                self._faults.tell(logging.ERROR, "the MQTT client failed unexpectedly", error=bug)
                self._lost(f"the client for {place} failed unexpectedly: {type(bug).__name__}")
            await asyncio.sleep(self._backoff.next_s())

    def _lost(self, why: str) -> None:
        self._problem = why
        self._values.clear()
        self._tell()

    def _tell(self) -> None:
        if self.on_change is not None:
            self.on_change()

    async def _listen(self, library: Any) -> None:
        settings = self._settings
        client: aiomqtt.Client = library.Client(
            settings.host,
            settings.used_port,
            username=settings.username or None,
            password=settings.password.get_secret_value() or None,
            tls_context=await asyncio.to_thread(_tls, settings) if settings.tls else None,
            keepalive=KEEPALIVE_S,
            max_queued_incoming_messages=MOST_SENSORS,
        )
        async with client:
            for topic in dict.fromkeys(each.topic for each in settings.topics):
                granted = await client.subscribe(topic)
                if any(_is_refusal(each) for each in granted):
                    self._faults.tell(logging.WARNING, "the broker refuses the topic %s", topic)
            self._backoff.reset()
            self._problem = ""
            self._tell()
            async for message in client.messages:
                payload = message.payload
                if isinstance(payload, bytes):
                    self._take(str(message.topic), payload)

    def _take(self, at_topic: str, payload: bytes) -> None:
        now = self._wall()
        for topic in topics_of(self._settings.topics, at_topic):
            self._keep(topic, at_topic, payload, now)
        self._tell()

    def _keep(self, topic: MqttTopic, at_topic: str, payload: bytes, now: float) -> None:
        try:
            reading = read_message(topic, at_topic, payload, now)
        except UnusableMessage as error:
            self._faults.tell(
                logging.WARNING, "a message at the topic %s has no value: %s", at_topic, error
            )
            return
        if reading.sensor not in self._values and len(self._values) >= MOST_SENSORS:
            self._faults.tell(
                logging.WARNING,
                "MQTT has more than %d sensors; further ones are left out",
                MOST_SENSORS,
            )
            return
        self._values[reading.sensor] = reading, now + topic.max_age_s


def _is_refusal(granted: Any) -> bool:
    """Whether an entry of SUBACK refuses the subscription, in either version of MQTT."""
    return int(getattr(granted, "value", granted)) >= _FIRST_REFUSAL


def _tls(settings: MqttSettings) -> ssl.SSLContext:
    """
    Raises:
        OSError: the file of authorities cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except ssl.SSLError as error:
        raise OSError(f"{settings.ca_file} holds no certificates: {error.reason}") from error
