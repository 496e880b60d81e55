"""The microphone and the loudspeaker of this machine, by PortAudio.

PortAudio calls back on threads of its own, every 20 ms; nothing there waits for the event loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from pipeline.audio import FRAME_MS, SPOKEN_FRAME, SPOKEN_RATE

_SAMPLE: Final = 2
"""Bytes of a sample."""
_RESERVE: Final = 3
"""Frames that are collected before an answer begins to sound."""
_MOST: Final = 50
"""Frames that wait at most: one second."""

NO_MODULE: Final = (
    "to speak, the console needs the package sounddevice: `uv sync --extra console`, or "
    "`python -m pip install sounddevice` into the bot's environment"
)
NO_LIBRARY: Final = (
    "sounddevice found no PortAudio library (Debian, Ubuntu: apt install libportaudio2)"
)


class SoundUnavailable(Exception):
    """There is no sound on this machine; the text says what is missing, and what to do."""


def sound_module() -> ModuleType:
    """The module `sounddevice`.

    Raises:
        SoundUnavailable: it, or its library, is not installed.
    """
    try:
        import sounddevice
    except ImportError as error:
        raise SoundUnavailable(NO_MODULE) from error
    except OSError as error:
        raise SoundUnavailable(NO_LIBRARY) from error
    module: ModuleType = sounddevice
    return module


class ConsoleMicrophone:
    """Calls ``on_block(block)`` on the event loop with 20 ms of audio, 16 bits, mono, at ``rate``.

    Raises:
        SoundUnavailable: there is no microphone, or it cannot be opened.
    """

    def __init__(self, sounddevice: Any, on_block: Callable[[bytes], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_block = on_block
        self.muted = False
        try:
            device = sounddevice.query_devices(kind="input")
            self.name = str(device["name"])
            self.rate = round(device["default_samplerate"])
            self._stream = sounddevice.RawInputStream(
                samplerate=self.rate,
                blocksize=self.rate * FRAME_MS // 1000,
                channels=1,
                dtype="int16",
                callback=self._heard,
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise SoundUnavailable(f"there is no microphone that can be used: {error}") from error

    def _heard(self, block: Any, *_: Any) -> None:
        if not self.muted:
            self._loop.call_soon_threadsafe(self._on_block, bytes(block))

    def close(self) -> None:
        self._stream.close()


class ConsoleLoudspeaker:
    """Plays frames of 20 ms, 48 kHz mono, 16 bits.

    Raises:
        SoundUnavailable: there is no loudspeaker, or it cannot be opened.
    """

    def __init__(self, sounddevice: Any) -> None:
        self._frames: deque[bytes] = deque(maxlen=_MOST)
        self._lock = threading.Lock()
        self._playing = False
        try:
            self.name = str(sounddevice.query_devices(kind="output")["name"])
            self._stream = sounddevice.RawOutputStream(
                samplerate=SPOKEN_RATE,
                blocksize=SPOKEN_FRAME,
                channels=1,
                dtype="int16",
                callback=self._wanted,
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise SoundUnavailable(f"there is no loudspeaker that can be used: {error}") from error

    def play(self, frame: bytes) -> None:
        with self._lock:
            self._frames.append(frame)

    def _wanted(self, out: Any, count: int, *_: Any) -> None:
        out[:] = self.next_frame().ljust(count * _SAMPLE, b"\0")[: count * _SAMPLE]

    def next_frame(self) -> bytes:
        """The next frame; empty while there is nothing to play, or too little to begin."""
        with self._lock:
            self._playing = bool(self._frames) and (self._playing or len(self._frames) >= _RESERVE)
            return self._frames.popleft() if self._playing else b""

    def close(self) -> None:
        self._stream.close()
