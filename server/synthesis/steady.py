"""A voice that does not fall silent with its speech server.

A sentence that the server fails to speak is asked for once more. A server that fails again and
again is given up: the embedded voice stands in for it, and in the background it is asked to say a
word, ever less often, until it does. What concerns one voice alone, such as a name that the server
does not know, gives up that voice and no other; so does what fails for it again and again while
other voices are spoken.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Final, Protocol, Self

from pipeline.audio import Pcm16
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Synthesizer, Voice
from server.synthesis.breaker import Breaker
from server.synthesis.fault import Fault, SpeechFailed
from server.synthesis.stand_in_voices import StandInVoices
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_BUSY_REST_S: Final = 0.5
"""For a server that is too busy and does not say for how long."""
LONGEST_WAIT_S: Final = 2.0
"""A pause between two sentences that people take for thinking; a longer one they do not wait."""
_WORD: Final = "Hello."
_ADVICE: Final = {
    Fault.UNREACHABLE: "start it, or correct TTS_URL in .env",
    Fault.LOCKED: "check TTS__API_KEY in .env",
    Fault.NOT_FOUND: "correct TTS_URL in .env",
    Fault.REFUSED: "check TTS_URL and TTS__MODEL in .env, and the agents' voices",
}
_OF_THE_SERVER: Final = frozenset((Fault.UNREACHABLE, Fault.SLOW, Fault.BUSY, Fault.LOCKED))
"""What another voice would not get past either."""
_USUAL_ADVICE: Final = "see its own log, and check TTS_URL in .env"


class SpeechServer(Synthesizer, Protocol):
    """What `HttpSynthesizer` is."""

    @property
    def address(self) -> str:
        """Where it is, for messages."""
        ...

    async def voices(self) -> list[str]: ...


class SteadySynthesizer:
    """A `pipeline.ports.Synthesizer` over ``server``, for all rooms. Use as an async context
    manager: its end ends the probes.

    Without a ``stand_in`` nothing speaks for a server that was given up, and that is told at once
    for each sentence.
    """

    def __init__(
        self,
        server: SpeechServer,
        stand_in: Synthesizer | None = None,
        stand_in_voices: StandInVoices | None = None,
    ) -> None:
        self._server = server
        self._stand_in = stand_in
        self._stand_in_voices = stand_in_voices or StandInVoices()
        self._whole = Breaker()
        self._voices: dict[str, Breaker] = {}
        self._wanted: dict[str, Voice] = {}
        """The voices that were asked for, by name."""
        self._tasks = OwnedTasks(log)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._tasks.aclose()

    async def start(self, voice: Voice, patience_s: float) -> None:
        """Have the server say a word, and tell the operator how that went.

        Returns when it is known or ``patience_s`` have passed; then it is told later.
        """
        first_word = self._tasks.spawn(self._first_word(voice), "first word of the speech server")
        await asyncio.wait({first_word}, timeout=patience_s)

    async def voices(self) -> list[str]:
        """The voices that the server lists, whether or not it is given up.

        Raises:
            SpeechUnavailable: it does not answer, or has no such list.
        """
        return await self._server.voices()

    def trouble(self, voice: Voice) -> str:
        """Why another voice speaks in the place of ``voice`` just now, in plain words for people;
        empty when it speaks itself, or nothing does."""
        given_up = self._given_up(voice)
        return "" if given_up is None or self._stand_in is None else given_up.why

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        """Stream one sentence as 48 kHz mono ``int16[n]`` chunks, in this voice or its stand-in's.

        Raises:
            SpeechUnavailable: the sentence failed twice, or once after a part of it was heard.
        """
        self._wanted[voice.name] = voice
        for retried in (False, True):
            if (given_up := self._given_up(voice)) is not None:
                if self._stand_in is None:
                    what = f"speech server {self._server.address} is given up for now"
                    raise SpeechUnavailable(what, given_up.why)
                break
            heard = False
            try:
                async with contextlib.aclosing(self._server.speak(text, voice)) as audio:
                    async for pcm in audio:
                        heard = True
                        yield pcm
            except SpeechUnavailable as error:
                again = self._failed(error, voice, lost=heard)
                if self.trouble(voice) and not heard:
                    break
                if retried or not again:
                    raise
                await asyncio.sleep(_rest_s(error))
            else:
                self._worked(voice)
                return
        assert self._stand_in is not None
        other = Voice(self._stand_in_voices.of(voice.name), voice.speed, voice.style)
        async with contextlib.aclosing(self._stand_in.speak(text, other)) as audio:
            async for pcm in audio:
                yield pcm

    # -- what is known of the server --------------------------------------------------------

    def _given_up(self, voice: Voice) -> Breaker | None:
        for breaker in (self._whole, self._voices.get(voice.name)):
            if breaker is not None and breaker.given_up:
                return breaker
        return None

    def _breaker_for(self, error: SpeechUnavailable, voice: Voice) -> Breaker:
        if _fault(error).is_the_voices:
            return self._voices.setdefault(voice.name, Breaker())
        return self._whole

    def _failed(self, error: SpeechUnavailable, voice: Voice, *, lost: bool) -> bool:
        """Count it; whether the same sentence is worth being asked for once more."""
        fault, breaker, rest_s = _fault(error), self._breaker_for(error, voice), _rest_s(error)
        again = fault.may_pass and not lost and rest_s <= LONGEST_WAIT_S
        given_up: Breaker | None
        if rest_s > LONGEST_WAIT_S:
            given_up = breaker if breaker.give_up(self._now(), fault.value, rest_s) else None
        else:
            # A sentence that is not asked for again counts for both times; and who is not there at
            # all will not be there for the next sentence.
            weight = 1 if again and fault is not Fault.UNREACHABLE else 2
            given_up = self._count(breaker, fault, voice, weight)
        if given_up is not None:
            self._tell_of_giving_up(error)
            self._probe(given_up, voice)
        else:
            log.info("%s%s", error, "; once more" if again else "")
        return again

    def _count(self, breaker: Breaker, fault: Fault, voice: Voice, weight: int) -> Breaker | None:
        """Count a failure; what is given up for it. A failure counts for its voice as well: others
        that are spoken between say that the server is well, and nothing of this one."""
        own = self._voices.setdefault(voice.name, Breaker())
        if breaker is self._whole and breaker.failed(self._now(), fault.value, weight=weight):
            for each in self._voices.values():
                if not each.given_up:
                    each.worked()
            return breaker
        return own if own.failed(self._now(), fault.value, weight=weight) else None

    def _worked(self, voice: Voice) -> None:
        for breaker in (self._whole, self._voices.get(voice.name)):
            # One that was given up meanwhile, in another room, is its probe's to take back.
            if breaker is not None and not breaker.given_up:
                breaker.worked()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    # -- probes -----------------------------------------------------------------------------

    async def _first_word(self, voice: Voice) -> None:
        began = self._now()
        for last in (False, True):
            try:
                first_audio_at = await self._say_a_word(voice)
            except SpeechUnavailable as error:
                if _fault(error).may_pass and not last:
                    await asyncio.sleep(min(_rest_s(error), LONGEST_WAIT_S))
                    continue
                breaker = self._breaker_for(error, voice)
                if breaker.give_up(self._now(), _fault(error).value, _rest_s(error)):
                    self._tell_of_giving_up(error)
                    self._probe(breaker, voice)
                return
            except Exception:
                log.exception("the first word failed in a way that was not foreseen")
                return
            ms = (first_audio_at - began) * 1000
            log.info("speech server %s: first audio after %.0f ms", self._server.address, ms)
            return

    async def _say_a_word(self, voice: Voice) -> float:
        """When the first audio of a word came, of which all came."""
        first_audio_at = 0.0
        async with contextlib.aclosing(self._server.speak(_WORD, voice)) as audio:
            async for _ in audio:
                first_audio_at = first_audio_at or self._now()
        return first_audio_at

    def _probe(self, breaker: Breaker, voice: Voice) -> None:
        self._tasks.spawn(self._probe_until_it_speaks(breaker, voice), "probe of the speech server")

    async def _probe_until_it_speaks(self, breaker: Breaker, voice: Voice) -> None:
        while True:
            await asyncio.sleep(breaker.probe_at - self._now())
            voices = [voice]
            if breaker is self._whole:
                voices += [each for name, each in self._wanted.items() if name != voice.name]
            for each in voices:
                if (error := await self._refuses_a_word(each)) is None:
                    breaker.worked()
                    log.info("speech server %s speaks again", self._server.address)
                    if each is not voice:
                        self._give_up_voice(voice)
                    return
                if _fault(error) in _OF_THE_SERVER:
                    break
            breaker.probe_failed(self._now())

    async def _refuses_a_word(self, voice: Voice) -> SpeechUnavailable | None:
        try:
            await self._say_a_word(voice)
        except SpeechUnavailable as error:
            log.debug("still given up: %s", error)
            return error
        except Exception as bug:
            log.exception("a probe of the speech server failed in a way that was not foreseen")
            return SpeechUnavailable(f"unexpected {type(bug).__name__}", Fault.BROKEN.value)
        return None

    def _give_up_voice(self, voice: Voice) -> None:
        """The server speaks in other voices: only this one is what it cannot do."""
        breaker = self._voices.setdefault(voice.name, Breaker())
        if breaker.give_up(self._now(), Fault.REFUSED.value):
            log.warning(
                "speech server %s does not speak in the voice %r; %s",
                self._server.address,
                voice.name,
                "its sentences go to the text channel"
                if self._stand_in is None
                else "the embedded voice speaks in its place",
            )
            self._probe(breaker, voice)

    def _tell_of_giving_up(self, error: SpeechUnavailable) -> None:
        log.warning(
            "%s. %s; it is tried again by itself. What to do: %s",
            error,
            "The sentences go to the text channel"
            if self._stand_in is None
            else "The embedded voice speaks in its place",
            _ADVICE.get(_fault(error), _USUAL_ADVICE),
        )


def _fault(error: SpeechUnavailable) -> Fault:
    return error.fault if isinstance(error, SpeechFailed) else Fault.BROKEN


def _rest_s(error: SpeechUnavailable) -> float:
    """For how long the server asks to be left alone."""
    if not isinstance(error, SpeechFailed):
        return 0.0
    if error.retry_after_s is None:
        return _BUSY_REST_S if error.fault is Fault.BUSY else 0.0
    return error.retry_after_s
