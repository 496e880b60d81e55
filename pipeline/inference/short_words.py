"""Short words that people say in a call and that Whisper also writes for silence, as data.

Sources as in `subtitle_lines`. The words are as `invented_lines.folded` gives them, in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pipeline.language.lexicons.model import words

_COURTESIES: Final[Mapping[str, str]] = {
    "en": "thank you|thank you very much|thank you so much|thanks|thanks for listening|bye|bye bye"
    "|goodbye|you|so|the end|see you next time|music|applause|silence|hmm|oh|okay|i love you"
    "|thank you for listening|good night|im sorry|hello|hey|all right"
    "|thank you for your attention|thanks for listening to this podcast|see you in the next one",
    "de": "vielen dank|danke|danke schon|danke furs zuhoren|bis zum nachsten mal|tschuss|das wars"
    "|musik|hallo|vielen dank fur die aufmerksamkeit|vielen dank fur ihre aufmerksamkeit"
    "|gelachter|applaus|das war s",
    "fr": "merci|merci beaucoup|au revoir|musique|a bientot|bonne nuit|merci de votre attention"
    "|merci pour votre attention|a la prochaine",
    "es": "gracias|muchas gracias|adios|musica|hasta luego|hasta la proxima"
    "|gracias por su atencion|aplausos",
    "pt": "obrigado|obrigada|muito obrigado|tchau|musica|e ai|obrigado pela atencao"
    "|obrigada pela atencao|ate a proxima",
    "it": "grazie|grazie mille|grazie a tutti|ciao|musica|arrivederci|grazie per lattenzione"
    "|alla prossima",
    "nl": "dank je|dank je wel|bedankt|dank u wel|doei|muziek|tot ziens|dank u voor uw aandacht"
    "|bedankt voor uw aandacht|tot de volgende keer",
    "pl": "dziekuje|dziekuje bardzo|dzieki|dziekuje za uwage|muzyka|do zobaczenia|koniec",
    "ru": "спасибо|спасибо большое|пока|музыка|до свидания|спасибо за внимание|до новых встреч"
    "|поехали|фондю",
    "uk": "дякую|бувай|музика|до побачення|дякую за увагу",
    "tr": "tesekkurler|tesekkur ederim|muzik|gorusuruz|hosca kalin|dinlediginiz icin tesekkurler",
    "ja": "ありがとう|ありがとうございました|ありがとうございます|おやすみなさい|さようなら|音楽"
    "|ご清聴ありがとうございました|お疲れ様でした",
    "zh": "谢谢|謝謝|谢谢大家|謝謝大家|再见|再見|音乐|音樂|嗯",
    "ko": "감사합니다|고맙습니다|안녕|음악|안녕히 계세요|다음 시간에 만나요",
    "ar": "شكرا|شكرا جزيلا|مع السلامة|موسيقى",
    "hi": "धन्यवाद|शुक्रिया|संगीत|नमस्ते",
    "vi": "cam on|cam on ban|tam biet",
    "id": "terima kasih|sampai jumpa",
    "sv": "tack|tack sa mycket|hej da|tack for uppmarksamheten|musik",
    "no": "takk|takk for meg|ha det",
    "da": "tak|hej hej|farvel",
    "fi": "kiitos|moi",
    "cs": "dekuji|nashledanou|dekuji za pozornost",
    "hu": "koszonom|viszlat|koszonom a figyelmet|koszonjuk a figyelmet",
    "ro": "multumesc|la revedere|va multumesc pentru atentie|multumesc pentru atentie",
    "el": "ευχαριστω|γεια",
    "he": "תודה|תודה רבה",
}
COURTESIES: Final = frozenset(
    line for lines in _COURTESIES.values() for line in lines.casefold().split("|")
)
"""Short words that people say and that Whisper writes for silence too."""

ANSWERS: Final = words(
    "yes yeah no stop wait go ja nein stopp halt warte oui non attends si para alto espera "
    "sim nao pare basta aspetta nee wacht tak nie czekaj да нет стоп подожди так ні зачекаи "
    "evet hayir dur bekle はい いいえ やめて 止まって 是 不是 停 等一下 네 아니요 그만 "
    "نعم لا توقف हाँ नहीं रुको "
    "vang khong dung lai ya tidak berhenti nej vanta nei vent kylla ei odota ano ne pockej igen "
    "nem varj da nu ναι οχι כן לא"
)
"""Words that decide something: they are dropped only where both measures find no speech."""

REPEATED: Final = words(
    "ok okay hey go please help quiet enough mute off hush shut up on come right sure now run "
    "stopp ruhig bitte los weiter komm doch genau arrete arretez attendez vas allez "
    "vale venga dale vamos callate calla ya isso vai chega cala dai fermo fermati si certo "
    "hou op kom dosc juz dobrze stoj хватит тихо давай стой погоди ага угу годі стій "
    "tamam yeter sus ストップ うん ええ ちがう だめ 待って まって 好 好的 对 不 不要 行 快 停下 "
    "응 예 아니 잠깐 잠깐만 그만해 스톱 خلاص كفى يلا بس बस ठीक जी "
    "thoi cho stoppa sluta stop hold ga lopeta stuj staci allj elég stai opreste σταματα"
)
"""What people repeat besides, when they are in a hurry or agree. Alone it is a word like others."""

_LONGEST_COURTESY: Final = max(map(len, COURTESIES))
_MOST_COURTESIES: Final = 12
_UNSPACED: Final = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def made_of_courtesies(plain: str) -> int:
    """How many courtesies, one behind the other, a text is ("thank you bye": 2); 0 if it says more.

    Answers may be among them. The text is as in the lists.
    """
    at, count, courteous = 0, 0, False
    while at < len(plain) and count < _MOST_COURTESIES:
        if plain[at] == " ":
            at += 1
            continue
        length = _longest_at(plain, at)
        if not length:
            return 0
        part = plain[at : at + length]
        courteous |= part in COURTESIES and part not in ANSWERS
        at, count = at + length, count + 1
    return count if courteous and at >= len(plain) else 0


def _longest_at(plain: str, at: int) -> int:
    """The length of the longest courtesy or answer that begins here, and ends with its word."""
    for end in range(min(len(plain), at + _LONGEST_COURTESY), at, -1):
        part = plain[at:end]
        ends = end == len(plain) or plain[end] == " " or _UNSPACED.match(plain[end])
        if ends and (part in COURTESIES or part in ANSWERS):
            return end - at
    return 0
