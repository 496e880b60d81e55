"""The names by which people call an agent, from the name that it is shown by.

Operators decorate names: "Samantha (work)", "HAL 9000", "Dr. Watson", "[BOT] Nova". People say
"Samantha", "Hal", "Watson" and "Nova".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_LONGEST_NAME: Final = 80
"""Characters that count: an agent's name has no more."""
_BRACKETED: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>")
_REMARK: Final = re.compile(r"\s[-–—~:]\s|[|/•·,;]")
"""What separates the name from a remark ("Jarvis | Butler")."""
_NO_NAME: Final = re.compile(r"[^\w\s.'’-]+|_+")
_CAMEL: Final = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?\.?")
_VERSION: Final = re.compile(r"v?\d[\d.]*|mk\.?|[ivx]+", re.IGNORECASE)
_TITLES: Final = {
    "dr": "doctor", "prof": "professor", "mr": "mister", "mrs": "missus", "ms": "miss",
    "doctor": "doctor", "professor": "professor", "mister": "mister", "miss": "miss",
    "sir": "sir", "herr": "herr", "frau": "frau",
}  # fmt: skip
_KINDS: Final = frozenset(("bot", "ai", "ki", "assistant", "agent", "gpt", "assistent", "app"))
"""Words behind a name that say what it is ("Nova AI")."""


@lru_cache(maxsize=1_000)
def agent_forms(name: str) -> tuple[str, ...]:
    """The names that people may call an agent by, the fullest first: "Dr. Watson" also "Watson".

    A name of which nothing would be left is its own only form. The first 80 characters count.
    """
    name = name[:_LONGEST_NAME]
    words = _plain_name(name).split()
    forms = [" ".join(words)]
    core = _without_kind(words)
    forms.append(" ".join(core))
    title = _TITLES.get(core[0].rstrip(".").lower()) if len(core) > 1 else None
    if title is not None:
        core = core[1:]
        forms += [f"{title.title()} {' '.join(core)}", " ".join(core)]
    while len(core) > 1 and _VERSION.fullmatch(core[-1]):
        core = core[:-1]
        forms.append(" ".join(core))
    return tuple(dict.fromkeys(form for form in forms if form)) or (name,)


def _plain_name(name: str) -> str:
    """The name without brackets, a remark and decoration; initials become a word."""
    bare = _BRACKETED.sub(" ", name)
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
