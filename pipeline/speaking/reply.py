"""One reply: the agent's deltas become sentences, the sentences become audio, the audio is played.

Three stages run at the same time, each feeding the next: `AgentReader` cuts deltas into sentences,
`SentenceSpeaker` has them synthesised one after the other, and the playback plays the audio.
Cancelling `Reply.run` stops all three: the agent's run is aborted, the connection to the speech
server is closed, and the playback is cut.

The states of a reply (`ReplyState`)::

                first sentence            limit of the settings
    THINKING ───────────────────> SPEAKING ───────────────────> OFFERING
        │                           │  ^                          │   │
        │ the agent finished        │  └──────────────────────────┘   │
        │ without a word            │      accept_continuation        │ decline_continuation
        │                           │ the agent finished              │
        └───────────────────────> DRAINING <──────────────────────────┘

An offer whose synthesis fails returns to SPEAKING. A reply that ends in OFFERING can still be
continued, from `Floor.last_reply`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Final

from pipeline.audio import Pcm16
from pipeline.latency import Mark
from pipeline.ports import AgentTurn, Loudspeaker, Persona, Playback, Synthesizer, Voice
from pipeline.settings import ReplySettings
from pipeline.speaking.agent_reader import AgentReader, QueuedSentence, SentenceQueue
from pipeline.speaking.notices import continuation_offer, notice_for, one_moment
from pipeline.speaking.sentence_speaker import SentenceSpeaker
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.turn_queue import ReplyOutcome, ReplyRequest
from pipeline.transcript import USUAL_PACE_MS

_DECIDE_MS: Final = 2_000.0
"""How long before the fed audio ends a reply decides on an offer: the voice needs a second."""
_SHORT_REST_MS: Final = 10_000.0
"""A rest that takes no longer than this is spoken without an offer."""


@dataclass(slots=True)
class ReplyVoice:
    """The ports that a reply speaks through."""

    synthesizer: Synthesizer
    loudspeaker: Loudspeaker
    trouble: Callable[[Voice], str] = lambda _: ""
    """Why another voice replaces this one, in plain words; empty when none does."""
    stand_in: Callable[[Voice], str] = lambda _: ""
    """What members are told of the server of that other voice; empty if it has no name."""


class ReplyState(Enum):
    """Where a reply is; the module's docstring draws the transitions."""

    THINKING = auto()
    """It waits for the agent's first sentence."""
    SPEAKING = auto()
    """Its sentences are synthesised and fed."""
    OFFERING = auto()
    """It has asked "Shall I go on?"; the speaker has neither accepted nor declined."""
    DRAINING = auto()
    """Everything was fed; the rest of the audio is played."""


