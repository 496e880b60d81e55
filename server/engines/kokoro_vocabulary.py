"""Kokoro's vocabulary: the number of each phoneme and mark.

Source: ``config.json`` of Kokoro-82M v1.0 (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_RUNS: Final[Mapping[int, str]] = {
    1: ";:,.!?",
    9: '—…"()“” ̃ʣʥʦʨᵝꭧAI',
    31: "O",
    33: "Q",
    35: "ST",
    39: "W",
    41: "Yᵊabcdef",
    50: "hijklmnopqrstuvwxyzɑɐɒæ",
    75: "βɔɕç",
    80: "ɖðʤə",
    85: "ɚɛɜ",
    90: "ɟ",
    92: "ɡ",
    99: "ɥ",
    101: "ɨɪʝ",
    110: "ɯɰŋɳɲɴø",
    118: "ɸθœ",
    123: "ɹ",
    125: "ɾɻ",
    128: "ʁɽʂʃʈʧ",
    135: "ʊʋ",
    138: "ʌɣɤ",
    142: "χʎ",
    147: "ʒʔ",
    156: "ˈˌː",
    162: "ʰ",
    164: "ʲ",
    169: "↓",
    171: "→↗↘",
    177: "ᵻ",
}
"""The symbols by the number of the first; those after it have the next numbers."""

VOCABULARY: Final[Mapping[str, int]] = MappingProxyType(
    {
        symbol: first + offset
        for first, symbols in _RUNS.items()
        for offset, symbol in enumerate(symbols)
    }
)
"""114 symbols; 0 is the padding before and after a text."""
