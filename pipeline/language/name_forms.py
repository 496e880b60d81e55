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
    "st": "saint", "saint": "saint", "king": "king", "queen": "queen", "prince": "prince",
    "princess": "princess", "señor": "señor", "señora": "señora", "senor": "senor",
    "senora": "senora", "monsieur": "monsieur", "madame": "madame", "madam": "madam",
    "könig": "könig", "königin": "königin", "uncle": "uncle", "aunt": "aunt",
    "onkel": "onkel", "tante": "tante", "brother": "brother", "sister": "sister",
    "big": "big", "little": "little", "old": "old",
}  # fmt: skip
"""Words before a name that need not be said, and as they are said."""
_ARTICLES: Final = frozenset(("the", "der", "die", "das"))
_KINDS: Final = frozenset(
    ("bot", "chatbot", "ai", "ki", "assistant", "agent", "gpt", "llm", "assistent", "app")
)
"""Words beside a name that say what it is ("Nova AI", "bot.atlas")."""
_ENVIRONMENTS: Final = frozenset(
    ("prod", "production", "staging", "stage", "dev", "development", "test", "testing", "beta",
     "alpha", "demo", "preview", "canary", "nightly", "stable", "live", "official", "offiziell")
)  # fmt: skip
"""Words beside a name that say which copy of it this is ("Nova-Staging")."""
_LEADS: Final = frozenset(("ask", "hey", "hi", "hello", "meet", "my", "frag", "hallo", "mein"))
"""Words before a name that are no part of it ("Ask-Ada")."""
_ORIGINS: Final = frozenset(("by", "from", "von", *_ARTICLES))
"""Words behind a name that open what it is, or whose ("Atlas by Acme", "Nova the Helper")."""
_DECORATION: Final = _KINDS | _ENVIRONMENTS
_OWNER: Final = re.compile(r"\w['’]s$|s['’]$")
_JOINT: Final = re.compile(r"(?<=[^\W_])[.-](?=[^\W_])")
"""A mark that joins two parts of a name ("Claude-bot", "nova.ai")."""
_PART: Final = re.compile(r"[^\W_]+(?:\.\d+)*")


@lru_cache(maxsize=1_000)
def agent_forms(name: str) -> tuple[str, ...]:
    """The names that people may call an agent by, the fullest first: "Dr. Watson" also "Watson".

    A name of which nothing would be left is its own only form. The first 80 characters count.
    """
    name = name[:_LONGEST_NAME]
    plain = _plain_name(name)
    forms = [" ".join(plain.split())]
    core = _without_decoration(_apart(plain).split())
    if len(core) > 1 and core[0].lower() in _ARTICLES:
        core = core[1:]
    if _is_name(core):
        forms.append(" ".join(core))
    for shorter in (_without_origin(core), _without_owner(core)):
        if shorter != core:
            core = shorter
            forms.append(" ".join(core))
    title = _TITLES.get(core[0].rstrip(".").lower()) if len(core) > 1 else None
    if title is not None and _is_name(core[1:]) and _may_stand_alone(core[1:], _KINDS):
        core = core[1:]
        forms += [f"{title.title()} {' '.join(core)}", " ".join(core)]
    while _VERSION.fullmatch("".join(core[-1:])) and _is_name(core[:-1]):
        core = _without_decoration(core[:-1])
        forms.append(" ".join(core))
    # "Who" of "Dr. Who" would be found in every question.
    said = [form for form in forms if form and (form in forms[:1] or _is_uncommon(form))]
    return tuple(dict.fromkeys(said)) or (name,)


def without_title(name: str) -> str:
    """The form of an agent's name that a title was dropped from, if there is one: "Minutes" of
    "Miss Minutes"."""
    forms = agent_forms(name)
    dropped = (form.removesuffix(forms[-1]).rstrip(" .").lower() for form in forms[:-1])
    return forms[-1] if any(each in _TITLES for each in dropped) else ""


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


def _apart(plain: str) -> str:
    """The name with a space in place of the marks that join decoration to it: "Alexa 2"."""

    def split(joint: re.Match[str]) -> str:
        before = _PART.findall(plain, 0, joint.start())[-1]
        behind = _PART.match(plain, joint.end())
        parts = (before, behind[0] if behind else "")
        numbers = plain[joint.start() - 1].isdecimal() and plain[joint.end()].isdecimal()
        decorated = any(_is_decoration(part) or part.lower() in _LEADS for part in parts)
        return " " if decorated and not numbers else joint[0]

    return _JOINT.sub(split, plain)


def _is_decoration(word: str) -> bool:
    return word.lower() in _DECORATION or _VERSION.fullmatch(word) is not None


def _is_uncommon(form: str) -> bool:
    return form.lower() not in COMMON_WORDS - NAMES_LIKE_AUXILIARIES


def _may_stand_alone(words: list[str], no_names: frozenset[str] = _DECORATION) -> bool:
    """Whether the words are more than what a name is decorated with: not "Agent" or "the"."""
    rest = [word.rstrip(".").lower() for word in words if not _OWNER.search(word)]
    return not no_names.union(_LEADS, _ORIGINS, _TITLES).issuperset(rest)


def _without_decoration(words: list[str]) -> list[str]:
    """The words without those at the start or the end that are no name: "Bot Nova"."""
    while words[1:] and (_adorns(words[-1], words[:-1]) or words[-1].lower() in _ORIGINS):
        words = words[:-1]
    while words[1:] and (
        _adorns(words[0], words[1:]) or (words[0].lower() in _LEADS and _may_stand_alone(words[1:]))
    ):
        words = words[1:]
    return words


def _adorns(word: str, others: list[str]) -> bool:
    """Whether it says what the others name, or is an x of "xX_Atlas_Xx"."""
    if word.lower() in _KINDS:
        # "Agent Alpha" is Alpha.
        return _may_stand_alone(others, _KINDS)
    adorns = word.lower() in _ENVIRONMENTS or not word.lower().strip("x")
    return adorns and _may_stand_alone(others)


def _without_origin(words: list[str]) -> list[str]:
    """The words before one that opens what is named: "Atlas" of "Atlas by Acme"."""
    at = next((at for at, word in enumerate(words) if at and word.lower() in _ORIGINS), 0)
    return words[:at] if at and _may_stand_alone(words[:at]) else words


def _without_owner(words: list[str]) -> list[str]:
    """The words behind whose it is: "Atlas" of "Acme's Atlas"."""
    owned = len(words) > 1 and _OWNER.search(words[0]) and _may_stand_alone(words[1:])
    return words[1:] if owned else words