class Reply:
    """The answer to one turn. Make it, then `run` it once."""

    def __init__(
        self,
        request: ReplyRequest,
        voice: ReplyVoice,
        cutter: SentenceCutter,
        settings: ReplySettings,
        clock: Callable[[], float],
        *,
        interjections: Sequence[tuple[float, str]] = (),
        on_sentence: Callable[[str], None] = lambda _: None,
        on_audio: Callable[[Pcm16], None] = lambda _: None,
        may_sound: asyncio.Event | None = None,
    ) -> None:
        """``interjections`` are said after so many seconds without a delta of the agent.

        Nothing is audible before ``may_sound`` is set; None is no such condition.
        ``on_sentence`` gets each sentence whose audio was fed to its end, ``on_audio`` all audio
        that is fed.
        """
        if may_sound is None:
            may_sound = asyncio.Event()
            may_sound.set()
        if request.turn.is_unlikely:
            # The speaker expects no answer, so no sound announces it.
            quiet = {"thinking_sound_after_s": 0.0, "one_moment_after_s": 0.0}
            settings, interjections = settings.model_copy(update=quiet), ()
        self.request = request
        self.state = ReplyState.THINKING
        self._settings = settings
        self._cutter = cutter
        self._clock = clock
        self._sentences = SentenceQueue()
        self._speaker = SentenceSpeaker(
            voice.synthesizer,
            voice.loudspeaker,
            request.persona,
            settings.thinking_sound_after_s,
            self._mark,
            on_sentence,
            on_audio,
            may_sound,
        )
        if settings.one_moment_after_s:
            words = one_moment(request.turn.language)
            interjections = (*interjections, (settings.one_moment_after_s, words))
        self._reader = AgentReader(
            request.agent.reply(request.turn),
            cutter,
            self._sentences,
            self._speaker.thinking_sound,
            [(after_s, partial(self.interject, text)) for after_s, text in interjections],
            lambda: self._mark("first_delta"),
        )
        self._interjected = False
        self._section_start_ms = 0.0
        """Where the audio of the section begins after which the rest is offered."""
        self._offer_length_ms = 0.0
        self._accepted: asyncio.Future[None] | None = None
        """Set by `accept_continuation`; None while the reply does not wait for that."""

    @property
    def turn(self) -> AgentTurn:
        return self.request.turn

    @property
    def persona(self) -> Persona:
        return self.request.persona

    @property
    def outcome(self) -> ReplyOutcome:
        return self._speaker.outcome

    @property
    def playback(self) -> Playback | None:
        """What it is played on, from its first sound on."""
        return self._speaker.playback

    @property
    def _is_unexpected(self) -> bool:
        """Whether the turn was probably not for the agent, which has not answered: the speaker need
        not hear that it failed."""
        return self.turn.is_unlikely and not self.has_answer

    @property
    def has_answer(self) -> bool:
        """Whether there is a sentence of the answer, spoken or not."""
        return self._sentences.has_answer

    @property
    def has_audio(self) -> bool:
        """Whether there is any audio, also of an interjection, and if it may not sound yet."""
        return self._speaker.sound_waits

    @property
    def answer_audible(self) -> bool:
        """Whether listeners have heard any of the answer; interjections do not count."""
        return self._speaker.answer_audible

    @property
    def unplayed_ms(self) -> float:
        """Length of the audio that was fed and not played yet."""
        return self._speaker.unplayed_ms

    @property
    def offer_audible(self) -> bool:
        """Whether listeners hear, or have heard, the open offer of the rest."""
        offering = self.state is ReplyState.OFFERING
        return offering and self.unplayed_ms < self._offer_length_ms

    @property
    def left_out(self) -> list[str]:
        """What speech left out of the answer so far, as the agent wrote it."""
        return self._cutter.left_out

    def sentence_at(self, played_ms: float) -> str:
        """The sentence at this position of the audio, or an empty text."""
        return self._speaker.sentence_at(played_ms)

    def take_begun_sentences(self) -> list[str]:
        """The sentences of which the first audio was played since the last call."""
        return self._speaker.take_begun()

    def queued_sentences(self) -> list[str]:
        """The sentences of the answer whose synthesis has not begun."""
        return self._sentences.answer()

    def hold_when_opened(self, held: bool) -> None:
        """Open the playback held, or not; for a reply that has not made a sound yet."""
        self._speaker.opens_held = held

    @property
    def is_read(self) -> bool:
        """Whether its agent may still write."""
        return self._sentences.open and self.state in (ReplyState.THINKING, ReplyState.SPEAKING)

    def interject(self, text: str, *, soon: bool = False) -> None:
        """Say something that is no part of the answer after the current sentence; after those that
        wait, unless ``soon``."""
        self._interjected = True
        self._sentences.put(QueuedSentence(text, "interjection"), first=soon)

    def accept_continuation(self) -> bool:
        """Speak the rest that was offered. False if this reply cannot any more."""
        if self._accepted is None or self._accepted.done():
            return False
        self.state = ReplyState.SPEAKING
        self._accepted.set_result(None)
        return True

    def decline_continuation(self) -> None:
        """Withdraw the offer of the rest, if it was made."""
        if self.state is ReplyState.OFFERING:
            self.state = ReplyState.DRAINING

    async def run(self) -> None:
        """Speak the answer to its end. A failure is in `outcome`, and the speaker was told."""
        reading = asyncio.create_task(self._reader.run(), name="read the agent")
        try:
            await self._speak_sentences(reading)
            await self._conclude(reading)
            await self._speaker.finish()
        except BaseException:
            self._speaker.cut()
            raise
        finally:
            self._speaker.thinking_sound.disable()
            self._speaker.thinking_sound.stop()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _speak_sentences(self, reading: asyncio.Task[None]) -> None:
        while (sentence := await self._sentences.next()) is not None:
            if await self._should_offer_before(sentence, reading):
                self._sentences.put_back(sentence)
                await self._offer_continuation(reading)
                if self.state is not ReplyState.SPEAKING:
                    return
                continue
            if sentence.kind == "answer":
                self.state = ReplyState.SPEAKING
            self._mark("first_sentence")
            await self._speaker.speak(sentence)

    async def _conclude(self, reading: asyncio.Task[None]) -> None:
        """Speak a notice if the agent failed, whatever the error was: the speaker waits."""
        try:
            await reading
            self.outcome.silent = self._reader.silent
        except Exception as error:
            self.outcome.failure = error
            if self.state is not ReplyState.OFFERING and not self._is_unexpected:
                self.outcome.notice = " ".join(notice_for(error))
                for sentence in notice_for(error, self.turn.language):
                    await self._speaker.speak(QueuedSentence(sentence))
        if self.state is not ReplyState.OFFERING:
            self.state = ReplyState.DRAINING

    async def _should_offer_before(
        self, sentence: QueuedSentence, reading: asyncio.Task[None]
    ) -> bool:
        """Whether to ask "Shall I go on?" before ``sentence``."""
        limit_s = self._settings.offer_rest_after_s
        if not limit_s or sentence.kind != "answer":
            return False
        if self._speaker.fed_ms - self._section_start_ms < limit_s * 1000:
            return False
        # The audio is fed far ahead of what is heard: meanwhile the agent may finish.
        while not reading.done() and (early_ms := self.unplayed_ms - _DECIDE_MS) > 0:
            await asyncio.wait({reading}, timeout=max(early_ms, 20.0) / 1000)
        letters = sum(map(len, (sentence.text, *self._sentences.answer())))
        return not reading.done() or letters * USUAL_PACE_MS >= _SHORT_REST_MS

    async def _offer_continuation(self, reading: asyncio.Task[None]) -> None:
        """Ask "Shall I go on?" and wait for an answer. The agent's next deltas are kept."""
        self.state, start_ms = ReplyState.OFFERING, self._speaker.fed_ms
        self._accepted = accepted = asyncio.get_running_loop().create_future()
        offer = QueuedSentence(continuation_offer(self.turn.language), "offer")
        if not await self._speaker.speak(offer):
            # Without the question there can be no answer to it.
            self.state, self._accepted = ReplyState.SPEAKING, None
            self._section_start_ms = self._speaker.fed_ms
            return
        self._offer_length_ms = self._speaker.fed_ms - start_ms
        self._speaker.thinking_sound.disable()
        self._speaker.thinking_sound.stop()
        await asyncio.wait({accepted, reading}, return_when=asyncio.FIRST_COMPLETED)
        self._accepted = None
        if accepted.done():
            self._section_start_ms = self._speaker.fed_ms

    def _mark(self, mark: Mark) -> None:
        """Note a stage of the answer, unless an interjection makes the first sound."""
        if not self._interjected:
            self.request.latency.mark(mark, self._clock())
