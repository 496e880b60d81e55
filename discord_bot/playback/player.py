"""The thread that sends a reply, a frame every 20 ms.

discord.py's own player sends its second frame 40 ms after the first, by an error in its arithmetic.
After a stall it sends all missed frames in one burst, which listeners hear as a stutter.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

from discord import SpeakingState
from discord.player import AudioPlayer

from pipeline.pacing import Pacer

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord import AudioSource, VoiceClient

_POLL_S: Final = 0.05


class SteadyPlayer(AudioPlayer):
    """discord.py's player with another clock.

    It pauses while ``can_send``, called on its thread, is false, since no member would hear it.
    discord.py's `is_connected` is not enough: it stays true for seconds after the voice server has
    closed the connection.
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
                if not self._wait_until_can_send():
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

    def _speak(self, speaking: SpeakingState) -> None:
        asyncio.run_coroutine_threadsafe(self._tell(speaking), self.client.client.loop)

    async def _tell(self, speaking: SpeakingState) -> None:
        """Send op 5 once there is a session: discord.py reads websocket and SSRC at different
        moments, and the voice server closes a connection that names the SSRC of another one."""
        deadline = time.monotonic() + self.client.timeout
        while not self.client.is_connected():
            if time.monotonic() > deadline or self._end.is_set():
                return
            await asyncio.sleep(_POLL_S)
        await self.client.ws.speak(speaking)

    def _wait_until_can_send(self) -> bool:
        """Wait for a reconnect; False if it takes too long, or the player is stopped."""
        deadline = time.monotonic() + self.client.timeout
        while time.monotonic() < deadline and not self._end.wait(_POLL_S):
            if self._can_send():
                return True
        return False
