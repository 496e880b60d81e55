"""A room in virtual time: people with scripted speech, and fakes for everything that is slow.

The fakes stand in for models and servers with stated delays; the room between them is the real
one. Audio is real frames on the real clock: a person's words are coded in its loudness, so that
the fake transcriber can read back exactly what it was given, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Hashable, Sequence
from typing import Self, TypeVar

import numpy as np

from pipeline.audio import FRAME_MS, HEARD_FRAME, SPOKEN_FRAME, SPOKEN_RATE, Pcm16, Samples
from pipeline.errors import SpeechUnavailable
from pipeline.events import RoomEvent
from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.job_queue import Priority
from pipeline.inference.silero_vad import VadStream
from pipeline.inference.speech_models import EncodedAhead, SpeechModels
from pipeline.inference.transcription import Transcription
from pipeline.language.lexicons import ENGLISH
from pipeline.listening.audio_input import AudioInput, VadModel
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import (
    AddresseeOracle,
    Agent,
    AgentDelta,
    AgentTurn,
    Persona,
    Playback,
    Speaker,
    Synthesizer,
    Voice,
)
from pipeline.room_ports import RoomPorts
from pipeline.settings import PipelineSettings
from pipeline.speaking.reply import ReplyVoice
from testing.waiting import within

T = TypeVar("T")

ANN, BEN = Speaker(1, "Ann"), Speaker(2, "Ben")
JARVIS = Persona("jarvis", "Jarvis", Voice("jarvis"))
SAGE = Persona("sage", "Sage", Voice("sage"))
LOUDEST = 16_000


class FakeVad:
    """Speech is what is loud."""

    def open(self) -> VadStream:
        return VadStream()

    def step(self, batch: Sequence[tuple[VadStream, Samples]]) -> list[float]:
        return [0.95 if np.abs(chunk).max() > 0.01 else 0.01 for _, chunk in batch]


class FakeModels(SpeechModels):
    """The turn model and the transcriber, with delays and answers of the test's choice."""

    def __init__(self, audio_input: AudioInput) -> None:
        self.audio_input = audio_input
        self.texts: list[str] = []
        self.turn_ms = 30.0
        self.stt_ms = 60.0
        self.complete: Callable[[Pcm16], float] = lambda _: 0.9
        self.transcribed = 0
        self.language = "en"
        self.expected: list[tuple[str | None, ExpectedNames]] = []
        """The language and the names of each transcription."""
        self.may_call: dict[str, str] = {}
        """The names of the agents that texts may call, by their sound."""

    def code(self, text: str) -> int:
        """The loudness that says ``text``."""
        if text not in self.texts:
            self.texts.append(text)
        return LOUDEST - 500 * self.texts.index(text)

    async def turn_probability(self, key: Hashable, audio: Pcm16) -> float:
        await asyncio.sleep(self.turn_ms / 1000)
        return self.complete(audio)

    async def transcribe(
        self,
        key: Hashable,
        audio: Pcm16,
        *,
        language: str | None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        priority: Priority | None = None,
        final: bool,
        ahead: EncodedAhead | None = None,
    ) -> Transcription:
        await asyncio.sleep(self.stt_ms / 1000)
        self.transcribed += 1
        self.expected.append((language, names))
        levels = {int(level) for level in np.unique(np.abs(audio)) if level > 300}
        words = [self.texts[(LOUDEST - level) // 500] for level in sorted(levels, reverse=True)]
        text = " ".join(words)
        return Transcription(
            text,
            self.language,
            0.0,
            -0.1,
            audio.size / 16,
            self.stt_ms,
            closing=sure_marks(text),
            may_call=self.may_call.get(text, ""),
        )


def sure_marks(text: str) -> ClosingMarks:
    """The closing marks of a decoder that is sure of the text's last mark, or of a comma.

    Behind a word Whisper's timestamp rules forbid a mark; it expects none behind "the".
    """
    mark = text[-1:]
    if mark.isalnum():
        expected = 0.002 if text.split()[-1].lower() in ENGLISH.open_words else 0.3
        return ClosingMarks(
            0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.95, -0.05, -0.1, -0.1, 0.1, expected
        )
    return ClosingMarks(
        full_stop=0.9 if mark == "." else 0.03,
        question=0.9 if mark == "?" else 0.01,
        exclamation=0.9 if mark == "!" else 0.01,
        comma=0.03 if mark in (".", "?", "!") else 0.6,
        trailing=0.005 if mark in (".", "?", "!") else 0.2,
        end_of_text=0.02,
        end_at_end=0.98,
        last_token=0.95,
        last_three=-0.05,
        mean=-0.1,
        least=-0.1,
        ends_after_s=0.1,
        expected=0.5 if mark in (".", "?", "!") else 0.02,
    )


class FakeAgent:
    """Answers from a table, word by word."""

    def __init__(self) -> None:
        self.turns: list[AgentTurn] = []
        self.answers: dict[str, str] = {}
        self.first_ms = 50.0
        self.word_ms = 10.0
        self.error: Exception | None = None
        self.aborted: list[str] = []

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        self.turns.append(turn)
        finished = False
        try:
            await asyncio.sleep(self.first_ms / 1000)
            if self.error is not None:
                raise self.error
            for word in self.answers.get(turn.text, "All right.").split():
                yield AgentDelta(word + " ")
                await asyncio.sleep(self.word_ms / 1000)
            finished = True
        finally:
            if not finished:
                self.aborted.append(turn.text)


class FakeSynthesizer:
    """60 ms of noise for a letter: no two stretches of it are alike."""

    def __init__(self) -> None:
        self.spoken: list[tuple[str, str]] = []
        self.first_ms = 20.0
        self.broken = False

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        await asyncio.sleep(self.first_ms / 1000)
        if self.broken:
            raise SpeechUnavailable("the speech server answered 500")
        self.spoken.append((voice.name, text))
        noise = np.random.default_rng(len(text))
        for _ in text:
            yield noise.integers(-5000, 5000, SPOKEN_RATE * 60 // 1000, np.int16)


class FakePlayback:
    """Plays in virtual time: 20 ms of what was fed every 20 ms."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.log: list[str] = []
        self.fills: list[tuple[bool, float]] = []
        """When a sound under no words was begun (True) and ended."""
        self.sent: list[tuple[float, Pcm16]] = []
        """Every frame, ``int16[960]``, and when it had been played."""
        self._clock = clock
        self._fed: list[Pcm16] = []
        self._fed_ms = 0.0
        self._played_ms = 0.0
        self._state = "play"
        self._ended = False
        self._first: float | None = None
        self._done = asyncio.Event()
        self._task = asyncio.create_task(self._play())

    async def _play(self) -> None:
        while not self._done.is_set():
            await asyncio.sleep(FRAME_MS / 1000)
            sounds = self._state != "hold" and self._played_ms < self._fed_ms
            self._remember(sounds)
            if sounds:
                self._first = self._first if self._first is not None else self._clock()
                self._played_ms = min(self._played_ms + FRAME_MS, self._fed_ms)
            if self._ended and self._played_ms >= self._fed_ms:
                self._done.set()

    def _remember(self, sounds: bool) -> None:
        frame = np.zeros(SPOKEN_FRAME, np.int16)
        if sounds:
            if len(self._fed) > 1:
                self._fed = [np.concatenate(self._fed)]
            start = round(self._played_ms * SPOKEN_RATE / 1000)
            part = self._fed[0][start : start + SPOKEN_FRAME]
            frame[: part.size] = part
        self.sent.append((self._clock(), frame))

    def feed(self, pcm: Pcm16) -> None:
        self._fed.append(pcm)
        self._fed_ms = sum(each.size for each in self._fed) * 1000 / SPOKEN_RATE

    def end(self) -> None:
        self._ended = True

    def fill(self, loop: Pcm16 | None) -> None:
        self.fills.append((loop is not None, self._clock()))

    def duck(self) -> None:
        self.log.append("duck")

    def hold(self) -> None:
        self.log.append("hold")
        self._state = "hold"

    def resume(self, rewind_ms: float = 0.0) -> None:
        self.log.append("resume")
        self._state = "play"
        self._played_ms = max(0.0, self._played_ms - rewind_ms)

    def cut(self) -> None:
        self.log.append("cut")
        self._done.set()

    @property
    def played_ms(self) -> float:
        return self._played_ms

    @property
    def first_sent_at(self) -> float | None:
        return self._first

    async def wait_finished(self) -> None:
        await self._done.wait()


class FakeLoudspeaker:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.playbacks: list[FakePlayback] = []
        self.gain_db = 0.0

    def open(self) -> Playback:
        self.playbacks.append(FakePlayback(self._clock))
        return self.playbacks[-1]

    def set_gain_db(self, gain_db: float) -> None:
        self.gain_db = gain_db


class FakeRoom:
    """A room with Ann and Ben in it, Jarvis and Sage at hand. Use as an async context manager.

    ``vad``, ``models`` and ``agent`` put real ones in the place of the fakes.
    """

    def __init__(
        self,
        settings: PipelineSettings | None = None,
        *,
        vad: VadModel | None = None,
        models: Callable[[AudioInput], SpeechModels] | None = None,
        oracle: AddresseeOracle | None = None,
        synthesizer: Synthesizer | None = None,
        agent: Agent | None = None,
        context_of_others: bool = False,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.clock = loop.time
        self.events: list[RoomEvent] = []
        self.hearing = AudioInput(vad or FakeVad(), self.clock)
        self.models = FakeModels(self.hearing)
        self.agent = FakeAgent()
        self.synthesizer = FakeSynthesizer()
        self.loudspeaker = FakeLoudspeaker(self.clock)
        self.room = PipelineOrchestrator(
            settings=settings or PipelineSettings(),
            models=self.models if models is None else models(self.hearing),
            ports=RoomPorts(
                agent=agent or self.agent,
                voice=ReplyVoice(synthesizer or self.synthesizer, self.loudspeaker),
                observer=self.events.append,
                oracle=oracle,
                context_of_others=lambda: context_of_others,
            ),
            personas={"jarvis": JARVIS, "sage": SAGE},
            persona=JARVIS,
            clock=self.clock,
            place="guild 42",
        )

    async def __aenter__(self) -> Self:
        self.room.person_joined(ANN)
        self.room.person_joined(BEN)
        self.hearing.start()
        self.room.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.room.aclose()
        await self.hearing.aclose()

    async def say(self, speaker: Speaker, text: str, seconds: float = 1.0) -> float:
        """Have a person say something, in real frames; returns when they were done."""
        level = self.models.code(text)
        for _ in range(round(seconds * 1000 / FRAME_MS)):
            await asyncio.sleep(FRAME_MS / 1000)
            self.room.hear(speaker.id, np.full(HEARD_FRAME, level, np.int16), self.clock())
        end = self.clock()
        for _ in range(5):
            await asyncio.sleep(FRAME_MS / 1000)
            silence = np.zeros(HEARD_FRAME, np.int16)
            self.room.hear(speaker.id, silence, self.clock(), end_of_talk=True)
        return end

    async def until(self, kind: type[T], seconds: float = 30.0, *, after: int = 0) -> T:
        """The first event of a kind, past the first ``after`` of all events."""
        async with within(seconds, kind.__name__, seen=lambda: self.events[after:]):
            while True:
                found = [event for event in self.events[after:] if isinstance(event, kind)]
                if found:
                    return found[0]
                await asyncio.sleep(0.01)

    def all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]
