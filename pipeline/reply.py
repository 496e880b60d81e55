"""One reply: the agent's words become sentences, the sentences sound, the sound goes out.

Three stages run at once, each feeding the next: deltas are cut into sentences, sentences are
synthesised one after the other, audio is played. Cancelling the task that runs a reply stops all
three: the agent's run is aborted upstream, the connection to the speech server is cut, and the
loudspeaker falls silent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from pipeline.audio import SPOKEN_RATE
from pipeline.errors import SpeechUnavailable
from pipeline.latency import Mark, TurnLatency
from pipeline.notices import ONE_MOMENT, notice_for
from pipeline.ports import Agent, AgentTurn, Loudspeaker, Persona, Playback, Synthesizer
from pipeline.speech_text import SentenceCutter
from pipeline.transcript import SpokenSentence

log = logging.getLogger(__name__)

_PAUSE_S: Final = 0.2
"""Three of the Gateway's intervals between deltas (75 ms): a longer one is a pause."""


@dataclass(slots=True)
class ReplyVoice:
    """What a reply speaks with."""

    synthesizer: Synthesizer
    loudspeaker: Loudspeaker


@dataclass(slots=True)
class Outcome:
    """What became of a reply."""

    sentences: list[SpokenSentence] = field(default_factory=list)
    unspoken: list[str] = field(default_factory=list)
    unspoken_why: str = ""
    failure: Exception | None = None
    """Why the agent gave no whole answer; what is no `AgentError` was not foreseen."""
    notice: str = ""
    """What the speaker was told of it."""

    @property
    def text(self) -> str:
        """Everything the agent said, spoken or not."""
        return " ".join([sentence.text for sentence in self.sentences] + self.unspoken)


class Reply:
    """The answer to one turn. Make it, then `run` it once."""

    def __init__(
        self,
        turn: AgentTurn,
        persona: Persona,
        agent: Agent,
        voice: ReplyVoice,
        cutter: SentenceCutter,
        latency: TurnLatency,
        clock: Callable[[], float],
        on_sentence: Callable[[str], None],
        *,
        one_moment_after_s: float = 0.0,
    ) -> None:
        """``one_moment_after_s`` without a word of the answer, the speaker is asked for patience;
        0 does not."""
        self.turn = turn
        self.persona = persona
        self.latency = latency
        self.outcome = Outcome()
        self.playback: Playback | None = None
        self._agent = agent
        self._voice = voice
        self._cutter = cutter
        self._clock = clock
        self._on_sentence = on_sentence
        self._sentences: asyncio.Queue[str | None] = asyncio.Queue()
        self._one_moment_after_s = one_moment_after_s
        self._asked_for_patience = False
        self._silence: asyncio.TimerHandle | None = None
        self._pause: asyncio.TimerHandle | None = None
        self._fed = 0
        """Samples, counted whole: a sum of milliseconds would end a little after the last one."""

    def unsaid(self) -> list[str]:
        """The whole sentences that had been written when the reply ended, and were not begun."""
        left = [self._sentences.get_nowait() for _ in range(self._sentences.qsize())]
        return [sentence for sentence in left if sentence is not None]

    async def run(self) -> None:
        """Speak the answer to its end. A failure is in `outcome`, and was told to the speaker."""
        reader = asyncio.create_task(self._read(), name="read the agent")
        try:
            await self._speak_sentences()
            await self._tell_of_failure(reader)
            if self.playback is not None:
                self.playback.end()
                await self.playback.wait_finished()
        except BaseException:
            if self.playback is not None:
                self.playback.cut()
            raise
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _tell_of_failure(self, reader: asyncio.Task[None]) -> None:
        """Whatever it was that ended the reader: the speaker has asked and is owed a word."""
        try:
            await reader
        except Exception as error:
            self.outcome.failure = error
            notice = notice_for(error)
            self.outcome.notice = " ".join(notice)
            for sentence in notice:
                await self._speak(sentence)

    async def _read(self) -> None:
        if self._one_moment_after_s:
            self._silence = asyncio.get_running_loop().call_later(
                self._one_moment_after_s, self._ask_for_patience
            )
        try:
            async with aclosing(self._agent.reply(self.turn)) as deltas:
                async for delta in deltas:
                    self._end_silence()
                    self._mark("first_delta")
                    self._queue(self._cutter.feed(delta.text, replace=delta.replace))
                    self._expect_a_pause()
            self._queue(self._cutter.finish())
        finally:
            self._end_silence()
            if self._pause is not None:
                self._pause.cancel()
            self._sentences.put_nowait(None)

    def _ask_for_patience(self) -> None:
        self._asked_for_patience = True
        self._queue([ONE_MOMENT])

    def _end_silence(self) -> None:
        """The agent has begun, or will not begin any more."""
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _expect_a_pause(self) -> None:
        """An agent that stops writing for a while, to use a tool, has ended its sentence."""
        if self._pause is not None:
            self._pause.cancel()
        self._pause = asyncio.get_running_loop().call_later(
            _PAUSE_S, lambda: self._queue(self._cutter.pause())
        )

    def _mark(self, mark: Mark) -> None:
        """Note a stage of the answer, unless the first sound will not be the answer's."""
        if not self._asked_for_patience:
            self.latency.mark(mark, self._clock())

    def _queue(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self._sentences.put_nowait(sentence)

    async def _speak_sentences(self) -> None:
        while (sentence := await self._sentences.get()) is not None:
            self._mark("first_sentence")
            await self._speak(sentence)

    async def _speak(self, sentence: str) -> None:
        """Say it, or, once one could not be said, leave it for the text channel like the rest."""
        if self.outcome.unspoken:
            self.outcome.unspoken.append(sentence)
        else:
            await self._say(sentence)

    async def _say(self, sentence: str) -> None:
        began_ms = self._fed_ms
        try:
            async with aclosing(
                self._voice.synthesizer.speak(sentence, self.persona.voice)
            ) as audio:
                async for pcm in audio:
                    self._mark("tts_first_byte")
                    if self.playback is None:
                        self.playback = self._voice.loudspeaker.open()
                    self.playback.feed(pcm)
                    self._fed += pcm.size
        except Exception as error:
            self._could_not_say(sentence, error)
        except asyncio.CancelledError:
            self.outcome.sentences.append(
                SpokenSentence(sentence, began_ms, self._fed_ms, complete=False)
            )
            raise
        else:
            self.outcome.sentences.append(SpokenSentence(sentence, began_ms, self._fed_ms))
            self._on_sentence(sentence)

    @property
    def _fed_ms(self) -> float:
        # Reckoned from samples, as the loudspeaker does it: summed up, the two would differ in the
        # last digit, and the last word of a reply would count as not heard.
        return self._fed * 1000 / SPOKEN_RATE

    def _could_not_say(self, sentence: str, error: Exception) -> None:
        """The words are not lost with the voice, whatever was wrong with it."""
        foreseen = isinstance(error, SpeechUnavailable)
        self.outcome.unspoken.append(sentence)
        self.outcome.unspoken_why = str(error) if foreseen else repr(error)
        log.log(
            logging.WARNING if foreseen else logging.ERROR,
            "a sentence of %s could not be spoken: %s",
            self.persona.agent,
            self.outcome.unspoken_why,
            exc_info=None if foreseen else error,
        )
