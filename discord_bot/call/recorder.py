"""Recordings of a call: one WAV file for each member, only if the operator asks for it.

The files are for `run.py replay`. All begin with the call, so that they can be played together:
a member's silence, and the time before they came, is silence in the file. A thread writes them.
"""

from __future__ import annotations

import logging
import os
import queue
import re
import threading
import wave
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from discord_bot.settings import DiscordSettings
from logs import FaultLog
from pipeline.audio import HEARD_RATE, Pcm16

log = logging.getLogger(__name__)

_Chunk: TypeAlias = tuple[int, str, int, Pcm16]
"""A member's id and name, the sample of the file where the audio belongs, and the audio."""

_QUEUED: Final = 10_000
"""Frames that may wait for the disk: 200 s of one member."""
_SILENCE: Final = np.zeros(HEARD_RATE, np.int16)
_NAME: Final = re.compile(r"[^\w-]+")


class CallRecorder:
    """Writes the audio of one call. Its methods return at once; `close` waits for the disk."""

    def __init__(
        self, folder: Path, guild_id: int, longest_s: float, clock: Callable[[], float]
    ) -> None:
        """``folder`` gets a folder for this call. ``clock`` is the call's, in seconds."""
        self.folder = folder.expanduser() / f"{datetime.now():%Y-%m-%d-%H%M%S}-{guild_id}"
        self._clock = clock
        self._began = clock()
        self._longest = int(longest_s * HEARD_RATE)
        self._chunks: queue.Queue[_Chunk | None] = queue.Queue(_QUEUED)
        self._faults = FaultLog(log)
        self._thread = threading.Thread(target=self._write_all, name="recorder", daemon=True)
        self._thread.start()

    @property
    def active(self) -> bool:
        """Whether the call is being recorded: the disk works, and the limit is not reached."""
        return self._thread.is_alive() and self._position() < self._longest

    def push(self, user_id: int, name: str, pcm: Pcm16) -> None:
        """Take 16 kHz mono ``int16[n]`` that a member has just sent."""
        if not self.active:
            return
        place = max(0, self._position() - pcm.size)
        try:
            self._chunks.put_nowait((user_id, name, place, pcm))
        except queue.Full:
            self._faults.tell(logging.WARNING, "the disk is too slow: a recording has a gap")

    def close(self) -> None:
        """End the files. Blocks until they are written."""
        self._chunks.put(None)
        self._thread.join()

    def _position(self) -> int:
        """Samples since the call began."""
        return int((self._clock() - self._began) * HEARD_RATE)

    def _write_all(self) -> None:
        files: dict[int, wave.Wave_write] = {}
        try:
            while (chunk := self._chunks.get()) is not None:
                self._write(files, *chunk)
        except OSError as error:
            log.error(
                "recording stopped: %s cannot be written (%s); check discord.recording_dir",
                self.folder,
                error.strerror or error,
            )
        finally:
            for file in files.values():
                _close(file)

    def _write(
        self, files: dict[int, wave.Wave_write], user_id: int, name: str, place: int, pcm: Pcm16
    ) -> None:
        if user_id not in files:
            files[user_id] = self._open(user_id, name)
        file = files[user_id]
        missing = place - file.tell()
        # Frames arrive a few ms early or late; only a real pause becomes silence.
        if missing > HEARD_RATE // 10:
            for start in range(0, missing, _SILENCE.size):
                file.writeframes(_SILENCE[: missing - start].tobytes())
        file.writeframes(pcm.tobytes())

    def _open(self, user_id: int, name: str) -> wave.Wave_write:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        plain = _NAME.sub("-", name).strip("-")[:40] or "member"
        path = self.folder / f"{plain}-{user_id}.wav"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        file = wave.open(os.fdopen(descriptor, "w+b"), "wb")  # noqa: SIM115 - closed by `_close`
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(HEARD_RATE)
        return file


def recorder_of(
    settings: DiscordSettings, guild_id: int, clock: Callable[[], float]
) -> CallRecorder:
    """The recorder of a call, with ``recording_dir`` set in the settings."""
    assert settings.recording_dir is not None
    return CallRecorder(settings.recording_dir, guild_id, settings.recording_hours * 3600, clock)


def _close(file: wave.Wave_write) -> None:
    """Close a file with the stream that it writes to; `wave` leaves that open."""
    stream = file._file  # type: ignore[attr-defined]
    file.close()
    stream.close()
