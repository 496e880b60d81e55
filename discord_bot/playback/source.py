"""A reply on its way to the listeners: fed in chunks, sent in frames, ready to give way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, Protocol

import discord
import numpy as np

from discord_bot.playback.frame_buffer import Background, FrameBuffer, mixed, shape
from pipeline.audio import FRAME_MS, SPOKEN_FRAME, SPOKEN_RATE, Pcm16

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

DUCKED_DB: Final = -14.0
"""Quiet enough to speak over, loud enough to follow."""
_DUCKED: Final = 10 ** (DUCKED_DB / 20)
BITRATE_KBPS: Final = 64
"""What a channel of an unboosted guild carries by default."""
_CUT_S: Final = 0.1
"""By then a player that reads has sent the fade and ended."""
_SILENCE: Final = np.zeros(SPOKEN_FRAME, np.int16)


class VoiceOut(Protocol):
    """What is used of `discord.VoiceClient`."""

    def play(
        self,
        source: discord.AudioSource,
        *,
        after: Callable[[Exception | None], None],
        application: Literal["voip"],
        bitrate: int,
        signal_type: Literal["voice"],
    ) -> None: ...

    def stop(self) -> None: ...


class _Mode(Enum):
    PLAYING = 1.0
    DUCKED = _DUCKED
    HELD = 0.0
    CUT = -1.0


class ReplySource(discord.AudioSource):
    """One reply: `pipeline.ports.Playback` for the room, an AudioSource for the player's thread.

    Made by `DiscordLoudspeaker.open`.
    """

    def __init__(self, output: DiscordLoudspeaker) -> None:
        self._output = output
        self._finished = asyncio.Event()
        self._lock = threading.Lock()  # held for microseconds: the player must never wait
        self._tape = FrameBuffer()
        self._mode = _Mode.PLAYING
        self._gain = 0.0
        self._background = Background()
        self._started = False
        self._ended = False
        self._underruns = 0
        self._first_sent_at: float | None = None

    # -- for the room ------------------------------------------------------------------------

    def feed(self, pcm: Pcm16) -> None:
        """Append 48 kHz mono audio, ``int16[n]``. After `end` or `cut` it is dropped.

        Raises:
            ValueError: it is not ``int16[n]``.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise ValueError(f"a reply is int16[n], 48 kHz mono; got {pcm.dtype}{pcm.shape}")
        with self._lock:
            if self._ended or self._mode is _Mode.CUT:
                return
            self._tape.append(pcm)
        self._start_if_due()

    def end(self) -> None:
        with self._lock:
            self._ended = True
            self._background.play(None)
            self._tape.close_frame()
            nothing = not self._started and self._tape.is_empty
        if nothing:
            self.finish()
        else:
            self._start_if_due()

    def fill(self, loop: Pcm16 | None) -> None:
        with self._lock:
            if self._ended or self._mode is _Mode.CUT:
                return
            self._background.play(loop)
        self._start_if_due()

    def duck(self) -> None:
        with self._lock:
            if self._mode is _Mode.PLAYING:
                self._mode = _Mode.DUCKED

    def hold(self) -> None:
        with self._lock:
            if self._mode is not _Mode.CUT:
                self._mode = _Mode.HELD

    def resume(self, rewind_ms: float = 0.0) -> None:
        """Back to full loudness, after going back ``rewind_ms`` (10 s at most, in steps of 20)."""
        with self._lock:
            if self._mode is _Mode.CUT:
                return
            if rewind_ms > 0:
                self._tape.rewind(-int(-rewind_ms // FRAME_MS))
                self._gain = 0.0
            self._mode = _Mode.PLAYING
        self._start_if_due()

    def cut(self) -> None:
        with self._lock:
            self._mode = _Mode.CUT
            started = self._started
        if started:
            self._output.cut_short(self)
        else:
            self.finish()

    @property
    def played_ms(self) -> float:
        with self._lock:
            return self._tape.played * 1000 / SPOKEN_RATE

    @property
    def first_sent_at(self) -> float | None:
        return self._first_sent_at

    @property
    def underruns(self) -> int:
        """Frames of silence sent because the audio was late."""
        return self._underruns

    async def wait_finished(self) -> None:
        await self._finished.wait()

    # -- for the player's thread -------------------------------------------------------------

    def read(self) -> bytes:
        """20 ms of 48 kHz stereo, 3840 bytes; ``b""`` at the end. Never waits for audio."""
        with self._lock:
            frame = self._next_frame()
        return b"" if frame is None else np.repeat(frame, 2).tobytes()

    def is_opus(self) -> bool:
        return False

    def _next_frame(self) -> Pcm16 | None:
        """``int16[960]``, or None for the end."""
        words = self._next_words()
        unsaid = words is _SILENCE and self._mode is not _Mode.HELD
        behind = self._background.frame(self._mode.value * self._output.gain if unsaid else 0.0)
        if behind is None:
            self._underruns += unsaid
            return words
        return behind if words is None else mixed(words, behind)

    def _next_words(self) -> Pcm16 | None:
        """What was fed, `_SILENCE` where there is none now, or None for the end."""
        if self._mode in (_Mode.HELD, _Mode.CUT):
            return self._fade_out()
        if not self._tape.has_frame:
            if self._ended:
                return None
            self._tape.close_frame()  # rather a part of a frame now than all of it late
        if not self._tape.has_frame:
            return _SILENCE
        start, self._gain = self._gain, self._mode.value * self._output.gain
        if self._first_sent_at is None:
            self._first_sent_at = time.monotonic()
            start = self._gain
        return shape(self._tape.take(), start, self._gain)

    def _fade_out(self) -> Pcm16 | None:
        """The beginning of the next frame, which keeps its place, going silent; then nothing."""
        start, self._gain = self._gain, 0.0
        if start > 0.0 and self._tape.has_frame:
            return shape(self._tape.peek(), start, 0.0)
        return None if self._mode is _Mode.CUT else _SILENCE

    # -- for the loudspeaker -----------------------------------------------------------------

    def finish(self) -> None:
        """Nothing more of this will be sent. On the event loop."""
        with self._lock:
            self._mode = _Mode.CUT
            self._tape.clear()
        self._finished.set()

    def _start_if_due(self) -> None:
        with self._lock:
            audible = self._mode in (_Mode.PLAYING, _Mode.DUCKED)
            if self._started or not audible:
                return
            if not self._tape.has_frame and not self._background.playing:
                return
            self._started = True
        self._output.start(self)


class DiscordLoudspeaker:
    """`pipeline.ports.Loudspeaker` over whatever voice connection there is at the time.

    A reply starts its player with its first audio, not when it is opened: while nothing is said,
    nobody should see the bot speaking.
    """

    def __init__(self, voice: Callable[[], VoiceOut | None]) -> None:
        self.gain = 1.0
        """What every reply is multiplied with; read by the player's thread."""
        self._voice = voice
        self._current: ReplySource | None = None
        self._playing: ReplySource | None = None
        """The one a player reads, up to its last frame."""
        self._next: ReplySource | None = None

    def open(self) -> ReplySource:
        if self._current is not None:
            self._current.cut()
        self._current = ReplySource(self)
        return self._current

    def set_gain_db(self, gain_db: float) -> None:
        self.gain = 10 ** (gain_db / 20)

    # -- for the replies ---------------------------------------------------------------------

    def start(self, source: ReplySource) -> None:
        """Play, as soon as the reply before has faded out."""
        if self._playing is None:
            self._play(source)
        else:
            self._next = source

    def cut_short(self, source: ReplySource) -> None:
        """See to it that a reply ends, even one not begun, or one that waits for a reconnect."""
        if self._next is source:
            self._next = None
            source.finish()
        elif self._playing is source:
            asyncio.get_running_loop().call_later(_CUT_S, self._stop, source)

    # -- inside ------------------------------------------------------------------------------

    def _stop(self, source: ReplySource) -> None:
        voice = self._voice()
        if self._playing is source and voice is not None:
            voice.stop()

    def _play(self, source: ReplySource) -> None:
        loop = asyncio.get_running_loop()

        def after(error: Exception | None) -> None:  # on the player's thread
            with contextlib.suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(self._played, source, error)

        try:
            voice = self._voice()
            if voice is None:
                raise discord.ClientException("Not connected to voice.")
            voice.play(
                source,
                after=after,
                application="voip",
                bitrate=BITRATE_KBPS,
                signal_type="voice",
            )
        except discord.DiscordException as e:
            log.warning("A reply could not be played: %s", e)
            source.finish()
        else:
            self._playing = source

    def _played(self, source: ReplySource, error: Exception | None) -> None:
        if error is not None:
            log.error("Playing a reply failed after %.0f ms", source.played_ms, exc_info=error)
        source.finish()
        if self._playing is source:
            self._playing = None
            following, self._next = self._next, None
            if following is not None:
                self._play(following)
