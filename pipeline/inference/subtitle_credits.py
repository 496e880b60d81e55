"""How subtitles name who made them, as data: "Subtitles by ...", for `invented_lines`.

Sources and form as in `subtitle_lines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.language.lexicons.model import words

CREDITS: Final[Mapping[str, tuple[int, str]]] = {
    "en": (
        1,
        r"(?:english |closed )?(?:sub(?:title[ds]?|titling|s)|caption(?:s|ed|ing)?|transcri(?:bed"
        r"|ption"
        r"|pts?)|subtitle translation)(?: and (?:subtitles|translation|timing|translated))?"
        r"(?: (?:provided|made|created))? by(?: the)? ",
    ),
    "en, translations": (2, r"translat(?:ed|ion)(?: and (?:subtitles|timing))? by(?: the)? "),
    "copyright": (2, r"copyright "),
    "de": (2, r"(?:untertitel(?:ung)?|ubersetz(?:ung|t)) (?:von|durch) "),
    "fr": (
        1,
        r"(?:sous titres?|sous titrage|(?:traduction|transcription) et sous titres?|transcription)"
        r"(?: (?:realises?|realisee|faite?s?|crees?))? par(?: la| les)? ",
    ),
    "fr, translations": (
        2,
        r"(?:traduction|traduite?s?)(?: (?:realisee|faite))? par(?: la| les)? ",
    ),
    "es": (
        1,
        r"(?:subtitulos|subtitulad[oa]s?|transcripcion)"
        r"(?: (?:realizados|creados|hechos|realizada))? por(?: la)? ",
    ),
    "es, translations": (2, r"(?:traduccion|traducid[oa])(?: (?:realizada|hecha))? por(?: la)? "),
    "pt": (
        2,
        r"(?:legendas?|legendado|legendagem|traducao|transcricao)(?: e legendas)?"
        r"(?: (?:feitas|criadas))?(?: por| pela| pelo)? ",
    ),
    "it": (
        1,
        r"(?:sottotitoli|trascrizione)(?: e (?:revisione|traduzione|sottotitoli))?"
        r" (?:a cura di|creati da|creati dalla|by) ",
    ),
    "it, translations": (2, r"traduzione (?:a cura di|by) "),
    "nl": (1, r"ondertitel(?:s|d|ing)(?: ingediend)? door(?: de)? "),
    "nl, translations": (2, r"(?:vertaling|vertaald) door(?: de)? "),
    "pl": (
        2,
        r"(?:zdjecia i )?(?:napisy|tlumaczenie|tłumaczenie)"
        r"(?: (?:stworzone|wykonane|przygotowane))?(?: przez)?(?: spolecznosc| społecznosc)? ",
    ),
    "ru": (
        1,
        r"субтитры(?: и \S+)? (?:с?делала?|создавала?|создала?|добавила?|подогнала?|подготовила?"
        r"|предоставила?|перевела?) ",
    ),
    "uk, by the one": (1, r"субтитрувальни(?:ця|к) "),
    "uk": (1, r"субтитри (?:створи|зроби|дода|підготува)(?:в|ла)(?: спільнота)? "),
    "sv": (1, r"(?:textning|textat|undertexter|oversattning) av "),
    "sv, without av": (2, r"(?:textning|textat|undertexter|oversattning)(?: av| fran)? "),
    "no": (1, r"(?:teksting|tekstet|undertekster|norske tekster) av "),
    "da": (1, r"(?:undertekster|danske tekster|tekster|oversættelse) af "),
    "fi": (1, r"(?:suomentanut|suomennos|tekstitys|kaannos) "),
    "cs": (1, r"titulky (?:vytvorila?|prelozila?|pripravila?) "),
    "el": (1, r"υποτιτλοι "),
    "tr": (1, r"(?:ceviri ve )?alt ?yazi(?: ve ceviri)? "),
    "en, without by": (2, r"transcript "),
}
"""How a credit begins, and how many words its name has at least. What follows must be a name: words
with a capital letter, of which a sentence that someone says about subtitles has few."""

IN_NAMES: Final = frozenset(
    ("and", "of", "at", "for", "the", "de", "da", "di", "du", "la", "von", "van", "der", "i", "og",
     "och", "e", "y", "і", "и", "org", "com")
)  # fmt: skip
"""Words in lower case that a credit may have between those of a name."""

SUBTITLE_WORDS: Final = (
    "subtit", "caption", "transcri", "untertit", "sous titr", "legenda", "sottotit", "ondertit",
    "napisy", "tłumaczeni", "субтит", "alt ?yazi", "字幕", "자막", "υποτιτλ", "felirat",
    "undertext",
    "undertekst", "titulky", "tekst", "subtitr", "ترجمة", "phu đe", "textning",
)  # fmt: skip
CREDITED: Final = (
    "amara ?org", "dimatorzok", "sous ?titreur", "casting ?words", "otter ai", "qtss", "mooji",
    "authorwave", "sub unity", "dimatorzok", "closed captions? inc", "releska", "zdf fur funk",
)  # fmt: skip
"""Beside a word for subtitles, these names make a sentence a credit, whatever else it has."""

SITES: Final = (
    r"(?:https? )?(?:www )?(?:mooji org|otter ai|amara org|alimmenta com|isglobal org"
    r"|hradeckesluzby cz"
    r"|btistudios com|multi moto eu|sommers radio de|pissedconsumer com|zeoranger co uk)",
)

AUTHORS_OF_NONE: Final = words(
    "google deepl chatgpt gpt gemini claude siri alexa netflix youtube whisper гугл яндекс "
    "english german french spanish deutsch englisch francais anglais espanol ingles portugues "
    "portuguesa italiano inglese turkce ingilizce almanca svenska engelska norsk dansk suomi "
    "engelsk polski angielski cestina cesky anglicky on off"
)
"""What stands behind these nouns in a call and is no author: programs, and languages."""

NOUNS: Final = (
    r"(?:english |closed )?(?:subtit\w+|captions?|captioning)", "untertitel"
    r"(?:ung)?", "sous titres?",
    "subtitulos", "legendas?", r"traducao e legendas", "sottotitoli", r"ondertitel\w+", "napisy",
    "субтитры", "субтитри", "undertexter", "undertekster", "textning", "titulky", "oversattning",
)  # fmt: skip
"""Nouns that stand before a colon and a name in a credit."""
