"""Asks the process of `bench.comparison.words` for the words in audio.

Runs in the environment of the compared systems too: the standard library alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import struct
import subprocess
from typing import Any, Final

from bench.comparison.protocol import RATE, STT_S, Transcribed

_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class WordsFailed(RuntimeError):
    """The process ended before it answered; its standard error says why."""


class Words:
    """Whisper base, which takes `STT_S` of the clock for every audio. ``python`` runs it."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "bench.comparison.words"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | dict.fromkeys(_THREADS, "1"),
        )
        self._requests = 0
        self._audio_s = 0.0
        self._cpu_ms = 0.0

    def now(self, pcm: bytes) -> dict[str, Any]:
        """The fields of a `pipeline.inference.transcription.Transcription` of ``int16[n]``, 16 kHz.

        Raises:
            WordsFailed: the transcribing process ended.
        """
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(struct.pack("<I", len(pcm)) + pcm)
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            raise WordsFailed(f"bench.comparison.words ended with status {process.wait()}")
        found: dict[str, Any] = json.loads(line)
        self._requests += 1
        self._audio_s += len(pcm) / 2 / RATE
        self._cpu_ms += found.pop("cpu_ms")
        return found

    async def text(self, pcm: bytes) -> str:
        """The words of ``int16[n]``, 16 kHz, `STT_S` later; empty where Whisper hears none.

        What the bot would reject as an invention counts too: that is its rule, not Whisper's.
        """
        found = self.now(pcm)
        await asyncio.sleep(STT_S)
        return str(found["text"])

    def close(self) -> Transcribed:
        """End the process; returns what was asked of it."""
        # Closes both pipes, and so ends the process.
        self._process.communicate()
        return Transcribed(self._requests, round(self._audio_s, 2), round(self._cpu_ms, 1))
