"""A chain of speech servers: where one fails or is late, the next speaks the sentence.

The first server is tried again in the background, and speaks again from the next sentence on. A
failure that passes quickly is answered with a second request to the same server, so that a voice
does not change for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeAlias

from pipeline.audio import Pcm16
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Voice
from server.synthesis.chain_link import ChainLink, EmbeddedLink, SpeechServer
from server.synthesis.fallback_voices import FallbackVoices
from server.synthesis.stock_speech import StockSpeech
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_EMBEDDED: Final = "The embedded voice"

Link: TypeAlias = ChainLink | EmbeddedLink


@dataclass(frozen=True, slots=True)
class SpeakerInUse:
    """Which server of a chain speaks now."""

    address: str
    """Scheme, host and port; empty if none speaks."""
    embedded: bool
    """Whether it is the embedded engine."""
    reason: str
    """Why the first server does not speak, in words for members; empty if it does."""


class SpeechChain:
    """A `pipeline.ports.Synthesizer` over ``servers``, shared by all rooms.

    ``servers`` are in the order of preference, each with the name that members are told while it
    stands in for those before it. The ``embedded`` engine is the last; its voices replace those of
    the others by ``fallback_voices``. Use it as an async context manager; its exit ends the probes.
    """

    def __init__(
        self,
        servers: Sequence[tuple[SpeechServer, str]] = (),
        embedded: SpeechServer | None = None,
        fallback_voices: FallbackVoices | None = None,
        *,
        stock: StockSpeech | None = None,
    ) -> None:
        self._tasks = OwnedTasks(log)
        self._stock = stock or StockSpeech()
        following = [f"The speech server {server.address}" for server, _ in servers[1:]]
        following.append("" if embedded is None else _EMBEDDED)
        self._links: list[Link] = [
            ChainLink(server, self._tasks, name=name, successor=successor, stock=self._stock)
            for (server, name), successor in zip(servers, following, strict=False)
        ]
        if embedded is not None:
            voices = (fallback_voices or FallbackVoices()) if servers else None
            self._links.append(EmbeddedLink(embedded, voices))
        if not self._links:
            raise ValueError("a chain needs a speech server")
        self._speaking = 0
        """Sentences that are being spoken for rooms."""
        self._silent = asyncio.Event()
        self._silent.set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._tasks.aclose()

    async def start(
        self, voices: Sequence[Voice], timeout_s: float, *, prepare: bool = False
    ) -> None:
        """Request one word in the first of ``voices`` from every server, and log the results.

        Returns after ``timeout_s`` at the latest; a later result is logged when it comes. With
        ``prepare``, the first server then speaks the stock sentences in all ``voices``.
        """
        probes = [
            self._tasks.spawn(link.first_probe(voices[0]), "first probe of a speech server")
            for link in self._links
        ]
        if prepare:
            self._tasks.spawn(self._prepare(probes[0], voices), "speak the stock sentences")
        await asyncio.wait(probes, timeout=timeout_s)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Scheme, host and port of each server, in the order of preference."""
        return tuple(link.server.address for link in self._links)

    async def voices(self) -> list[str]:
        """The voices that the first server lists, also while its breaker is open.

        Raises:
            SpeechUnavailable: it does not answer, or has no such list.
        """
        return await self._links[0].server.voices()

    def in_use(self) -> SpeakerInUse:
        """Who speaks now; where the voices differ, for one that the first server does not speak."""
        first = self._links[0]
        if (replaced := first.refused_voice()) is None:
            return SpeakerInUse(first.server.address, isinstance(first, EmbeddedLink), "")
        voice, reason = replaced
        speaker = self._speaker(voice)
        address = "" if speaker is None else speaker.server.address
        return SpeakerInUse(address, isinstance(speaker, EmbeddedLink), reason)

    def fallback_reason(self, voice: Voice) -> str:
        """Why another server speaks in place of the first one now, in words for members of a call.

        Empty if the first one speaks ``voice``, or if no other could.
        """
        breaker = self._links[0].open_for(voice)
        return "" if breaker is None or self._speaker(voice) is None else breaker.reason

    def stand_in(self, voice: Voice) -> str:
        """What members are told of the server that speaks ``voice`` in place of the first one.

        Empty if it has no name for them.
        """
        speaker = self._speaker(voice)
        return "" if speaker is None or speaker is self._links[0] else speaker.name

    def _speaker(self, voice: Voice) -> Link | None:
        return next((each for each in self._links if each.open_for(voice) is None), None)

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        """Stream one sentence as 48 kHz mono ``int16[n]`` chunks, by the first that can.

        Raises:
            SpeechUnavailable: no server spoke the sentence, or one broke off within it.
        """
        self._speaking += 1
        self._silent.clear()
        try:
            async with contextlib.aclosing(self._speak(text, voice)) as audio:
                async for pcm in audio:
                    yield pcm
        finally:
            self._speaking -= 1
            if not self._speaking:
                self._silent.set()

    async def _speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        errors: list[SpeechUnavailable] = []
        for place, link in enumerate(self._links):
            retried = False
            while True:
                if (breaker := link.open_for(voice)) is not None:
                    where = f"speech server {link.server.address}"
                    told = f"{where} failed repeatedly and is not used for now"
                    errors.append(SpeechUnavailable(told, breaker.reason))
                    break
                heard, began = False, asyncio.get_running_loop().time()
                try:
                    async with contextlib.aclosing(link.speak(text, voice)) as audio:
                        async for pcm in audio:
                            heard = True
                            yield pcm
                except SpeechUnavailable as error:
                    took_s = asyncio.get_running_loop().time() - began
                    others = any(each.open_for(voice) is None for each in self._links[place + 1 :])
                    rest_s = link.failed(error, voice, heard=heard, took_s=took_s, others=others)
                    if heard:
                        raise
                    if retried or rest_s is None or link.open_for(voice) is not None:
                        errors.append(error)
                        break
                    retried = True
                    await asyncio.sleep(rest_s)
                else:
                    return
        raise _whole(errors)

    async def _prepare(self, first_probe: asyncio.Task[bool], voices: Collection[Voice]) -> None:
        """Have the first server speak the stock sentences, one at a time, while no room speaks."""
        link = self._links[0]
        if not await first_probe:
            return
        count = 0
        for text in self._stock.texts:
            for voice in dict.fromkeys(voices):
                await self._silent.wait()
                try:
                    async with contextlib.aclosing(link.speak(text, voice)) as audio:
                        async for _ in audio:
                            pass
                except SpeechUnavailable as error:
                    log.info("the fixed sentences are not all prepared: %s", error)
                    return
                count += 1
        log.info("%d fixed sentences are prepared (%d kB)", count, self._stock.size_bytes // 1000)


def _whole(errors: Sequence[SpeechUnavailable]) -> SpeechUnavailable:
    """The failures of all servers as one; members are told the first one's."""
    if len(errors) == 1:
        return errors[0]
    return SpeechUnavailable("; ".join(map(str, errors)), errors[0].reason)
