"""One reply: the agent's words become sentences, the sentences sound, the sound goes out.

Three stages run at once, each feeding the next: deltas are cut into sentences, sentences are
synthesised one after the other, audio is played. Cancelling the task that runs a reply stops all
three: the agent's run is aborted upstream, the connection to the speech server is cut, and the
loudspeaker falls silent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.errors import SpeechUnavailable
from pipeline.latency import Mark, TurnLatency
from pipeline.ports import Agent, AgentTurn, Loudspeaker, Persona, Playback, Synthesizer, Voice
from pipeline.settings import ReplySettings
from pipeline.speaking.agent_reader import AgentReader
from pipeline.speaking.notices import notice_for, one_moment, shall_i_go_on
from pipeline.speaking.sentence_queue import QueuedSentence, SentenceQueue
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.thinking_sound import ThinkingSound
from pipeline.transcript import USUAL_PACE_MS, SpokenSentence

log = logging.getLogger(__name__)

_DECIDE_MS: Final = 2_000.0
"""Before its end, a part of an answer is known to be followed by more: the voice needs a second."""
_SHORT_REST_MS: Final = 10_000.0
"""A rest that takes no longer than this is said without asking."""


@dataclass(slots=True)
class ReplyVoice:
    """What a reply speaks with."""

    synthesizer: Synthesizer
    loudspeaker: Loudspeaker
    trouble: Callable[[Voice], str] = lambda _: ""
    """Why another voice speaks in the place of this one, in plain words; empty when none does."""


@dataclass(slots=True)
class ReplyOutcome:
    """What became of a reply."""

    sentences: list[SpokenSentence] = field(default_factory=list)
    unspoken: list[str] = field(default_factory=list)
    """The sentences that could not be spoken, or not to their end."""
    unspoken_why: str = ""
    unspoken_reason: str = ""
    """The last reason for it in plain words, for people; empty when there are none."""
    written: list[str] = field(default_factory=list)
    """Everything that was to be said, asides left out, in its order."""
    failure: Exception | None = None
    """Why the agent gave no whole answer; what is no `AgentError` was not foreseen."""
    notice: str = ""
    """What the speaker was told of it."""
    silent: bool = False
    """The agent chose to say nothing."""

    @property
    def text(self) -> str:
        """Everything the agent said, spoken or not, and the offer of more."""
        return " ".join(self.written)


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
        settings: ReplySettings,
        asides: Sequence[tuple[float, str]] = (),
        on_open: Callable[[Playback], object] = lambda _: None,
        on_audio: Callable[[Pcm16], object] = lambda _: None,
    ) -> None:
        """``asides`` are said after so many seconds without a word of the answer.

        ``on_open`` is called with the playback before anything is fed to it, ``on_audio`` with all
        that is fed.
        """
        self.turn = turn
        self.persona = persona
        self.latency = latency
        self.outcome = ReplyOutcome()
        self.playback: Playback | None = None
        self.offered = False
        """The rest of the answer was offered, and so far nobody asked for it."""
        self._voice = voice
        self._clock = clock
        self._on_sentence = on_sentence
        self._on_open = on_open
        self._on_audio = on_audio
        self._settings = settings
        self._cutter = cutter
        self._manuscript = SentenceQueue()
        self._thinking = ThinkingSound(
            settings.thinking_sound_after_s, self._open_playback, lambda: self.left_ms
        )
        if settings.one_moment_after_s:
            asides = (*asides, (settings.one_moment_after_s, one_moment(turn.language)))
        self._writing = AgentReader(
            agent.reply(turn),
            cutter,
            self._manuscript,
            self._thinking,
            [(after_s, partial(self.interject, text)) for after_s, text in asides],
            lambda: self._mark("first_delta"),
        )
        self._interjected = False
        self._fed = 0
        """Samples, counted whole: a sum of milliseconds would end a little after the last one."""
        self._saying: QueuedSentence | None = None
        self._answer_from_ms: float | None = None
        self._part_from_ms = 0.0
        """Where the part of the answer begins after which more of it is offered."""
        self._offer_ms = 0.0
        """How long the question for it takes to be heard."""
        self._wanted: asyncio.Future[None] | None = None

    @property
    def written(self) -> bool:
        """Whether there is a sentence of the answer, spoken or not."""
        return self._manuscript.written

    @property
    def has_audio(self) -> bool:
        """Whether there is anything to be heard, of the answer or beside it."""
        return self._fed > 0

    @property
    def answer_begun(self) -> bool:
        """Whether listeners have heard anything of the answer, not only words beside it."""
        begins_ms, playback = self._answer_from_ms, self.playback
        return begins_ms is not None and playback is not None and playback.played_ms > begins_ms

    @property
    def left_ms(self) -> float:
        """How much of what was spoken is still to be played."""
        return self._fed_ms - (0.0 if self.playback is None else self.playback.played_ms)

    def sentence_at(self, played_ms: float) -> str:
        """The sentence that sounds at a place in the audio, or nothing."""
        for sentence in self.outcome.sentences:
            if sentence.start_ms <= played_ms < sentence.end_ms:
                return sentence.text
        return "" if self._saying is None else self._saying.text

    def interject(self, text: str) -> None:
        """Say something beside the matter as soon as the voice is free."""
        self._interjected = True
        self._manuscript.put(QueuedSentence(text, "aside"))

    @property
    def offer_heard(self) -> bool:
        """Whether the question whether to go on can be answered by now."""
        return self.offered and self.left_ms < self._offer_ms

    def go_on(self) -> bool:
        """Somebody wants the rest that was offered; False if it cannot be had from here now."""
        if self._wanted is None or self._wanted.done():
            return False
        self._wanted.set_result(None)
        return True

    def unsaid(self) -> list[str]:
        """The whole sentences that had been written when the reply ended, and were not begun."""
        return self._manuscript.left()

    @property
    def left_out(self) -> list[str]:
        """What speech left out of the answer so far, as the agent wrote it."""
        return self._cutter.left_out

    async def run(self) -> None:
        """Speak the answer to its end. A failure is in `outcome`, and was told to the speaker."""
        reader = asyncio.create_task(self._writing.run(), name="read the agent")
        try:
            await self._speak_sentences(reader)
            await self._tell_of_failure(reader)
            self._thinking.stop()
            if self.playback is not None:
                self.playback.end()
                await self.playback.wait_finished()
        except BaseException:
            if self.playback is not None:
                self.playback.cut()
            raise
        finally:
            self._thinking.no_more()
            self._thinking.stop()
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _tell_of_failure(self, reader: asyncio.Task[None]) -> None:
        """Whatever it was that ended the reader: the speaker has asked and is owed a word."""
        try:
            await reader
            self.outcome.silent = self._writing.silent
        except Exception as error:
            self.outcome.failure = error
            if self.offered:
                return  # of an answer of which nobody wanted more
            notice = notice_for(error)
            self.outcome.notice = " ".join(notice)
            for sentence in notice:
                await self._say(QueuedSentence(sentence))

    def _mark(self, mark: Mark) -> None:
        """Note a stage of the answer, unless the first sound will not be the answer's."""
        if not self._interjected:
            self.latency.mark(mark, self._clock())

    async def _speak_sentences(self, reader: asyncio.Task[None]) -> None:
        while (part := await self._manuscript.next()) is not None:
            if await self._is_too_much(part, reader):
                self._manuscript.put_back(part)
                await self._offer_the_rest(reader)
                if self.offered:
                    return
                continue
            self._mark("first_sentence")
            await self._say(part)

    async def _is_too_much(self, part: QueuedSentence, reader: asyncio.Task[None]) -> bool:
        """So much has been said that people are to be asked whether they want ``part`` too."""
        limit_s = self._settings.offer_rest_after_s
        if not limit_s or part.kind != "answer":
            return False
        if self._fed_ms - self._part_from_ms < limit_s * 1000:
            return False
        # The voice is far ahead of what is heard: until then, the agent may have come to its end.
        while not reader.done() and (early_ms := self.left_ms - _DECIDE_MS) > 0:
            await asyncio.wait({reader}, timeout=max(early_ms, 20.0) / 1000)
        letters = sum(map(len, (part.text, *self._manuscript.left())))
        return not reader.done() or letters * USUAL_PACE_MS >= _SHORT_REST_MS

    async def _offer_the_rest(self, reader: asyncio.Task[None]) -> None:
        """Ask whether to go on. What is still being written is kept."""
        self.offered, began_ms = True, self._fed_ms
        self._wanted = asyncio.get_running_loop().create_future()
        if not await self._say(QueuedSentence(shall_i_go_on(self.turn.language), "offer")):
            # Who was not asked does not answer.
            self.offered, self._part_from_ms, self._wanted = False, self._fed_ms, None
            return
        self._offer_ms = self._fed_ms - began_ms
        self._thinking.no_more()
        self._thinking.stop()
        await asyncio.wait({self._wanted, reader}, return_when=asyncio.FIRST_COMPLETED)
        if self._wanted.done():
            self.offered, self._part_from_ms = False, self._fed_ms
        self._wanted = None

    async def _say(self, part: QueuedSentence) -> bool:
        """Say it whole. What could not be said is left for the text channel; False then."""
        sentence, began_ms = part.text, self._fed_ms
        self._saying = part
        try:
            async with aclosing(
                self._voice.synthesizer.speak(sentence, self.persona.voice)
            ) as audio:
                async for pcm in audio:
                    self._mark("tts_first_byte")
                    if part.kind == "answer" and self._answer_from_ms is None:
                        self._answer_from_ms = began_ms
                    self._feed(pcm)
        except Exception as error:
            self._could_not_say(part, error)
            return False
        except asyncio.CancelledError:
            self._spoken(part, began_ms, complete=False)
            raise
        else:
            self._spoken(part, began_ms, complete=True)
            self._on_sentence(sentence)
            return True
        finally:
            self._saying = None

    def _spoken(self, part: QueuedSentence, began_ms: float, *, complete: bool) -> None:
        if part.kind != "aside":
            self.outcome.written.append(part.text)
        self.outcome.sentences.append(
            SpokenSentence(part.text, began_ms, self._fed_ms, complete=complete, kind=part.kind)
        )

    def _open_playback(self) -> Playback:
        if self.playback is None:
            self.playback = self._voice.loudspeaker.open()
            self._on_open(self.playback)
        return self.playback

    def _feed(self, pcm: Pcm16) -> None:
        playback = self._open_playback()
        playback.feed(pcm)
        self._on_audio(pcm)
        self._fed += pcm.size
        self._thinking.words_came()

    @property
    def _fed_ms(self) -> float:
        # Reckoned from samples, as the loudspeaker does it: summed up, the two would differ in the
        # last digit, and the last word of a reply would count as not heard.
        return self._fed * 1000 / SPOKEN_RATE

    def _could_not_say(self, part: QueuedSentence, error: Exception) -> None:
        """The words are not lost with the voice, whatever was wrong with it."""
        foreseen = isinstance(error, SpeechUnavailable)
        self.outcome.unspoken_why = str(error) if foreseen else repr(error)
        if part.kind == "answer":
            self.outcome.written.append(part.text)
            self.outcome.unspoken.append(part.text)
            reason = error.reason if isinstance(error, SpeechUnavailable) else ""
            self.outcome.unspoken_reason = reason
        log.log(
            logging.WARNING if foreseen else logging.ERROR,
            "a sentence of %s could not be spoken: %s",
            self.persona.agent,
            self.outcome.unspoken_why,
            exc_info=None if foreseen else error,
        )
