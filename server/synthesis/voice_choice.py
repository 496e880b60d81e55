"""The choice of a speech server's voice for an agent whose settings name none.

The server lists its voices. The agent's id picks one of those that speak English: it stays the same
across restarts, and two agents share one only when none is free. The default settings name voices
of our own server; where another server lacks them, the same choice replaces them. Any other name
that a server refuses is an error.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import time
import zlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.errors import SpeechUnavailable
from pipeline.ports import Voice
from server.engines.named_voices import AGENT_VOICES

log = logging.getLogger(__name__)

ASK_AGAIN_S: Final = 60.0
"""Pause before the voice list is requested again, after an empty list or a refused voice."""
_FOREIGN: Final = (
    # Kokoro: a and b are American and British, then female or male.
    re.compile(r"(kokoro:)?[^ab][fm]_"),
    re.compile(r"(?!en)[a-z]{2}[_-][A-Z]{2}\b"),  # Piper: de_DE-thorsten; Azure: fr-FR-Denise
    re.compile(r"espeak:(?!en)"),  # our own: espeak's languages
)
_ESPEAK: Final = re.compile(r"espeak:")
"""Voices of espeak, taken only if no other is free."""
OWN_VOICE_IDS: Final = frozenset(voice.id for voice in AGENT_VOICES)


class VoiceChoice:
    """Chooses the voices of all agents on one server.

    ``list_voices`` requests the server's list; it may raise `SpeechUnavailable`. ``standard`` are
    the voices of a server that has no list. ``find`` is the server's id of a named voice; None if
    the list is not known yet, or has no such voice.
    """

    def __init__(
        self,
        list_voices: Callable[[], Awaitable[Sequence[str]]],
        clock: Callable[[], float] = time.monotonic,
        *,
        standard: Callable[[], Sequence[str]] = lambda: (),
        find: Callable[[str], str | None] = lambda name: name,
    ) -> None:
        self._list_voices = list_voices
        self._clock = clock
        self._standard = standard
        self._find = find
        self._listed: tuple[str, ...] = ()
        self._asked_at: float | None = None
        self._chosen: dict[tuple[str, str], str] = {}
        """The chosen names, by requested name and agent."""

    async def choose(self, voice: Voice) -> Voice:
        """The voice to request. An empty name means the server's default: it lists no voices."""
        if (chosen := self._chosen.get((voice.name, voice.agent))) is not None:
            return replace(voice, name=chosen)
        if voice.name and self._find(voice.name) is None:
            await self._voices(refresh=False)
        if voice.name and (known := self._find(voice.name)) is not None:
            return replace(voice, name=known)
        if voice.name and voice.name not in OWN_VOICE_IDS:
            return voice
        return await self._pick(voice) or voice

    async def replacement_for(self, voice: Voice, *, certain: bool = False) -> Voice | None:
        """The replacement for one of our own server's voices that this server just refused, or
        for a request without a voice.

        None if the server lists that voice. Where it lists none at all, one of the standard voices
        is tried if the refusal is ``certain``: see `keep`.
        """
        known = not voice.name or voice.name in OWN_VOICE_IDS
        if not known or (voice.name, voice.agent) in self._chosen:
            return None
        picked = await self._pick(voice, refresh=True)
        if picked is None and certain and not self._listed and voice.name not in self._standard():
            return self._picked(voice, self._standard()) if self._standard() else None
        if picked is not None:
            log.warning(
                "the speech server has no voice %r; agent %s speaks with %r",
                voice.name,
                voice.agent or "(unnamed)",
                picked.name,
            )
        return picked

    def keep(self, voice: Voice, replacement: Voice) -> None:
        """The server speaks with a replacement: it is requested in the place of ``voice``."""
        self._chosen[voice.name, voice.agent] = replacement.name

    async def _pick(self, voice: Voice, *, refresh: bool = False) -> Voice | None:
        listed = await self._voices(refresh=refresh)
        if not listed or voice.name in listed:
            return None
        picked = self._picked(voice, listed)
        self.keep(voice, picked)
        return picked

    def _picked(self, voice: Voice, among: Sequence[str]) -> Voice:
        taken = {name for (_, agent), name in self._chosen.items() if agent != voice.agent}
        return replace(voice, name=_pick_free(among, zlib.crc32(voice.agent.encode()), taken))

    async def _voices(self, *, refresh: bool) -> tuple[str, ...]:
        """The server's list; ``refresh`` requests it again, at most once a minute."""
        now, wanted = self._clock(), refresh or not self._listed
        if self._asked_at is None or (wanted and now - self._asked_at >= ASK_AGAIN_S):
            self._asked_at = now
            try:
                self._listed = tuple(sorted(set(await self._list_voices())))
            except SpeechUnavailable as error:
                log.info("no voice list to choose a voice from: %s", error)
                self._listed = ()
        return self._listed


def _pick_free(listed: Sequence[str], number: int, taken: Collection[str]) -> str:
    """The voice at index ``number``, or the next free one."""
    english = [name for name in listed if not any(each.match(name) for each in _FOREIGN)]
    names = english or list(listed)
    good = [name for name in names if not _ESPEAK.match(name)]
    for some in (good, names):
        for step in range(len(some)):
            if (name := some[(number + step) % len(some)]) not in taken:
                return name
    return names[number % len(names)]


@dataclass(frozen=True, slots=True)
class ListedVoices:
    """The voices in a server's list: their ids, and the ids by the names that people read."""

    ids: tuple[str, ...]
    by_name: Mapping[str, str]

    def id_of(self, wanted: str) -> str | None:
        """The id of a voice by its id or, in any case, its name; None if there is none."""
        return wanted if wanted in self.ids else self.by_name.get(wanted.casefold())


def listed_voices(
    body: bytes, id_keys: Sequence[str] = ("id", "name", "voice_id")
) -> ListedVoices | None:
    """The voices in a server's list; None if the body has no known shape.

    Known are ``{"voices": [...]}``, ``{"data": [...]}`` and a bare list, of strings or of objects.
    An object's id is the first of ``id_keys`` that it has.
    """
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(body)
        if isinstance(found, dict):
            found = found.get("voices", found.get("data"))
        if isinstance(found, list):
            ids = [(_text_of(entry, id_keys), _text_of(entry, ("name",))) for entry in found]
            return ListedVoices(
                tuple(voice for voice, _ in ids if voice),
                {_first_word(name): voice for voice, name in reversed(ids) if voice and name}
                | {name.casefold(): voice for voice, name in reversed(ids) if voice and name},
            )
    return None


def _first_word(name: str) -> str:
    """The name without what describes it: ElevenLabs' are ``Rachel - calm and clear``."""
    return name.partition(" - ")[0].strip().casefold()


def _text_of(entry: object, keys: Sequence[str]) -> str:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, dict):
        for key in keys:
            if isinstance(entry.get(key), str):
                return str(entry[key])
    return ""
