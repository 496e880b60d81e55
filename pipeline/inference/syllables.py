"""How many syllables a text has in any script, for how fast it would have been said.

`pipeline.listening.murmurs` counts otherwise: its limits were measured on English with silent
letters left out.
"""

from __future__ import annotations

import re
from typing import Final

_SYLLABLES: Final = re.compile(
    r"[aeiouyäöüæøåœàáâãèéêëìíîïòóôõùúû]+|[аеёиоуыэюяіїє]|[\u3041-\u30fa]|[\u4e00-\u9fff]"
    r"|[\uac00-\ud7a3]|ㅋ|\d",
    re.IGNORECASE,
)
_LENGTHENS: Final = re.compile(r"[ぁぃぅぇぉっゃゅょァィゥェォッャュョいんインー]")
"""Kana that make a syllable longer, or one with the kana before: "はい" is one."""


def syllable_count(text: str) -> int:
    """The vowels, characters and digits of each word of a text, at least one."""
    return sum(max(1, len(_SYLLABLES.findall(_LENGTHENS.sub("", word)))) for word in text.split())
