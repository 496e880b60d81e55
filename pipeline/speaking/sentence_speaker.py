"""Sentences to audio: each is synthesised and fed to the playback, and the played part is kept."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from typing import Final

import numpy as np

from pipeline.audio import HEARD_RATE, SPOKEN_RATE, Pcm16
from pipeline.errors import SpeechUnavailable
from pipeline.latency import Mark
from pipeline.ports import Loudspeaker, Persona, Playback, Synthesizer
from pipeline.speaking.agent_reader import QueuedSentence, ThinkingSound
from pipeline.speaking.turn_queue import ReplyOutcome
from pipeline.transcript import SpokenSentence

log = logging.getLogger(__name__)

_DECIMATION: Final = SPOKEN_RATE // HEARD_RATE
_KEPT: Final = 3 * HEARD_RATE
"""Samples of played audio that are kept."""
_REWINDABLE: Final = 12 * HEARD_RATE
"""Samples of fed audio that are kept after they were played: a reply can be rewound."""
_JITTER: Final = HEARD_RATE * 60 // 1000
"""A gap shorter than this is none: the position is read in steps of 20 ms."""


class SentenceSpeaker:
    """Feeds one playback, which it opens with the first sound; not before ``may_sound`` is set.

    ``mark`` notes the first audio of a sentence, ``on_audio`` gets all audio that is fed, and
    ``on_sentence`` each sentence whose audio was fed to its end.
    """

    def __init__(
        self,
        synthesizer: Synthesizer,
        loudspeaker: Loudspeaker,
        persona: Persona,
        thinking_sound_after_s: float,
        mark: Callable[[Mark], None],
        on_sentence: Callable[[str], None],
        on_audio: Callable[[Pcm16], None],
        may_sound: asyncio.Event,
    ) -> None:
        self.sound_waits = False
        """There is audio, which may not sound yet."""
        self.outcome = ReplyOutcome()
        self.playback: Playback | None = None
        self.opens_held = False
        """The playback is held from its first sample, because a member speaks."""
        self.thinking_sound = ThinkingSound(
            thinking_sound_after_s,
            self._open_playback,
            lambda: self.unplayed_ms,
            may_sound.is_set,
        )
        self._may_sound = may_sound
        self._synthesizer = synthesizer
        self._loudspeaker = loudspeaker
        self._persona = persona
        self._mark = mark
        self._on_sentence = on_sentence
        self._on_audio = on_audio
        self._current: QueuedSentence | None = None
        self._answer_start_ms: float | None = None
        self._unbegun: deque[tuple[float, str]] = deque()
        """Sentences with audio of which nothing was played yet, each with its start in ms."""
        self._fed_samples = 0

    @property
    def fed_ms(self) -> float:
        """Length of the audio that was fed.

        It is computed from samples, as the loudspeaker does. A sum of milliseconds differs in its
        last digit, and then the last word of a reply counts as not heard.
        """
        return self._fed_samples * 1000 / SPOKEN_RATE

    @property
    def unplayed_ms(self) -> float:
        """Length of the audio that was fed and not played yet."""
        return self.fed_ms - (0.0 if self.playback is None else self.playback.played_ms)

    @property
    def answer_audible(self) -> bool:
        """Whether listeners have heard any of the answer; interjections do not count."""
        start_ms, playback = self._answer_start_ms, self.playback
        return start_ms is not None and playback is not None and playback.played_ms > start_ms

    def sentence_at(self, played_ms: float) -> str:
        """The sentence at this position of the audio, or an empty text."""
        for sentence in self.outcome.sentences:
            if sentence.start_ms <= played_ms < sentence.end_ms:
                return sentence.text
        return "" if self._current is None else self._current.text

    def take_begun(self) -> list[str]:
        """The sentences of which the first audio was played since the last call."""
        played_ms = 0.0 if self.playback is None else self.playback.played_ms
        begun = []
        while self._unbegun and self._unbegun[0][0] < played_ms:
            begun.append(self._unbegun.popleft()[1])
        return begun

    async def speak(self, sentence: QueuedSentence) -> bool:
        """Synthesise and feed a sentence. False if that failed; `outcome` then has its text."""
        text, start_ms = sentence.text, self.fed_ms
        self._current = sentence
        try:
            async with aclosing(self._synthesizer.speak(text, self._persona.voice)) as audio:
                first = True
                async for pcm in audio:
                    self._mark("tts_first_byte")
                    self.sound_waits = True
                    await self._may_sound.wait()
                    if sentence.kind == "answer" and self._answer_start_ms is None:
                        self._answer_start_ms = start_ms
                    if first:
                        self._unbegun.append((start_ms, text))
                        first = False
                    self._feed(pcm)
        except Exception as error:
            self._record_failure(sentence, error)
            return False
        except asyncio.CancelledError:
            self._record_spoken(sentence, start_ms, complete=False)
            raise
        else:
            self._record_spoken(sentence, start_ms, complete=True)
            self._on_sentence(text)
            return True
        finally:
            self._current = None

    async def finish(self) -> None:
        """Wait until all that was fed has been played."""
        self.thinking_sound.stop()
        if self.playback is not None:
            self.playback.end()
            await self.playback.wait_finished()

    def cut(self) -> None:
        """Drop the audio that was not played yet."""
        if self.playback is not None:
            self.playback.cut()

    def _open_playback(self) -> Playback:
        if self.playback is None:
            self.playback = self._loudspeaker.open()
            if self.opens_held:
                self.playback.hold()
        return self.playback

    def _feed(self, pcm: Pcm16) -> None:
        self._open_playback().feed(pcm)
        self._on_audio(pcm)
        self._fed_samples += pcm.size
        self.thinking_sound.speech_fed()

    def _record_spoken(self, sentence: QueuedSentence, start_ms: float, *, complete: bool) -> None:
        if sentence.kind != "interjection":
            self.outcome.texts.append(sentence.text)
        self.outcome.sentences.append(
            SpokenSentence(
                sentence.text, start_ms, self.fed_ms, complete=complete, kind=sentence.kind
            )
        )

    def _record_failure(self, sentence: QueuedSentence, error: Exception) -> None:
        """Keep the text of a sentence of the answer: the text channel gets it."""
        foreseen = isinstance(error, SpeechUnavailable)
        self.outcome.unspoken_error = str(error) if foreseen else repr(error)
        if sentence.kind == "answer":
            self.outcome.texts.append(sentence.text)
            self.outcome.unspoken.append(sentence.text)
            reason = error.reason if isinstance(error, SpeechUnavailable) else ""
            self.outcome.unspoken_reason = reason
        log.log(
            logging.WARNING if foreseen else logging.ERROR,
            "a sentence of %s could not be spoken: %s",
            self._persona.agent,
            self.outcome.unspoken_error,
            exc_info=None if foreseen else error,
        )


class PlaybackHistory:
    """The played part of one reply after another, 16 kHz mono, on the room's clock."""

    def __init__(self) -> None:
        self._played = np.zeros(_KEPT, np.int16)
        self._played_end = 0
        """When the last sample of ``_played`` was played, in samples since the clock's zero."""
        self._last_played_at: float | None = None
        self._last_ducked_at: float | None = None
        self._fed: deque[Pcm16] = deque()
        self._fed_start = 0
        self._fed_end = 0
        self._remainder: Pcm16 = np.zeros(0, np.int16)
        """Fed samples that do not fill a sample of 16 kHz yet."""
        self._position = 0
        """The sample of the fed audio that is played next; 0 is the reply's first."""

    def reply_began(self) -> None:
        """Forget the audio that was fed: it belongs to the reply before."""
        self._fed.clear()
        self._fed_start = self._fed_end = self._position = 0
        self._remainder = self._remainder[:0]

    def feed(self, pcm: Pcm16) -> None:
        """Take audio that will be played, 48 kHz mono ``int16[n]``."""
        whole = np.concatenate((self._remainder, pcm))
        cut = whole.size - whole.size % _DECIMATION
        self._remainder = whole[cut:]
        # A mean of three is a sufficient low-pass for bands that end at 6 kHz.
        decimated = whole[:cut].reshape(-1, _DECIMATION).mean(axis=1).astype(np.int16)
        self._fed.append(decimated)
        self._fed_end += decimated.size

    def tick(self, now: float, played_ms: float, gain_db: float = 0.0) -> None:
        """Note that ``played_ms`` of the fed audio had been played at ``now`` (seconds).

        The last of it was played with ``gain_db``, 0 or less.
        """
        position = min(int(played_ms * HEARD_RATE / 1000), self._fed_end)
        if position > self._position:
            pcm = self._fed_slice(self._position, position)
            if gain_db:
                self._last_ducked_at = now
                pcm = (pcm * 10 ** (gain_db / 20)).astype(np.int16)
            self._append(pcm, now)
            self._last_played_at = now
        self._position = position
        while self._fed and self._fed_start + self._fed[0].size < position - _REWINDABLE:
            self._fed_start += self._fed.popleft().size

    def sounded_within(self, seconds: float, now: float) -> bool:
        """Whether anything was played in the last ``seconds``."""
        return self._last_played_at is not None and now - self._last_played_at <= seconds

    def ducked_within(self, seconds: float, now: float) -> bool:
        """Whether anything was played quietly in the last ``seconds``."""
        return self._last_ducked_at is not None and now - self._last_ducked_at <= seconds

    def audio(self, start: float, end: float) -> Pcm16:
        """What was played from ``start`` to ``end``, ``int16[n]``; silence where nothing was."""
        first, last = round(start * HEARD_RATE), round(end * HEARD_RATE)
        out = np.zeros(last - first, np.int16)
        begin = self._played_end - self._played.size
        low, high = max(first, begin), min(last, self._played_end)
        if low < high:
            out[low - first : high - first] = self._played[low - begin : high - begin]
        return out

    def _append(self, pcm: Pcm16, now: float) -> None:
        """Append ``pcm``, whose last sample was played at ``now``."""
        gap = round(now * HEARD_RATE) - pcm.size - self._played_end
        silence = gap if abs(gap) > _JITTER else 0
        new = np.concatenate((np.zeros(min(max(silence, 0), _KEPT), np.int16), pcm))[-_KEPT:]
        self._played = np.concatenate((self._played[new.size :], new))
        self._played_end += silence + pcm.size

    def _fed_slice(self, start: int, end: int) -> Pcm16:
        whole = np.concatenate(self._fed) if self._fed else np.zeros(0, np.int16)
        return whole[max(0, start - self._fed_start) : max(0, end - self._fed_start)]
