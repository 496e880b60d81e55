"""What people say over one reply, and what the loudspeaker does about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.events import Observer, ReplyDucked, ReplyResumed
from pipeline.ports import Playback
from pipeline.settings import BargeInSettings
from pipeline.speaking.interruption import Interruption, InterruptionAction
from pipeline.speaking.reply import Reply
from pipeline.transcript import word_start_ms


class Overlap:
    """Makes a reply give way to people, from the moment it is asked for.

    ``speaking`` tells since when somebody has been speaking already; ``stop`` ends the reply.
    """

    def __init__(
        self,
        reply: Reply,
        settings: BargeInSettings,
        speaking: Mapping[int, float],
        clock: Callable[[], float],
        emit: Observer,
        stop: Callable[[], None],
    ) -> None:
        self.begun = False
        """Whether the answer has begun to sound."""
        self._reply = reply
        self._settings = settings
        self._clock = clock
        self._emit = emit
        self._stop = stop
        self._barge_in = Interruption(settings, sounding=False)
        self._held = False
        self._closed = False
        for speaker, since in speaking.items():
            self.speech_began(speaker, since)

    @property
    def clear(self) -> bool:
        """Nobody speaks over it, as far as is known."""
        return self._barge_in.clear

    def opened(self, playback: Playback) -> None:
        """The reply is about to be fed its first audio."""
        if self._held:
            playback.hold()

    def close(self) -> None:
        """The reply is being ended: it is not taken up again, whatever people say now."""
        self._closed = True

    def speech_began(self, speaker: int, at: float) -> None:
        self._act(self._barge_in.speech_started(speaker, at))

    def speech_ended(self, speaker: int, at: float) -> None:
        self._barge_in.speech_ended(speaker, at)

    def decided(self, speaker: int, *, interrupts: bool, final: bool) -> None:
        self._act(self._barge_in.decided(speaker, interrupts=interrupts, final=final))

    def dismissed(self, speaker: int) -> None:
        """What somebody sends is no reason to give way, whatever its words are."""
        self._act(self._barge_in.dismissed(speaker))

    def tick(self, now: float) -> None:
        """Called every 20 ms."""
        if self._reply.has_audio:
            self._barge_in.ready(now)
        if not self.begun and self._reply.answer_begun:
            self.begun = True
            self._barge_in.sound_began()
        self._act(self._barge_in.tick(now))

    def _act(self, actions: list[InterruptionAction]) -> None:
        if self._closed:
            return
        for action in actions:
            match action:
                case InterruptionAction.DUCK | InterruptionAction.HOLD:
                    self._hush(held=action is InterruptionAction.HOLD)
                case InterruptionAction.RESUME:
                    self._resume()
                case InterruptionAction.STOP:
                    self._stop()

    def _hush(self, *, held: bool) -> None:
        self._held = held
        playback = self._reply.playback
        if playback is None:
            return
        if held:
            playback.hold()
        else:
            playback.duck()
        if playback.first_sent_at is not None:
            self._emit(ReplyDucked(held=held, at=self._clock()))

    def _resume(self) -> None:
        self._held = False
        playback = self._reply.playback
        if playback is None:
            return
        playback.resume(self._rewind_ms(playback))
        if playback.first_sent_at is not None:
            self._emit(ReplyResumed(self._clock()))

    def _rewind_ms(self, playback: Playback) -> float:
        """Back to the start of the word that was cut, at least as far as the settings say."""
        played_ms = playback.played_ms
        if self._reply.left_ms <= 0:
            return 0.0  # all that there was had been heard
        to_word_ms = played_ms - word_start_ms(self._reply.outcome.sentences, played_ms)
        return min(played_ms, max(to_word_ms, self._settings.rewind_ms))
