"""The thread that sends a reply, a frame every 20 ms.

discord.py's own player sends its second frame 40 ms after the first, by a slip in its arithmetic,
and after a stall it sends all that was missed in one burst, which listeners hear as a stutter.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from discord import SpeakingState
from discord.player import AudioPlayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord import AudioSource, VoiceClient

_MAX_LAG_S: Final = 0.1
"""What a listener's jitter buffer takes in at once; what was missed beyond that is given up."""
_LOOK_S: Final = 0.05


class Pacer:
    """When each frame is due, as a function of the time now."""

    def __init__(self, now: float, period_s: float, max_lag_s: float = _MAX_LAG_S) -> None:
        self._period_s = period_s
        self._max_lag_s = max_lag_s
        self._due = now

    def restart(self, now: float) -> None:
        """A frame is sent now, whatever came before."""
        self._due = now

    def delay(self, now: float) -> float:
        """Seconds from now, just after one frame, to the next."""
        self._due += self._period_s
        if now - self._due > self._max_lag_s:
            self._due = now
        return max(0.0, self._due - now)


class SteadyPlayer(AudioPlayer):
    """discord.py's player with another clock; starting, stopping and speaking signals are its.

    It reads no further while ``can_send`` (called on its thread) says that nobody would hear it.
    That is more than discord.py's word on being connected, which it keeps up for seconds after the
    voice server has closed the connection.
    """

    def __init__(
        self,
        source: AudioSource,
        client: VoiceClient,
        *,
        after: Callable[[Exception | None], Any] | None,
        can_send: Callable[[], bool],
    ) -> None:
        super().__init__(source, client, after=after)
        self._can_send = can_send

    def _do_run(self) -> None:
        self._speak(SpeakingState.voice)
        pacer = Pacer(time.monotonic(), self.DELAY)
        while not self._end.is_set():
            if not self._resumed.is_set():
                self.send_silence()
                self._resumed.wait()
                pacer.restart(time.monotonic())
                continue
            if not self._can_send():
                if not self._wait():
                    return
                self._speak(SpeakingState.voice)
                pacer.restart(time.monotonic())
            data = self.source.read()
            if not data:
                self.stop()
                break
            self.client.send_audio_packet(data, encode=not self.source.is_opus())
            self._end.wait(pacer.delay(time.monotonic()))
        if self.client.is_connected():
            self.send_silence()

    def _wait(self) -> bool:
        """Until a reconnect is done; False if it fails, or the player is stopped."""
        deadline = time.monotonic() + self.client.timeout
        while time.monotonic() < deadline and not self._end.wait(_LOOK_S):
            if self._can_send():
                return True
        return False
