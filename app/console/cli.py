"""``run.py talk``: the models and the Gateway of the settings, at a terminal."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from typing import Final

from app.console.session import HELP, ConsoleSession
from app.console.sound import ConsoleLoudspeaker, ConsoleMicrophone, SoundUnavailable, sound_module
from app.health import GATEWAY, parts_of
from app.services import Services, services
from app.talk_rooms import talk_rooms
from openclaw_client import DeviceStore
from settings import Settings
from state import FolderInUse, only_one

_READ: Final = 4096
_LONGEST_LINE: Final = 8_192
_CONNECT_S: Final = 3.0
"""How long the start waits for the Gateway before it says that there is none."""
_LONGEST_ANSWER_S: Final = 120.0
FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class TalkOptions:
    """The arguments of the command."""

    name: str = "Console"
    agent: str = ""
    sound: bool = True
    microphone: bool = True


async def run_console(
    settings: Settings,
    options: TalkOptions,
    write: Callable[[str], None] = print,
    *,
    read_from: int = 0,
) -> int:
    """Talk until the end of the input, or until cancelled; 1 if the bot is running.

    ``read_from`` is the descriptor of the file with the typed lines.

    Raises:
        TalkRefused: the name cannot be used. Errors of the services as `services` raises them.
    """
    devices = DeviceStore.of(settings.openclaw)
    try:
        with only_one(devices.folder):
            async with services(settings, devices=devices, progress=_progress(write)) as shared:
                await _talk(shared, options, write, read_from)
    except FolderInUse as error:
        page = f"http://127.0.0.1:{settings.web.port}/talk"
        write(f"{error}\nWhile the bot runs, talk on its page ({page}).")
        return FAILED
    return 0


def _progress(write: Callable[[str], None]) -> Callable[[str], None]:
    return lambda what: write(f"  {what}")


async def _talk(
    shared: Services, options: TalkOptions, write: Callable[[str], None], read_from: int
) -> None:
    async with AsyncExitStack() as stack:
        rooms = talk_rooms(shared, 1)
        stack.push_async_callback(rooms.aclose)
        session = stack.enter_context(
            closing(ConsoleSession(rooms, options.name, write, time.monotonic))
        )
        await _tell_gateway(shared, write)
        if options.agent:
            session.take(f"/agent {options.agent}")
        if options.sound:
            _open_sound(session, write, microphone=options.microphone)
        write(f"\n{session.agent} answers. {HELP}\n")
        showing = asyncio.create_task(session.show(), name="console: show")
        stack.push_async_callback(_end, showing)
        lines = TypedLines(read_from)
        while (line := await lines.next()) is not None:
            if not session.take(line):
                return
        await _until_answered(session)


async def _until_answered(session: ConsoleSession) -> None:
    """Where the input has ended, as that of a pipe does, wait for the answers to it."""
    end = time.monotonic() + _LONGEST_ANSWER_S
    while session.busy and time.monotonic() < end:  # noqa: ASYNC110 - the room has no event for it
        await asyncio.sleep(0.1)


async def _tell_gateway(shared: Services, write: Callable[[str], None]) -> None:
    end = time.monotonic() + _CONNECT_S
    while True:
        gateway = next(each for each in parts_of(shared, None) if each.name == GATEWAY)
        if gateway.condition == "well":
            write(f"  {GATEWAY}: {gateway.words}")
            return
        if time.monotonic() >= end:
            write(f"  {GATEWAY}: {gateway.words}\n  -> {gateway.advice}")
            return
        await asyncio.sleep(0.05)


def _open_sound(session: ConsoleSession, write: Callable[[str], None], *, microphone: bool) -> None:
    """Open what there is; typing and reading need neither."""
    try:
        sounddevice = sound_module()
        session.loudspeaker = ConsoleLoudspeaker(sounddevice)
        write(f"  loudspeaker: {session.loudspeaker.name}")
        if microphone:
            session.microphone = ConsoleMicrophone(sounddevice, session.hear)
            write(f"  microphone: {session.microphone.name} (headphones keep the answers out)")
    except SoundUnavailable as error:
        write(f"  sound: {error}")


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class TypedLines:
    """Lines from a descriptor, read by a thread: a terminal's cannot be awaited everywhere."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        threading.Thread(target=self._read, name="typed lines", daemon=True).start()

    async def next(self) -> str | None:
        """The next line; None at the end of the input."""
        return await self._lines.get()

    def _read(self) -> None:
        rest = b""
        while True:
            try:
                # Without Python's buffer, whose lock would be held while the process ends.
                part = os.read(self._descriptor, _READ)
            except OSError:
                part = b""
            *lines, rest = (rest + part).split(b"\n")
            if not part or len(rest) > _LONGEST_LINE:
                lines.append(rest)
                rest = b""
            told: list[str | None] = [line.decode("utf-8", "replace") for line in lines]
            if not part:
                told.append(None)
            for each in told:
                try:
                    self._loop.call_soon_threadsafe(self._lines.put_nowait, each)
                except RuntimeError:  # the loop has ended
                    return
            if not part:
                return
