"""The embedded engine's fallback for each voice of another speech server.

The same name always gets the same fallback. Where the embedded engine is Kokoro, its voice of the
same name is taken, else one of its English voices; otherwise one of espeak's. Kokoro's names tell
accent and sex (``bm_george``: British, male); their fallback has the same accent and sex.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final

from server.engines.voices import ESPEAK_PREFIX, KOKORO_PREFIX, find_voice
from server.errors import UnknownVoice

_KOKORO: Final = re.compile(r"([abefhijpz])([fm])_\w+")
_LANGUAGES: Final = MappingProxyType(
    {
        "a": "en-us",
        "b": "en-gb-x-rp",
        "e": "es",
        "f": "fr-fr",
        "h": "hi",
        "i": "it",
        "j": "ja",
        "p": "pt-br",
        "z": "cmn",
    }
)
"""The languages of Kokoro's voices by the first letter of their names."""
_FEMALE: Final = ("f2", "f3", "f4", "Annie", "linda", "belinda", "steph", "anika")
_MALE: Final = ("m3", "m1", "m2", "m5", "m7", "Alex", "Lee", "max")
_ACCENTS: Final = ("en-us", "en-gb-x-rp", "en-gb", "en-gb-scotland")


class FallbackVoices:
    """Maps voice names to voices of the embedded engine.

    The ``names`` known from the start get different fallbacks, as far as there are enough.
    ``embedded`` are the ids of the embedded engine's voices.
    """

    def __init__(self, names: Iterable[str] = (), embedded: Sequence[str] = ()) -> None:
        self._embedded = tuple(voice for voice in embedded if voice.startswith(KOKORO_PREFIX))
        self._chosen: dict[str, str] = {}
        for name in names:
            taken = set(self._chosen.values())
            candidates = self._candidates(name)
            free = (each for each in candidates if each not in taken)
            self._chosen.setdefault(name, next(free, candidates[0]))

    def fallback_for(self, name: str) -> str:
        """The id of the embedded voice that replaces ``name``."""
        return self._chosen.get(name) or self._candidates(name)[0]

    def _candidates(self, name: str) -> list[str]:
        plain = name.removeprefix(KOKORO_PREFIX)
        return _same_voice(plain, self._embedded) or _candidates(plain, self._embedded)


def _same_voice(name: str, kokoro: Sequence[str]) -> list[str]:
    return [KOKORO_PREFIX + name] if KOKORO_PREFIX + name in kokoro else []


def _candidates(name: str, kokoro: Sequence[str]) -> list[str]:
    """Possible fallbacks for ``name``, the best first; ``kokoro`` are ids of Kokoro's voices."""
    try:
        find_voice(name)
    except UnknownVoice:
        pass
    else:
        return [name]
    kind = _KOKORO.match(name)
    languages = (_LANGUAGES[kind[1]],) if kind else _ACCENTS
    variants = _MALE + _FEMALE if kind is None else _MALE if kind[2] == "m" else _FEMALE
    ids = [f"{ESPEAK_PREFIX}{language}+{variant}" for variant in variants for language in languages]
    english = [each for each in kokoro if each.removeprefix(KOKORO_PREFIX)[:1] in ("a", "b")]
    if english and kind is None:
        ids = english
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    first = int.from_bytes(digest[:4], "big") % len(ids)
    return ids[first:] + ids[:first]
