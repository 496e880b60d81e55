"""What people answer to a question of the bot: yes or no, an option, "got it". Pure functions.

As for a stop (`stop_words`), the whole utterance must be made of the phrases of one language. One
other word makes it something else: "yes, and then she left" answers no question of the bot.

All texts are without the names of agents. Every function takes time in proportion to a text's
length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline.language.lexicons.answers import ANSWERS, AnswerWords
from pipeline.language.vocative import MAX_UTTERANCE_CHARS, plain_words

_AROUND: Final = "around"
_RECOMMENDED: Final = re.compile(r"\s*\([^()]{0,40}\)\s*$")
"""OpenClaw has agents mark an option with "(Recommended)"."""
_QUERY_ENDS: Final = " \t\n.,!?;:。、！？…\"'“”„「」"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A yes or a no. ``clear``: the words allow or forbid something, and do not only agree."""

    yes: bool
    clear: bool


def verdict_in(text: str, code: str | None = None) -> Verdict | None:
    """The yes or no that ``text`` is; None for anything else, and for both at once.

    ``code`` is the ISO code of its language, which is tried first.
    """
    for known in _languages(code):
        kinds = _kinds(text, known, ("yes", "go", "no", "dont"))
        if kinds is None:
            continue
        agrees, refuses = kinds & {"yes", "go"}, kinds & {"no", "dont"}
        if bool(agrees) == bool(refuses):
            return None
        return Verdict(bool(agrees), bool(kinds & {"go", "dont"}))
    return None


def is_acknowledged(text: str, code: str | None = None) -> bool:
    """Whether ``text`` says that a message was received: "I've got it, thanks"."""
    return any(
        "got_it" in (_kinds(text, known, ("got_it", "yes")) or ()) for known in _languages(code)
    )


def takes_over(text: str, code: str | None = None) -> bool:
    """Whether ``text`` asks to speak in the agent's place: "let me do it"."""
    return any(_kinds(text, known, ("take_over",)) for known in _languages(code))


def gives_back(text: str, code: str | None = None) -> bool:
    """Whether ``text`` lets the agent answer again: "you can take over again"."""
    return any(_kinds(text, known, ("give_back",)) for known in _languages(code))


def chosen_options(
    text: str, labels: Sequence[str], code: str | None = None, *, several: bool = False
) -> tuple[int, ...]:
    """The positions of the options that ``text`` chooses, by their words, or by "the second one";
    empty if that is not certain. Without ``several`` it is one at most."""
    found = _by_ordinal(text, len(labels), code) or _by_words(text, labels, code)
    if not found and (said := verdict_in(text, code)) is not None:
        meant = [verdict_in(_RECOMMENDED.sub("", label), code) for label in labels]
        found = tuple(
            n for n, each in enumerate(meant) if each is not None and each.yes is said.yes
        )
        if len(found) != 1:
            return ()
    return found if several or len(found) == 1 else ()


def searched_for(text: str, code: str | None = None) -> str | None:
    """What ``text`` asks to search the web for, as it was said; None if it asks for no search."""
    text = text[:MAX_UTTERANCE_CHARS].strip()
    for known in _languages(code):
        query = _searched_for(text, known)
        if query:
            return query
    return None


# -- the parts ---------------------------------------------------------------------------------


def _languages(first: str | None) -> Iterator[AnswerWords]:
    short = (first or "en").split("-")[0].lower()
    for code in sorted(ANSWERS, key=lambda code: code != short):
        yield ANSWERS[code]


def _pieces(text: str, known: AnswerWords) -> list[str]:
    words = plain_words(text[:MAX_UTTERANCE_CHARS])
    return [*words] if known.spaced else [letter for word in words for letter in word]


def _kinds(text: str, known: AnswerWords, names: tuple[str, ...]) -> frozenset[str] | None:
    """The kinds of phrases that the whole text is made of, without those around; None if other
    words are in it, or nothing but those around. Of several readings that with the fewest phrases
    counts: "don't do it" is one phrase."""
    table = _table(known, names)
    read = _read(_pieces(text, known), table)
    kinds = None if read is None else read - {_AROUND}
    return kinds or None


@cache
def _table(known: AnswerWords, names: tuple[str, ...]) -> tuple[Mapping[str, str], int]:
    """The kind of each phrase, and the longest phrase in words."""
    kinds = dict.fromkeys(known.around, _AROUND)
    for name in names:
        phrases: frozenset[str] = getattr(known, name)
        kinds.update(dict.fromkeys(phrases, name))
    return kinds, max(len(phrase.split()) for phrase in kinds)


def _read(words: list[str], table: tuple[Mapping[str, str], int]) -> frozenset[str] | None:
    kinds, longest = table
    best: list[tuple[int, frozenset[str]] | None] = [(0, frozenset())]
    for end in range(1, len(words) + 1):
        found: tuple[int, frozenset[str]] | None = None
        for start in range(max(0, end - longest), end):
            before, kind = best[start], kinds.get(" ".join(words[start:end]))
            if before is None or kind is None:
                continue
            if found is None or before[0] + 1 < found[0]:
                found = before[0] + 1, before[1] | {kind}
        best.append(found)
        if not any(best[-longest:]):
            return None
    last = best[-1]
    return None if last is None else last[1]


def _by_ordinal(text: str, count: int, code: str | None) -> tuple[int, ...]:
    for known in _languages(code):
        kinds = dict.fromkeys((*known.around, *known.choosing), _AROUND)
        for number, phrases in enumerate(known.ordinals[:count]):
            kinds.update(dict.fromkeys(phrases, str(number)))
            kinds[str(number + 1)] = str(number)
        longest = max(len(phrase.split()) for phrase in kinds)
        read = _read(_pieces(text, known), (kinds, longest))
        if read is not None and (numbers := read - {_AROUND}):
            return tuple(sorted(map(int, numbers)))
    return ()


def _by_words(text: str, labels: Sequence[str], code: str | None) -> tuple[int, ...]:
    """The options whose words the text has, all of them and in their order. The longest wins where
    one is in another: "blue" and "light blue"."""
    for known in _languages(code):
        said = _joined(_pieces(text, known))
        options = [_joined(_pieces(_RECOMMENDED.sub("", label), known)) for label in labels]
        found = [n for n, each in enumerate(options) if each.strip() and each in said]
        if found:
            return tuple(
                n for n in found if not any(options[n] in options[m] for m in found if m != n)
            )
    return ()


def _joined(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _searched_for(text: str, known: AnswerWords) -> str | None:
    spans = [(match.start(), match.end()) for match in re.finditer(r"[\w'’]+", text)]
    said = [text[start:end].replace("'", "").replace("’", "").lower() for start, end in spans]
    if known.spaced:
        for lead in sorted(known.search, key=len, reverse=True):
            words = lead.split()
            skipped = 0
            while skipped < len(said) and said[skipped] in known.around:
                skipped += 1
            if said[skipped : skipped + len(words)] == words and len(said) > skipped + len(words):
                query = text[spans[skipped + len(words)][0] :].strip(_QUERY_ENDS)
                return _without_end(query, known)
        return None
    plain = text.strip(_QUERY_ENDS)
    for end in sorted(known.search_ends, key=len, reverse=True):
        for polite in ("", "ください", "ね", "くれる", "くれますか"):
            if plain.endswith(end + polite):
                return plain.removesuffix(end + polite).strip(_QUERY_ENDS)
    return None


def _without_end(query: str, known: AnswerWords) -> str:
    for end in known.search_ends:
        if query.lower().endswith(f" {end}"):
            return query[: -len(end)].strip(_QUERY_ENDS)
    return query
