"""The names by which people call an agent or a member, from the name that is shown.

Operators decorate names: "Samantha (work)", "HAL 9000", "Dr. Watson", "[BOT] Nova", "𝓜𝓪𝔁". People
say "Samantha", "Hal", "Watson", "Nova" and "Max".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from pipeline.language.lexicons import COMMON_WORDS, LANGUAGES
from pipeline.language.lexicons.word_names import NAMES_LIKE_AUXILIARIES, WORD_NAMES
from pipeline.language.usual_letters import usual_letters

_LONGEST_NAME: Final = 80
"""Characters that count: an agent's name has no more."""
_LONGEST_MEMBER_NAME: Final = 64
"""Those of a member's name, which has at most 32."""
_KANA_MARKS: Final = "\u3099\u309a"
_UNDIVIDED: Final = str.maketrans("łøđı", "lodi")
"""Letters whose marks Unicode does not take apart."""
_BRACKETED: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>")
_REMARK: Final = re.compile(r"\s[-–—~:]\s|[|/•·,;]")
"""What separates the name from a remark ("Jarvis | Butler")."""
_OR: Final = re.compile(r"[|/]")
"""What separates two names of one agent; the second may also be a remark ("Nova | work")."""
_SHORTEST_OTHER: Final = 4
"""Letters of a second name."""
_NO_NAME: Final = re.compile(r"[^\w\s.'’-]+|_+")
_CAMEL: Final = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?\.?")
_VERSION: Final = re.compile(r"v?\d[\d.]*|mk\.?|[ivx]+", re.IGNORECASE)
_SHORTEST_FIRST: Final = 3
"""Letters of a first word that is a name of its own."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_TITLES: Final = {
    "dr": "doctor", "prof": "professor", "mr": "mister", "mrs": "missus", "ms": "miss",
    "doctor": "doctor", "professor": "professor", "mister": "mister", "miss": "miss",
    "sir": "sir", "lord": "lord", "lady": "lady", "herr": "herr", "frau": "frau",
    "capt": "captain", "captain": "captain", "cmdr": "commander", "commander": "commander",
    "lt": "lieutenant", "lieutenant": "lieutenant", "sgt": "sergeant", "sergeant": "sergeant",
    "col": "colonel", "colonel": "colonel", "gen": "general", "general": "general",
    "maj": "major", "major": "major", "adm": "admiral", "admiral": "admiral",
}  # fmt: skip
_ARTICLES: Final = frozenset(("the", "der", "die", "das"))
_KINDS: Final = frozenset(("bot", "ai", "ki", "assistant", "agent", "gpt", "assistent", "app"))
"""Words behind a name that say what it is ("Nova AI")."""
_BEHIND_HYPHEN: Final = re.compile(
    rf"-(?=(?:{'|'.join(sorted(_KINDS))}|{_VERSION.pattern})$)", re.IGNORECASE
)
"""The hyphen of "Claude-bot" and "Alexa-2"."""


@lru_cache(maxsize=1_000)
def agent_forms(name: str) -> tuple[str, ...]:
    """The names that people may call an agent by, the fullest first: "Dr. Watson" also "Watson".

    A name of which nothing would be left is its own only form. The first 80 characters count.
    """
    name = name[:_LONGEST_NAME]
    plain = _plain_name(name)
    forms = [" ".join(plain.split())]
    core = _without_kind(_BEHIND_HYPHEN.sub(" ", plain).split())
    if len(core) > 1 and core[0].lower() in _ARTICLES:
        core = core[1:]
    if _is_name(core):
        forms.append(" ".join(core))
    title = _TITLES.get(core[0].rstrip(".").lower()) if len(core) > 1 else None
    if title is not None:
        core = core[1:]
        forms += [f"{title.title()} {' '.join(core)}", " ".join(core)]
    while _VERSION.fullmatch("".join(core[-1:])) and _is_name(core[:-1]):
        core = core[:-1]
        forms.append(" ".join(core))
    return tuple(dict.fromkeys(form for form in forms if form)) or (name,)


@lru_cache(maxsize=1_000)
def other_names(name: str) -> tuple[str, ...]:
    """The second names of an agent: "Butler" of "Jarvis | Butler", none of "Jarvis | Music".

    Each is one capitalised word that is no verb or everyday noun.
    """
    bare = _BRACKETED.sub(" ", usual_letters(name[:_LONGEST_NAME]))
    parts = [_plain_name(part) for part in _OR.split(bare)[1:]]
    return tuple(dict.fromkeys(part for part in parts if _may_be_second(part)))


def _may_be_second(part: str) -> bool:
    word = part.lower()
    return (
        part.istitle()
        and part.isalpha()
        and len(part) >= _SHORTEST_OTHER
        and word not in COMMON_WORDS | WORD_NAMES | _KINDS
        and not any(
            word in known.imperatives | known.bare_verbs | known.task_objects for known in LANGUAGES
        )
    )


def spoken_names(display_name: str) -> tuple[str, ...]:
    """The names that people may call a member by, from the display name.

    "BobTheBuilder_92" gives "bob the builder" and "bob". Words like "the" are never a name.
    """
    shown = usual_letters(display_name[:_LONGEST_MEMBER_NAME])
    split = _CAMEL.sub(" ", shown)
    words = [name_letters(word) for word in re.findall(r"[^\W\d_]+", split)]
    words = [word for word in words if len(word) > 1 and word.strip("x")]
    if not words:
        return ()
    forms = [" ".join(words)]
    if forms[0] in NAMES_LIKE_AUXILIARIES:
        return (forms[0],)
    if len(words[0]) >= _SHORTEST_FIRST and words[0] not in COMMON_WORDS:
        forms.append(words[0])
    return tuple(dict.fromkeys(form for form in forms if form not in COMMON_WORDS))


@lru_cache(maxsize=20_000)
def name_letters(text: str) -> str:
    """Lower case letters and digits, without accents: "Zoë's" to "zoes". Kana keep their marks."""
    bare = unicodedata.normalize("NFKD", text).casefold().translate(_UNDIVIDED)
    kept = "".join(letter for letter in bare if letter.isalnum() or letter in _KANA_MARKS)
    return unicodedata.normalize("NFC", kept)


def _is_name(words: list[str]) -> bool:
    """Whether the words are enough for a name: "HAL", but not the "T" of "T 1000"."""
    return len(_LETTER.findall(" ".join(words))) > 1


def _plain_name(name: str) -> str:
    """The name without brackets, a remark and decoration; initials become a word."""
    bare = _BRACKETED.sub(" ", usual_letters(name))
    bare = _REMARK.split(bare.strip(" -–—~:|/•·,;"))[0]
    bare = _INITIALS.sub(lambda match: match[0].replace(".", "").title(), bare)
    return _CAMEL.sub(" ", _NO_NAME.sub(" ", bare)).strip(" .-'’")


def _without_kind(words: list[str]) -> list[str]:
    """The words without those at the start or the end that say what it is: "Bot Nova"."""
    while len(words) > 1 and words[-1].lower() in _KINDS:
        words = words[:-1]
    while len(words) > 1 and words[0].lower() in _KINDS:
        words = words[1:]
    return words
