"""The language that a text is written in, for its pronunciation. Pure.

An agent answers in the language of the question, whatever voice it has, and an English voice that
reads German by English rules is hard to understand. A text shows its language by its most frequent
words and by its letters. It counts as another language than the voice's own only with two of
them, or with one word that is a whole answer in itself ("danke"), and with more of them than of the
voice's own language. Most letters of another script show a language that has it (`pronunciation`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_ESPEAK: Final = MappingProxyType({"en": "en-us", "fr": "fr-fr", "pt": "pt-br"})
"""Where espeak's name of a language is not the ISO code."""
_MOST_CHARS: Final = 500
"""The beginning shows the language."""
_ENOUGH: Final = 2
_WORD: Final = re.compile(r"[^\W\d_]+")
_KANA: Final = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")

_FREQUENT: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        code: frozenset(words.split())
        for code, words in {
            "en": "the a and or but if of to in on at by for from with about is are was were be "
            "been am do does did have has had will would can could should may might must i "
            "you he she it we they me him her us them my your his its our their this that "
            "these those what who where when why how which not no yes all some one two here "
            "there now just very please so as an than then into out up down over after "
            "before more most said say says go going get got let make also only",
            "de": "der das den dem des und oder aber wenn dann als auf aus bei für mit nach von "
            "vor zu zum zur im ins ist sind waren sein seid wird werden wurde wurden kann "
            "kannst können ich du er sie es wir ihr mir dir ihm mich dich uns euch mein "
            "meine dein deine sich ein eine einen einem einer kein keine wo wann warum wie "
            "nicht nein ja alle hier da jetzt nur sehr noch schon auch über unter bis gibt "
            "gerade haben habe hast hatte soll sollte muss möchte bitte danke gern gerne "
            "heute morgen gestern leider natürlich etwas nichts mehr viel viele dass weil "
            "doch mal dran höre",
            "fr": "le la les un une des du de et ou mais si alors dans sur sous avec pour par "
            "sans est sont était être suis sommes êtes ai as avons avez ont je tu il elle "
            "nous vous ils elles me te se mon ma mes ton ta tes son sa ses notre votre leur "
            "ce cet cette ces que qui quoi où quand pourquoi comment ne pas non oui ici là "
            "maintenant très plus moins aussi encore toujours bien a qu au aux en y peux "
            "peut faut fait merci bonjour désolé plaît voici voilà trop demain hier écoute "
            "ça",
            "es": "el la los las un una unos unas del de a y o pero si entonces en con para por "
            "sin sobre es son era ser soy eres somos está están estoy he has ha hemos han "
            "yo tú él ella nosotros ellos me te se mi mis tu tus su sus nos le les lo que "
            "qué quién dónde cuándo cómo no sí aquí ahora muy más menos también todavía "
            "siempre bien al hay puede puedes puedo quieres quiero gracias hola favor "
            "mañana ayer hoy este esta estos ese esa eso algo nada tiene tienes porque "
            "hasta otra otro después escucho",
            "pt": "o a os as de um uma uns umas do da dos das no na nos nas e ou mas se então em "
            "com para por sem sobre é são era ser sou somos está estão estou eu tu ele ela "
            "nós eles você vocês me te meu minha teu sua seu que quem onde quando como não "
            "sim aqui agora muito mais menos também ainda sempre bem ao à há pode posso "
            "quer quero obrigado obrigada olá favor amanhã ontem hoje este esta isso algo "
            "nada tem porque até outra outro depois desculpe pelo pela ouvindo meus suas "
            "foi novo",
            "it": "il lo la gli le un uno una del della dei di e o ma se allora in con per da su "
            "è sono era essere sei siamo ho hai ha abbiamo hanno io tu lui lei noi voi loro "
            "mi ti si mio mia tuo tua che chi dove quando come perché non no sì qui adesso "
            "molto più meno anche ancora sempre bene al alla c può puoi vuoi grazie ciao "
            "domani ieri oggi questo questa nel nella dal",
        }.items()
    }
)
"""By ISO code. Words of German that are English ones too ("die", "war", "was") are left out."""

_LETTERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "de": frozenset("äöüß"),
        "fr": frozenset("àâçèéêëîïôœùû"),
        "es": frozenset("áéíñóúü¿¡"),
        "pt": frozenset("áâãàçéêíóôõú"),
        "it": frozenset("àèéìòù"),
    }
)
"""Each of these letters counts as much as a word."""

_SCRIPTS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "ru": re.compile("[\u0400-\u04ff]"),
        "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
        "he": re.compile("[\u0590-\u05ff]"),
        "ar": re.compile("[\u0600-\u06ff]"),
        "cmn": re.compile("[\u3400-\u9fff]"),
        "th": re.compile("[\u0e00-\u0e7f]"),
    }
)
"""By espeak's language: the scripts that it spells in English. It switches by itself for others
(Korean, Hindi, Bengali, Tamil, Georgian)."""
_LETTERS_OF_SCRIPT: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = MappingProxyType(
    {
        "ru": {"uk": re.compile("[іїєґІЇЄҐ]")},
        "ar": {"ur": re.compile("[ٹڈڑںے]"), "fa": re.compile("[پچژگ]")},
    }
)
"""Letters of other languages with the script."""
_SHARED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"cmn": ("zh", "ja", "yue")})
"""Other languages of voices that read the script as their own."""

_ALONE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        code: frozenset(words.split())
        for code, words in {
            "en": "yes thanks hello sorry",
            "de": "ja nein danke bitte gerne natürlich hallo genau leider tschüss",
            "fr": "oui merci bonjour bonsoir désolé voilà salut écoute",
            "es": "sí gracias hola claro adiós buenos buenas escucho",
            "pt": "sim não obrigado obrigada olá claro tchau desculpe",
            "it": "sì grazie ciao prego certo scusa buongiorno",
        }.items()
    }
)
"""One of these is enough where the text has no frequent word of the voice's language."""


def language_of_text(text: str, own: str) -> str:
    """The ISO code of the language of ``text``: ``own``, the voice's, unless it shows another.

    Takes time in proportion to its first `_MOST_CHARS` characters.
    """
    text = text[:_MOST_CHARS]
    if _KANA.search(text):
        return "ja"
    words = frozenset(word.lower() for word in _WORD.findall(text))
    letters = frozenset(text.lower())
    hits = {code: len(words & frequent) for code, frequent in _FREQUENT.items()}
    found = dict(hits)
    for code, own_letters in _LETTERS.items():
        if found[code]:  # a foreign name alone has letters only
            found[code] += len(letters & own_letters)
    of_own = hits.get(own, 0)
    best = max((code for code in found if code != own), key=lambda code: found[code])
    if found[best] >= max(_ENOUGH, found.get(own, 0) + 1) and hits[best] >= of_own:
        return best
    if not of_own:
        alone = (code for code, whole in _ALONE.items() if code != own and words & whole)
        return next(alone, own)
    return own


def pronunciation(text: str, own: str) -> str | None:
    """espeak's name of the language in which ``text`` is pronounced; None for ``own``, the voice's.

    espeak spells some scripts that the language of the voice does not have.
    """
    if (script := _script_of(text[:_MOST_CHARS])) is not None:
        return None if own in (script, *_SHARED.get(script, ())) else script
    written = language_of_text(text, own)
    return None if written == own else _ESPEAK.get(written, written)


def _script_of(text: str) -> str | None:
    """The language by the script that most letters have; None for Latin, kana and most others."""
    letters = [letter for word in _WORD.findall(text) for letter in word]
    if _KANA.search(text):
        return None
    for language, script in _SCRIPTS.items():
        if 2 * sum(script.match(letter) is not None for letter in letters) > len(letters):
            own_letters = _LETTERS_OF_SCRIPT.get(language, {})
            return next((code for code, own in own_letters.items() if own.search(text)), language)
    return None
