"""Plays the audio of replies in real time to those who listen in a room.

It takes the place of `discord.VoiceClient`: `discord_bot.playback.source.DiscordLoudspeaker` plays
through it, so a reply is ducked, held and resumed as on Discord.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, Protocol

from pipeline.audio import FRAME_MS, SPOKEN_FRAME
from pipeline.pacing import Pacer

_STEREO_SAMPLE: Final = 4
_SILENCE: Final = bytes(2 * SPOKEN_FRAME)


class FrameSource(Protocol):
    """Gives the next 20 ms: 48 kHz stereo, 16 bits, or ``b""`` at its end."""

    def read(self) -> bytes: ...


class PacedPlayer:
    """Plays one source at a time, a frame every 20 ms."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        """``send`` gets each frame as 48 kHz mono, 16 bits little-endian, 1,920 bytes, and one of
        silence behind a source: it empties an encoder, whose rest would sound in the next one."""
        self._send = send
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def play(
        self, source: FrameSource, *, after: Callable[[Exception | None], None], **_: Any
    ) -> None:
        """Play ``source`` from now on; ``after`` is called at its end, with its error if it has
        one. The options of Discord's encoder have no meaning here."""
        self._stopping = False
        self._task = asyncio.create_task(self._play(source, after), name="paced player")

    def stop(self) -> None:
        """End the source that is played, after the present frame."""
        self._stopping = True

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _play(self, source: FrameSource, after: Callable[[Exception | None], None]) -> None:
        clock = asyncio.get_running_loop().time
        pacer, failed = Pacer(clock(), FRAME_MS / 1000), None
        try:
            while not self._stopping and (frame := source.read()):
                self._send(left_channel(frame))
                await asyncio.sleep(pacer.delay(clock()))
            self._send(_SILENCE)
        except Exception as error:
            failed = error
        finally:
            after(failed)


def left_channel(stereo: bytes) -> bytes:
    """One channel of interleaved 16-bit audio; a reply has the same in both."""
    view = memoryview(stereo).cast("h")
    return view[::2].tobytes() if len(stereo) % _STEREO_SAMPLE == 0 else b""
