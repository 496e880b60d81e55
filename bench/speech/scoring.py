"""What is counted of a transcript: words, exact sentences, loops, end marks, names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import ne
from typing import Final

from pipeline.language.likeness import likeness
from pipeline.settings import RelevanceSettings

_NUMBERS: Final = dict(
    zip(
        (*map(str, range(21)), "30", "40", "50", "60", "70", "80", "90", "100", "#"),
        (
            *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
            *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
            *("seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty"),
            *("sixty", "seventy", "eighty", "ninety", "hundred", "pound"),
        ),
        strict=True,
    )
)
_LOOP: Final = 4
"""Words of a run that is written more often than it is said."""
_LIKE: Final = RelevanceSettings().name_threshold


def plain(text: str) -> list[str]:
    """Lower-case words without marks; numbers up to 20 and whole tens are words."""
    words = re.findall(r"[\w']+|#", text.casefold().replace("-", " "))
    return [_NUMBERS.get(word, word).replace("'", "") for word in words]


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words to replace, add and remove."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row = row, [number]
        for at, other in enumerate(heard, 1):
            row.append(min(before[at] + 1, row[-1] + 1, before[at - 1] + (word != other)))
    return row[-1]


def is_loop(said: Sequence[str], heard: Sequence[str]) -> bool:
    """Whether words are repeated that were said once: runs of four words, or twice the length.

    A run that was said as often with one other word is a word misheard each time, not a loop.
    """
    if len(heard) >= 2 * len(said) + 3:
        return True
    spoken = list(_runs(said))

    def times_said(run: tuple[str, ...]) -> int:
        return sum(sum(map(ne, run, other)) <= 1 for other in spoken)

    repeated = Counter(_runs(heard)).items()
    return any(count > max(1, times_said(run)) for run, count in repeated)


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + _LOOP]) for at in range(len(words) - _LOOP + 1))


def ends_with_a_mark(text: str) -> bool:
    return text.rstrip().endswith((".", "?", "!"))


def names_heard(names: Iterable[str], text: str) -> int:
    """How many names are in the text, as they are written or nearly (one or two words)."""
    words = plain(text)
    forms = words + ["".join(pair) for pair in pairwise(words)]
    return sum(any(likeness(form, name.casefold()) >= _LIKE for form in forms) for name in names)


def names_written(names: Iterable[str], text: str) -> int:
    """How many names are written exactly, each as often as it is said and not more often."""
    wanted = Counter(names)
    written = Counter(word for word in re.findall(r"\w+", text) if word in wanted)
    return sum(count for name, count in wanted.items() if written[name] == count)
