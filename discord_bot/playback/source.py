"""The audio source of a reply: fed in chunks, read in frames, can be ducked, held and cut.

PLAYING ── duck ──> DUCKED ── hold ──> HELD       DUCKED, HELD ── resume ──> PLAYING
   └──────────────── hold ──────────────^         any state ── cut ──> CUT (fades out, ends)
"""

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

from discord_bot.playback.frame_buffer import BackgroundLoop, FrameBuffer, fade, mix
from pipeline.audio import FRAME_MS, SPOKEN_FRAME, SPOKEN_RATE, Pcm16
from pipeline.ports import DUCKED_DB

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

_DUCKED: Final = 10 ** (DUCKED_DB / 20)
BITRATE_KBPS: Final = 64
"""The default bitrate of a channel in a guild without boosts."""
_CUT_S: Final = 0.1
"""After this time a running player has sent the fade and ended."""
_SILENCE: Final = np.zeros(SPOKEN_FRAME, np.int16)


class VoiceOut(Protocol):
    """The part of `discord.VoiceClient` that is used."""

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
    """The states of a reply; the value is the gain. CUT has none, and is final."""

    PLAYING = 1.0
    DUCKED = _DUCKED
    HELD = 0.0
    CUT = -1.0


class ReplySource(discord.AudioSource):
    """One reply: a `pipeline.ports.Playback`, and an AudioSource for the player's thread.

    Created by `DiscordLoudspeaker.open`.
    """

    def __init__(self, output: DiscordLoudspeaker) -> None:
        self._output = output
        self._finished = asyncio.Event()
        self._lock = threading.Lock()  # held for microseconds: the player must never wait
        self._buffer = FrameBuffer()
        self._mode = _Mode.PLAYING
        self._gain = 0.0
        self._background = BackgroundLoop()
        self._started = False
        self._ended = False
        self._underruns = 0
        self._first_sent_at: float | None = None

    # -- Playback ----------------------------------------------------------------------------

    def feed(self, pcm: Pcm16) -> None:
        """Append 48 kHz mono audio, ``int16[n]``. Dropped after `end` or `cut`.

        Raises:
            ValueError: it is not ``int16[n]``.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise ValueError(f"a reply is int16[n], 48 kHz mono; got {pcm.dtype}{pcm.shape}")
        with self._lock:
            if self._ended or self._mode is _Mode.CUT:
                return
            self._buffer.append(pcm)
        self._start_if_due()

    def end(self) -> None:
        with self._lock:
            self._ended = True
            self._background.play(None)
            self._buffer.close_frame()
            nothing_to_play = not self._started and self._buffer.is_empty
        if nothing_to_play:
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
        """Continue at full gain, ``rewind_ms`` earlier (at most 10 s, in steps of 20 ms)."""
        with self._lock:
            if self._mode is _Mode.CUT:
                return
            if rewind_ms > 0:
                self._buffer.rewind(-int(-rewind_ms // FRAME_MS))
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
            return self._buffer.played * 1000 / SPOKEN_RATE

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
        speech = self._next_speech()
        missing = speech is _SILENCE and self._mode is not _Mode.HELD
        background = self._background.frame(
            self._mode.value * self._output.gain if missing else 0.0
        )
        if background is None:
            self._underruns += missing
            return speech
        return background if speech is None else mix(speech, background)

    def _next_speech(self) -> Pcm16 | None:
        """The next frame that was fed, `_SILENCE` if none is ready, or None for the end."""
        if self._mode in (_Mode.HELD, _Mode.CUT):
            return self._fade_out()
        if not self._buffer.has_frame:
            if self._ended:
                return None
            self._buffer.close_frame()  # an incomplete frame now is better than a complete one late
        if not self._buffer.has_frame:
            return _SILENCE
        start, self._gain = self._gain, self._mode.value * self._output.gain
        if self._first_sent_at is None:
            self._first_sent_at = time.monotonic()
            start = self._gain
        return fade(self._buffer.take(), start, self._gain)

    def _fade_out(self) -> Pcm16 | None:
        """One frame that fades out, without moving the read position; then silence or the end."""
        start, self._gain = self._gain, 0.0
        if start > 0.0 and self._buffer.has_frame:
            return fade(self._buffer.peek(), start, 0.0)
        return None if self._mode is _Mode.CUT else _SILENCE

    # -- for the loudspeaker -----------------------------------------------------------------

    def finish(self) -> None:
        """End the reply: no more of it will be sent. Called on the event loop."""
        with self._lock:
            self._mode = _Mode.CUT
            self._buffer.clear()
        self._finished.set()

    def _start_if_due(self) -> None:
        with self._lock:
            audible = self._mode in (_Mode.PLAYING, _Mode.DUCKED)
            if self._started or not audible:
                return
            if not self._buffer.has_frame and not self._background.playing:
                return
            self._started = True
        self._output.start(self)


class DiscordLoudspeaker:
    """A `pipeline.ports.Loudspeaker` over the current voice connection.

    A reply starts its player with its first audio, not when it is opened. So Discord does not show
    the bot as speaking while there is nothing to hear.
    """

    def __init__(self, voice: Callable[[], VoiceOut | None]) -> None:
        self.gain = 1.0
        """The gain of every reply; read by the player's thread."""
        self._voice = voice
        self._current: ReplySource | None = None
        self._playing: ReplySource | None = None
        """The reply that a player reads, until its last frame."""
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
        """Play as soon as the previous reply has faded out."""
        if self._playing is None:
            self._play(source)
        else:
            self._next = source

    def cut_short(self, source: ReplySource) -> None:
        """End a reply, even one that waits for its turn or for a reconnect."""
        if self._next is source:
            self._next = None
            source.finish()
        elif self._playing is source:
            asyncio.get_running_loop().call_later(_CUT_S, self._stop, source)

    # -- internal ----------------------------------------------------------------------------

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
            log.warning("a reply could not be played: %s", e)
            source.finish()
        else:
            self._playing = source

    def _played(self, source: ReplySource, error: Exception | None) -> None:
        if error is not None:
            log.error("playing a reply failed after %.0f ms", source.played_ms, exc_info=error)
        source.finish()
        if self._playing is source:
            self._playing = None
            following, self._next = self._next, None
            if following is not None:
                self._play(following)
