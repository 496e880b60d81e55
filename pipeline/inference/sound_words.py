"""Stems of the sounds that Whisper describes instead of writing words, as data."""

from __future__ import annotations

from typing import Final

SOUNDS: Final = (
    "music", "applau", "aplaus", "laugh", "chuckl", "risos", "rires", "cough", "sigh",
    "silence", "inaudible", "noise", "static", "bark", "chirp", "cheer",
    "musik",
    "gelachter", "lachen", "stille", "musique", "rire", "silencio", "risa", "musica", "muziek",
    "gelach", "muzyka", "oklaski", "smiech", "музык", "аплодисмент", "смех", "песня", "тишина",
    "музика", "сміх", "оплески", "muzik", "alkis", "kahkaha", "音楽", "拍手", "笑", "音乐", "音樂",
    "掌声", "掌聲", "음악", "박수", "웃음", "موسيقى", "تصفيق", "ضحك", "संगीत", "तालिय", "nhac",
    "musikk",
    "zene", "hudba", "muzica", "μουσικη",
)  # fmt: skip
"""Stems of what stands in brackets or in capitals: sounds, not words."""

SOUNDS_IN_CAPITALS: Final = (
    "выстрел", "крик", "стук", "гудок", "гудки", "звон", "поет", "поют", "шум", "грохот", "взрыв",
    "сирен", "лает", "плач", "вздо", "кашель", "свист", "скрип", "шаги", "гром", "визг", "стон",
    "говорит на", "иностранном языке", "speaking", "playing", "ringing", "постріл", "стукіт",
)  # fmt: skip
"""Stems that count only in a line of capitals: Russian captions are written so."""
