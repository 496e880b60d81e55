"""The plain words of a text, and whether a name among them is called or talked about.

"Jarvis, what time is it?" and "What time is it, Jarvis?" call; "Did Jarvis answer you?" and
"Jarvis told me a joke" do not. The adjacent words decide, and the commas if speech to text has
set any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline.language.lexicons import Language

_CLAUSE_END: Final = re.compile(r"[.?!;:…\n]+")
MAX_UTTERANCE_CHARS: Final = 2_000
"""Characters of an utterance that the rules read: two minutes of speech."""
_CONTEXT_CHARS: Final = 200
"""Characters of the clause that the rules read on either side of a name: a long sentence."""
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """The clause around a name: plain words before and after it, commas and the closing mark."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    comma_before: bool
    comma_after: bool
    asks: bool


def plain_words(text: str) -> tuple[str, ...]:
    """Words in lower case without apostrophes: "What's up?" to "whats", "up"."""
    return tuple(word.replace("'", "").replace("’", "").lower() for word in _WORD.findall(text))


def fluent_words(text: str, language: Language) -> tuple[str, ...]:
    """Plain words without disfluencies: "uh and and the next one" to "and", "the", "next", "one".

    Hesitations are left out, and immediate repetitions of a word.
    """
    words = [word for word in plain_words(text) if word not in language.hesitations]
    return tuple(
        word for word, before in zip(words, [None, *words], strict=False) if word != before
    )


def opens_with(words: tuple[str, ...], phrases: frozenset[str]) -> bool:
    """Whether plain words begin with one of the phrases."""
    most = min(len(words), _most_words(phrases))
    return any(" ".join(words[:count]) in phrases for count in range(1, most + 1))


@cache
def _most_words(phrases: frozenset[str]) -> int:
    """The number of words of the longest phrase."""
    return max((len(phrase.split()) for phrase in phrases), default=0)


def is_called(text: str, start: int, end: int, language: Language) -> bool:
    """Whether the utterance speaks to the name at ``text[start:end]``."""
    around = _surroundings(text, start, end, language)
    if all(word in language.greetings for word in around.before):
        return _is_initial_call(around, language)
    if _is_relay(around.before, language):
        return False
    if all(word in language.fillers for word in around.after):
        return _is_final_call(around, language)
    if around.comma_before and around.comma_after:
        return True
    if around.comma_before or around.before[-1] in language.calls:
        return _is_initial_call(around, language)
    if around.before[-1] in language.about_before:
        return False
    return _starts_new_clause(around.after, language)


def is_clearly_called(text: str, start: int, end: int, language: Language) -> bool:
    """Whether ``text[start:end]`` stands where almost only a called name can stand.

    That is at the start before a request or a question, or between a greeting and a comma.
    """
    around = _surroundings(text, start, end, language)
    if not all(word in language.greetings for word in around.before):
        return around.comma_before and not around.after and not around.comma_after
    hailed = bool(around.before) and around.before[-1] in language.calls
    if not around.after:
        return hailed
    return around.comma_after or hailed or _asks_the_named(around.after, language)


def _asks_the_named(after: tuple[str, ...], language: Language) -> bool:
    """Whether these words ask or request something of the agent or person named before them."""
    return (
        after[0] in language.question_words
        or after[0] in language.imperatives
        or opens_with(after, language.request_phrases)
        or (after[0] in language.inverting and after[1:2] in (("you",), ("du",)))
    )


def _starts_new_clause(after: tuple[str, ...], language: Language) -> bool:
    """Whether a question or request begins after a name in mid-sentence: "it's late Jarvis what do
    we do", "we need milk Jarvis add it"."""
    asks = after[0] in language.question_words | language.imperatives and len(after) > 1
    return asks or (after[0] in language.inverting and after[1:2] in (("you",), ("du",)))


def _is_relay(before: tuple[str, ...], language: Language) -> bool:
    """Whether another person is told to ask: "just ask Jarvis", "frag doch mal Jarvis"."""
    skipped = language.particles | language.fillers
    return tuple(word for word in before if word not in skipped)[-1:] in {
        (verb,) for verb in language.relays
    }


def _is_initial_call(around: _Surroundings, language: Language) -> bool:
    """Whether a name at the start of a clause is called, or the subject of a statement."""
    if not around.after:
        return True
    if around.comma_after:
        # "Jarvis, or whatever its name is" is no call.
        return around.after[0] not in language.alternatives
    first, second = around.after[0], around.after[1] if len(around.after) > 1 else ""
    if first in language.inverting:
        if second in language.pronouns or second in language.you:
            return True
        return second in language.determiners and around.asks
    if first in language.imperatives:
        return True
    if first in language.about_after:
        return False
    return not any(
        first.endswith(ending) and first.removesuffix(ending) in language.imperatives
        for ending in ("s", "ed", "t")
    )


def _is_final_call(around: _Surroundings, language: Language) -> bool:
    """Whether a name at the end of a clause is called: after a comma, or where no object fits."""
    if around.comma_before:
        return True
    last = around.before[-1]
    if last in language.polite_ends:
        return True
    content = tuple(word for word in around.before if word not in language.fillers)
    first = content[0] if content else ""
    requests = first in language.imperatives or opens_with(content, language.thanks_phrases)
    if requests and len(content) > 2 and last in language.object_ends:
        return True
    if first in language.question_words and last in language.question_ends:
        return True
    if last in language.about_before:
        return False
    if around.asks or requests or first in language.question_words | language.verbs_first:
        return True
    return opens_with(around.before, language.request_phrases)


def _surroundings(text: str, start: int, end: int, language: Language) -> _Surroundings:
    first, last = max(0, start - _CONTEXT_CHARS), min(len(text), end + _CONTEXT_CHARS)
    begin = max((match.end() for match in _CLAUSE_END.finditer(text, first, start)), default=first)
    close = _CLAUSE_END.search(text, end, last)
    before, after = text[begin:start], text[end : close.start() if close else last]
    return _Surroundings(
        before=fluent_words(before, language),
        after=fluent_words(after, language),
        comma_before=before.rstrip().endswith((",", "-", "—")),
        comma_after=after.lstrip().startswith(","),
        asks=close is not None and "?" in close[0],
    )
