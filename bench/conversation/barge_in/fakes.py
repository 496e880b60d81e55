"""Fakes for a barge-in scene: microphones, loudspeaker with a log, echo, agent and voice."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

import numpy as np

from bench.conversation.barge_in.microphones import LoudspeakerRoom
from bench.conversation.oracle import within
from bench.conversation.rendering import NOISE_FLOOR, RenderedSpeech, SceneVoices, Word
from pipeline.audio import FRAME_MS, HEARD_FRAME, HEARD_RATE, SPOKEN_RATE, Pcm16, Samples
from pipeline.ports import DUCKED_DB, AgentDelta, AgentTurn, Voice
from testing.room import FakeLoudspeaker, FakePlayback

_FADE_S: Final = 0.01

Order: TypeAlias = Literal["duck", "hold", "resume", "cut"]


@dataclass(slots=True)
class LiveStream:
    """One speaker's microphone; `lay` schedules sounds in it."""

    noise: np.random.Generator
    noise_level: float = NOISE_FLOOR
    """RMS of the noise from now on."""
    sent_so_far: bytearray = field(default_factory=bytearray)
    words: list[Word] = field(default_factory=list)
    _parts: list[tuple[int, Samples]] = field(default_factory=list)

    @property
    def sent(self) -> bytes:
        return bytes(self.sent_so_far)

    @property
    def position(self) -> int:
        """Samples sent."""
        return len(self.sent_so_far) // 2

    def words_between(self, start: int, end: int) -> Iterable[Word]:
        return sorted(within(self.words, start, end), key=lambda word: word.start)

    def lay(self, piece: RenderedSpeech, at: int) -> None:
        """Schedule a sound from the sample ``at`` on."""
        self._parts.append((at, piece.audio))
        self.words += [Word(word.text, at + word.start, at + word.end) for word in piece.words]

    def next_frame(self, echo: Samples | None = None) -> Pcm16:
        """The next 20 ms, with an echo if given."""
        frame = self.noise.normal(0, self.noise_level, HEARD_FRAME).astype(np.float32)
        first = self.position
        for at, audio in self._parts:
            start, end = max(first, at), min(first + HEARD_FRAME, at + audio.size)
            if start < end:
                frame[start - first : end - first] += audio[start - at : end - at]
        if echo is not None:
            frame += echo
        pcm = np.clip(frame * 32767, -32768, 32767).astype(np.int16)
        self.sent_so_far += pcm.tobytes()
        return pcm


class LoggedPlayback(FakePlayback):
    """Logs when each command becomes audible: from the next frame on."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.orders: list[tuple[Order, float]] = []
        self.audio: list[Pcm16] = []
        self.gain_db = 0.0
        self._now = clock
        self._opened = clock()

    def feed(self, pcm: Pcm16) -> None:
        super().feed(pcm)
        self.audio.append(pcm)

    def duck(self) -> None:
        super().duck()
        self._note("duck", DUCKED_DB)

    def hold(self) -> None:
        super().hold()
        self._note("hold", -math.inf)

    def resume(self, rewind_ms: float = 0.0) -> None:
        super().resume(rewind_ms)
        self._note("resume", 0.0)

    def cut(self) -> None:
        super().cut()
        self._note("cut", -math.inf)

    def _note(self, order: Order, gain_db: float) -> None:
        frames = math.ceil((self._now() - self._opened) * 1000 / FRAME_MS)
        fade_s = _FADE_S if order in ("hold", "cut") else 0.0
        self.orders.append((order, self._opened + frames * FRAME_MS / 1000 + fade_s))
        self.gain_db = gain_db


class LoggedLoudspeaker(FakeLoudspeaker):
    """Keeps its playbacks with their logs."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.logged: list[LoggedPlayback] = []

    def open(self) -> LoggedPlayback:
        self.logged.append(LoggedPlayback(self._clock))
        return self.logged[-1]


class Echo:
    """The echo of the reply in a microphone: its frames after a delay."""

    def __init__(
        self,
        loudspeaker: LoggedLoudspeaker,
        voice: RenderedVoice,
        gain_db: float,
        delay_ms: float,
        room: LoudspeakerRoom | None = None,
    ) -> None:
        """Without a room the echo is a copy, ``delay_ms`` late."""
        self._room = room
        self._loudspeaker = loudspeaker
        self._voice = voice
        self._gain_db = gain_db
        nothing = _Sounding(np.zeros(HEARD_FRAME, np.float32), ())
        self._late = deque([nothing] * round(delay_ms / FRAME_MS))
        self._heard_ms = 0.0

    def sound(self, stream: LiveStream) -> Samples:
        """The next ``float32[320]`` for a microphone; its words are added to the stream."""
        self._late.append(self._in_the_room(self._playing()))
        sounding = self._late.popleft()
        for word in sounding.words:
            half = (word.end - word.start) // 2
            middle = stream.position + HEARD_FRAME // 2
            stream.words.append(Word(word.text, middle - half, middle + half))
        return sounding.audio

    def _playing(self) -> _Sounding:
        silent = _Sounding(np.zeros(HEARD_FRAME, np.float32), ())
        playback = self._loudspeaker.logged[-1] if self._loudspeaker.logged else None
        if playback is None or playback.played_ms == self._heard_ms:
            return silent
        self._heard_ms = playback.played_ms
        end = round(self._heard_ms * SPOKEN_RATE / 1000)
        fed = np.concatenate(playback.audio)[max(0, end - 3 * HEARD_FRAME) : end]
        gain = np.float32(10 ** (playback.gain_db / 20) / 32768)
        # Every third sample: a voice of 11 kHz has little above 8 kHz to alias.
        frame = fed[::3].astype(np.float32) * gain
        words = tuple(self._voice.words_at(end // 3 - HEARD_FRAME, end // 3))
        return _Sounding(np.pad(frame, (0, HEARD_FRAME - frame.size)), words)

    def _in_the_room(self, sounding: _Sounding) -> _Sounding:
        audio = sounding.audio if self._room is None else self._room.frame(sounding.audio)
        return replace(sounding, audio=audio * np.float32(10 ** (self._gain_db / 20)))


@dataclass(frozen=True, slots=True)
class _Sounding:
    """20 ms of the reply, and the words that have their middle in it."""

    audio: Samples
    words: tuple[Word, ...]


class HeldAgent:
    """Answers the first turn with a story after ``go``, later ones with two words."""

    def __init__(self, story: str) -> None:
        self.go = asyncio.Event()
        self.turns: list[AgentTurn] = []
        self._story = story

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        self.turns.append(turn)
        if len(self.turns) == 1:
            await self.go.wait()
            yield AgentDelta(self._story)
        else:
            yield AgentDelta("All right.")


class RenderedVoice:
    """Speaks with one of the rendered voices, at once."""

    def __init__(self, renderer: SceneVoices, voice: str) -> None:
        self._renderer = renderer
        self._voice = voice
        self._spoken: list[RenderedSpeech] = []

    def words_at(self, start: int, end: int) -> Iterable[Word]:
        """The spoken words whose middle lies between two samples, 16 kHz."""
        offset = 0
        for piece in self._spoken:
            for word in piece.words:
                if start <= offset + (word.start + word.end) // 2 < end:
                    yield word
            offset += piece.audio.size

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        piece = self._renderer.piece(text, self._voice)
        self._spoken.append(piece)
        at = np.arange(piece.audio.size * SPOKEN_RATE // HEARD_RATE) * HEARD_RATE / SPOKEN_RATE
        wide = np.interp(at, np.arange(piece.audio.size), piece.audio)
        yield np.clip(wide * 32767, -32768, 32767).astype(np.int16)
