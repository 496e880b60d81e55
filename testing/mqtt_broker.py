"""Mosquitto on loopback: a real MQTT broker for tests, where it is installed."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiomqtt

from testing.ports import free_port
from testing.waiting import eventually

_PLACES = ("/usr/sbin", "/usr/local/sbin")


def mosquitto() -> str | None:
    """The broker's program; None where it is not installed."""
    found = shutil.which("mosquitto")
    return found or next(
        (name for each in _PLACES if (name := shutil.which(each + "/mosquitto"))), None
    )


class MqttBroker:
    """One broker at a free port. ``folder`` has its files."""

    def __init__(
        self, folder: Path, port: int, *, user: str, password: str, tls: Path | None
    ) -> None:
        self.port = port
        self.tls = tls
        self._user, self._password = user, password
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start (again), and wait until it listens."""
        program = mosquitto()
        assert program is not None
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", "user root"]
        lines += ["allow_anonymous false"] if self._user else ["allow_anonymous true"]
        if self._user:
            lines.append(f"password_file {await self._passwords()}")
        if self.tls is not None:
            lines += [f"certfile {self.tls}", f"keyfile {self.tls}"]
        config = self._folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process = await asyncio.create_subprocess_exec(
            program,
            "-c",
            str(config),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await eventually(self._listens)

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def publish(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        """Publish one message, over a connection of its own without TLS."""
        async with aiomqtt.Client(
            "127.0.0.1",
            self.port,
            username=self._user or None,
            password=self._password or None,
        ) as client:
            await client.publish(topic, payload, retain=retain)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    async def _passwords(self) -> Path:
        program = shutil.which("mosquitto_passwd")
        assert program is not None
        file = self._folder / "passwords"
        made = await asyncio.create_subprocess_exec(
            program, "-b", "-c", str(file), self._user, self._password
        )
        assert await made.wait() == 0
        return file


@asynccontextmanager
async def mqtt_broker(
    folder: Path, *, user: str = "", password: str = "", tls: Path | None = None
) -> AsyncIterator[MqttBroker]:
    """A running broker. ``tls`` is a PEM file with key and certificate."""
    broker = MqttBroker(folder, free_port(), user=user, password=password, tls=tls)
    try:
        await broker.start()
        yield broker
    finally:
        await broker.stop()
