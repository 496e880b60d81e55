"""Words that act at once, without the agent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_STOPS: Final = frozenset(
    (  # noqa: SIM905 - as a list it would take 40 lines
        # English
        "stop/stop it/stop talking/stop please/please stop/stop now/be quiet/quiet/quiet please/"
        "shut up/enough/that is enough/thats enough/never mind/nevermind/cancel/cancel that/"
        "forget it/silence/"
        # German
        "stopp/hör auf/hör bitte auf/sei still/sei ruhig/ruhe/ruhe bitte/still/genug/das reicht/"
        "es reicht/vergiss es/schon gut/abbrechen"
    ).split("/")
)
_FILLERS: Final = frozenset(("hey", "ok", "okay", "oh", "now", "please", "bitte", "jetzt", "und"))


def is_stop(text: str, names: Iterable[str]) -> bool:
    """Whether ``text`` only asks for silence, with or without one of ``names`` around it."""
    called = {word for name in names for word in _words(name)}
    words = [word for word in _words(text) if word not in called]
    core = " ".join(words)
    while words and core not in _STOPS and words[0] in _FILLERS:
        words = words[1:]
        core = " ".join(words)
    return core in _STOPS


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("'", "").replace("’", ""))
