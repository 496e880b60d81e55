"""Which of a speech server's voices an agent speaks with, where the settings name none.

The server lists its voices. Of those that speak English one is taken by the agent's id, so that it
stays the same from day to day, and so that no two agents have the same one while there are others.
The same goes for the names of our own server's voices, which stand in the settings as they come,
where another server has no such voice. Any other name that a server refuses is an error.
"""

from __future__ import annotations

import logging
import re
import time
import zlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from pipeline.errors import SpeechUnavailable
from pipeline.ports import Voice
from server.engines.voices import AGENT_VOICES

log = logging.getLogger(__name__)

ASK_AGAIN_S: Final = 60.0
"""Until a server is asked for its voices again: one that listed none, or refused one."""
_FOREIGN: Final = (
    re.compile(r"[^ab][fm]_"),  # Kokoro: a and b are American and British, then female or male
    re.compile(r"(?!en)[a-z]{2}[_-][A-Z]{2}\b"),  # Piper: de_DE-thorsten; Azure: fr-FR-Denise
    re.compile(r"espeak:(?!en)"),  # our own: espeak's languages
)
_PLAIN: Final = re.compile(r"espeak:")
"""As espeak has them: to be heard where nothing better is free."""
OWN: Final = frozenset(voice.id for voice in AGENT_VOICES)


class VoiceChoice:
    """For all agents of one server. ``list_voices`` asks it, and raises `SpeechUnavailable`."""

    def __init__(
        self,
        list_voices: Callable[[], Awaitable[Sequence[str]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._list_voices = list_voices
        self._clock = clock
        self._listed: tuple[str, ...] = ()
        self._asked_at: float | None = None
        self._chosen: dict[tuple[str, str], str] = {}
        """By the name that was wanted, and by agent."""

    async def choose(self, voice: Voice) -> Voice:
        """The voice to ask for. With an empty name, the server's own default is all there is."""
        if (chosen := self._chosen.get((voice.name, voice.agent))) is not None:
            return replace(voice, name=chosen)
        if voice.name:
            return voice
        return await self._pick(voice) or voice

    async def instead_of(self, voice: Voice) -> Voice | None:
        """Another voice for one of our own server's that this one has just refused; None if it
        lists that one, or none at all."""
        if voice.name not in OWN or (voice.name, voice.agent) in self._chosen:
            return None
        picked = await self._pick(voice, refresh=True)
        if picked is not None:
            log.warning(
                "the speech server has no voice %r; %r is taken for agent %s",
                voice.name,
                picked.name,
                voice.agent or "of no name",
            )
        return picked

    async def _pick(self, voice: Voice, *, refresh: bool = False) -> Voice | None:
        listed = await self._voices(refresh=refresh)
        if not listed or voice.name in listed:
            return None
        taken = {name for (_, agent), name in self._chosen.items() if agent != voice.agent}
        name = _one_of(listed, zlib.crc32(voice.agent.encode()), taken)
        self._chosen[voice.name, voice.agent] = name
        return replace(voice, name=name)

    async def _voices(self, *, refresh: bool) -> tuple[str, ...]:
        """What the server lists; ``refresh`` asks again, at most once a minute."""
        now, look = self._clock(), refresh or not self._listed
        if self._asked_at is None or (look and now - self._asked_at >= ASK_AGAIN_S):
            self._asked_at = now
            try:
                self._listed = tuple(sorted(set(await self._list_voices())))
            except SpeechUnavailable as error:
                log.info("a voice cannot be chosen: %s", error)
                self._listed = ()
        return self._listed


def _one_of(listed: Sequence[str], number: int, taken: Collection[str]) -> str:
    """The voice of that number, or the next free one."""
    english = [name for name in listed if not any(each.match(name) for each in _FOREIGN)]
    names = english or list(listed)
    good = [name for name in names if not _PLAIN.match(name)]
    for some in (good, names):
        for step in range(len(some)):
            if (name := some[(number + step) % len(some)]) not in taken:
                return name
    return names[number % len(names)]
