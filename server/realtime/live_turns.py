"""One live stream of audio, cut into turns and transcribed by the bot's recognition.

Time is that of the audio: a second has passed when a second of it has arrived. A client that sends
faster than people speak gets the same turns, because the stream waits for what the models say of a
pause.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar
from uuid import uuid4

from pipeline.audio import HEARD_FRAME, HEARD_RATE, Pcm16
from pipeline.errors import PipelineError
from pipeline.inference.expected_names import ExpectedNames
from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.audio_recognition import AudioRecognition, FinalTranscript
from pipeline.listening.endpoint_rule import EndpointRule
from pipeline.participants import Participants
from pipeline.personas import DEFAULT_AGENTS, personas
from pipeline.ports import Speaker
from pipeline.settings import PipelineSettings
from server.transcription.listening_models import ListeningModels

log = logging.getLogger(__name__)

T = TypeVar("T")

_SPEAKER: Final = Speaker(1, "speaker")
_BEHIND: Final = HEARD_RATE // 5
"""Samples that wait: with more, the client is faster than speech."""
_LONGEST_WAIT_S: Final = 30.0
_BREATH: Final = 25
"""Frames after which other tasks of the loop run."""


@dataclass(eq=False)
class LiveTurn:
    """A stretch of speech. Times are seconds of audio since the session began."""

    id: str
    began_s: float
    sent: str = ""
    """The words that were reported so far."""


class LiveListener(Protocol):
    """Who is told of the turns."""

    def turn_began(self, turn: LiveTurn) -> None: ...

    def turn_ended(self, turn: LiveTurn, at_s: float) -> None: ...

    def words_so_far(self, turn: LiveTurn, words: str) -> None:
        """Take the first words of a turn that goes on, which will not change."""

    def turn_heard(self, turn: LiveTurn, words: str, seconds: float) -> None:
        """Take all words of a turn that is over; they may be empty."""

    def turn_failed(self, turn: LiveTurn, why: str) -> None:
        """The words of a turn are lost; ``why`` is for people."""


_turn_of_task: ContextVar[LiveTurn | None] = ContextVar("turn", default=None)
"""The turn whose words a task is for."""


def new_id(kind: str) -> str:
    """An id for an event, an item or a session: ``item_`` and 24 hexadecimal digits."""
    return f"{kind}_{uuid4().hex[:24]}"


class LiveTurns:
    """The recognition of one stream; a `RecognitionRoom` without anyone else in it."""

    def __init__(
        self,
        listening: ListeningModels,
        settings: PipelineSettings,
        rule: EndpointRule | None,
        names: ExpectedNames,
        listener: LiveListener,
        *,
        now_s: float = 0.0,
    ) -> None:
        self.expected_names = names
        self._settings = settings
        self._rule = rule
        self._listener = listener
        self._now = now_s
        self._models = listening.live_models(lambda: self._now)
        known = personas(DEFAULT_AGENTS, next(iter(DEFAULT_AGENTS)))
        first = next(iter(known.values()))
        self._participants = Participants(
            tuple(known.values()), first, settings.relevance.name_threshold
        )
        self._tasks: set[asyncio.Task[Any]] = set()
        self._pause_seen = False
        self._turn: LiveTurn | None = None
        self._failures: set[str] = set()
        self._recognition = self._recognize()

    def _recognize(self) -> AudioRecognition:
        return AudioRecognition(
            _SPEAKER, self, self._models, self._settings, lambda: self._now, rule=self._rule
        )

    @property
    def now_s(self) -> float:
        """The seconds of audio since the session began."""
        return self._now

    @property
    def pending(self) -> bool:
        """Whether words are awaited."""
        return bool(self._tasks)

    async def feed(self, pcm: Pcm16, *, more_waits: bool) -> None:
        """Take 16 kHz mono ``int16[n]``; ``more_waits`` says that further audio has arrived."""
        for count, at in enumerate(range(0, pcm.size, HEARD_FRAME), 1):
            frame = pcm[at : at + HEARD_FRAME]
            self._now += frame.size / HEARD_RATE
            self._recognition.push_audio(frame, self._now)
            self._models.audio_input.tick(self._now)
            if self._pause_seen and (more_waits or pcm.size - at > _BEHIND):
                await self._settle()
            if count % _BREATH == 0:
                await asyncio.sleep(0)

    async def _settle(self) -> None:
        """Wait for what the models say of the present pause."""
        self._pause_seen = False
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LONGEST_WAIT_S)

    def commit(self) -> tuple[LiveTurn, Pcm16] | None:
        """End the present turn now: the turn and its audio, 16 kHz ``int16[n]``.

        None without speech. The words are left to the caller.
        """
        turn = self._turn
        if turn is None or not self._recognition.speaking:
            return None
        audio = self._recognition.audio(turn.began_s, self._now)
        self.clear()
        self._listener.turn_ended(turn, self._now)
        return turn, audio

    def clear(self) -> None:
        """Drop the audio of the present turn."""
        self._recognition.close()
        self._turn = None
        self._recognition = self._recognize()

    async def aclose(self) -> None:
        """Stop; the words that are not there yet are dropped."""
        self._recognition.close()
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- what AudioRecognition reports ------------------------------------------------------

    def is_in_exchange(self, speaker_id: int) -> bool:
        """Live speech comes before files."""
        return True

    def parse(self, speaker_id: int, text: str, language: str | None) -> ParsedUtterance:
        return self._participants.parse(speaker_id, text, language)

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        token = _turn_of_task.set(self._turn)
        try:
            task = asyncio.create_task(work, name=name)
        finally:
            _turn_of_task.reset(token)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # `not_understood` gets only the text.
            self._failures.add(str(error) if isinstance(error, PipelineError) else repr(error))
            if not isinstance(error, PipelineError):
                log.error("%s failed", task.get_name(), exc_info=error)

    def speech_began(self, speaker: Speaker, at: float) -> None:
        began = max(0.0, at - self._settings.turn.pre_roll_ms / 1000)
        self._turn = LiveTurn(new_id("item"), began)
        self._listener.turn_began(self._turn)

    def speech_resumed(self, speaker: Speaker, at: float) -> None:
        self._pause_seen = False

    def speech_paused(self, speaker: Speaker, at: float) -> None:
        self._pause_seen = True

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None:
        if self._turn is not None:
            self._listener.turn_ended(self._turn, at)

    def on_partial_transcript(self, utterance: FinalTranscript, *, pausing: bool) -> None:
        turn = _turn_of_task.get()
        if turn is not None and utterance.committed:
            self._listener.words_so_far(turn, utterance.committed)

    def on_provisional_transcript(self, utterance: FinalTranscript) -> None: ...

    def on_provisional_withdrawn(self, speaker: Speaker) -> None: ...

    def on_final_transcript(self, utterance: FinalTranscript) -> None:
        if (turn := _turn_of_task.get()) is not None:
            heard = utterance.transcription
            self._listener.turn_heard(turn, heard.text, heard.duration_ms / 1000)

    def not_understood(self, speaker: Speaker, why: str) -> None:
        turn = _turn_of_task.get()
        if turn is None:
            return
        if why in self._failures:
            self._failures.discard(why)
            self._listener.turn_failed(turn, why)
        else:
            self._listener.turn_heard(turn, "", 0.0)
