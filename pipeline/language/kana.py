"""Names as Japanese writes them: "ジャービス" for Jarvis.

Katakana gives a foreign name its consonants, mostly with a vowel behind each. So a word in
katakana and a name in Latin letters are compared by their consonants. Those that Japanese does not
tell apart count as one (l and r, b and v), and an r that closes a syllable may be silent. Names of
one or two consonants are compared by their first and last vowel as well. Two words in katakana are
compared by all their sounds: "ジャービス" and "ジャーヴィス" are one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pipeline.language.lexicons.control import CONTROL

_KANA: Final = "[ァ-ヺー]"
_KATAKANA: Final = re.compile(f"{_KANA}+")
_SHORTEST_COMMAND: Final = 4
"""Characters of a command that a name can be told from; "シー" also begins "シーラ"."""
_COMMANDS: Final = "|".join(
    sorted(
        word
        for phrase in CONTROL["ja"].stops | CONTROL["ja"].waits
        if len(word := phrase.replace(" ", "")) >= _SHORTEST_COMMAND and _KATAKANA.fullmatch(word)
    )
)
KATAKANA_WORD: Final = (
    f"(?:{_COMMANDS})(?={_KANA})|{_KANA}+?(?=(?:{_COMMANDS})+(?!{_KANA}))|{_KANA}+"
)
"""The pattern of a word in katakana. A command and a name stand apart without a space:
"ジャービスストップ"."""
_LONGEST: Final = 64
"""Characters that count."""
_SURE: Final = 3
"""From this many consonants on, the vowels do not count."""
_ROWS: Final = {
    "": "アイウエオァィゥェォ", "k": "カキクケコ", "z": "ガギグゲゴザジズゼゾ", "s": "サシスセソ",
    "t": "タチツテト", "d": "ダヂヅデド", "n": "ナニヌネノ", "h": "ハヒフヘホ", "b": "バビブベボ",
    "p": "パピプペポ", "m": "マミムメモ", "r": "ラリルレロ",
}  # fmt: skip
"""The syllables by their consonant, in the order a, i, u, e, o. Soft g and z count as one."""
_SYLLABLES: Final = {
    **{
        kana: row + "aiueo"[at % 5]
        for row, kanas in _ROWS.items()
        for at, kana in enumerate(kanas)
    },
    **dict(zip("ヤユヨャュョワヮヲ", "auoauoaao", strict=True)),
    "ン": "n", "ヴ": "bu", "ッ": "", "ー": "",
}  # fmt: skip
_SPELLINGS: Final = tuple(
    (re.compile(spelt), sound)
    for spelt, sound in (
        ("ph|f", "h"), ("th|sh", "s"), ("tch|ch", "t"), ("ck|qu?", "k"), ("x", "ks"),
        ("c(?=[eiy])", "s"), ("c", "k"), ("j|g", "z"), ("v", "b"), ("l", "r"),
        ("(?<=[aeiou])h(?=[^aeiou]|$)", ""), ("m(?=[bp])", "n"), (r"(.)\1", r"\1"),
    )
)  # fmt: skip
_SILENT_R: Final = re.compile("(?<=[aeiou])r(?=[^aeiouy]|$)")
_FIRST: Final = {"a": "ae", "e": "eia", "i": "ia", "o": "oau", "u": "uai", "y": "ia"}
"""The vowels that katakana may have for the first one of a name."""


def is_katakana(word: str) -> bool:
    """Whether ``word`` has characters of katakana and no others."""
    return _KATAKANA.fullmatch(word[:_LONGEST]) is not None


@lru_cache(maxsize=10_000)
def spells(word: str, name: str) -> bool:
    """Whether ``word``, in katakana, is how Japanese writes ``name``, in small Latin letters or in
    katakana.

    Of each, the first 64 characters count.
    """
    name = name[:_LONGEST]
    if not is_katakana(word):
        return False
    sounds = _sounds(word)
    if is_katakana(name):
        return bool(sounds) and sounds == _sounds(name)
    if not (name.isascii() and name.isalpha()):
        return False
    consonants = _consonants(sounds)
    if not consonants or consonants not in map(_consonants, _spoken(name)):
        return False
    return len(consonants) >= _SURE or _vowels_fit(sounds, name)


def _sounds(word: str) -> str:
    return _without_doubled("".join(_SYLLABLES.get(kana, "") for kana in word[:_LONGEST]))


def _spoken(name: str) -> Iterator[str]:
    """The sounds of a name, without each silent r and with it: "Cortana" is "コルタナ"."""
    for spelt in (_SILENT_R.sub("", name), name):
        for pattern, sound in _SPELLINGS:
            spelt = pattern.sub(sound, spelt)
        yield spelt


def _consonants(sounds: str) -> str:
    return "".join(sound for sound in sounds if sound not in "aeiouyw")


def _without_doubled(sounds: str) -> str:
    """Small vowels follow one of their own syllable: "ジャ" is "zia", and sounds "za"."""
    return re.sub(r"i([aeo])|u([aeio])", r"\1\2", sounds)


def _vowels_fit(sounds: str, name: str) -> bool:
    first = next((letter for letter in name if letter in _FIRST), "")
    heard = [sound for sound in sounds if sound in "aeiou"]
    if not heard or not first or heard[0] not in _FIRST[first]:
        return False
    return name[-1] not in "aiou" or heard[-1] == name[-1]
