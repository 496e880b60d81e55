"""The names in an utterance: who is called, and who is talked about.

Names are found also when misheard. A threshold of 0.90 for the likeness of a word and a name finds
79 % of misspelt names and takes 4 % of confusable words for a name, on a list made for the purpose.
Where almost only a called name can stand, less likeness is enough; `name_words` is about words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Final

from pipeline.language.garbled_greetings import garbled_greetings
from pipeline.language.kana import KATAKANA_WORD, is_katakana, spells
from pipeline.language.lexicons import COMMON_WORDS, MACHINES, Language
from pipeline.language.likeness import (
    LONGEST_NAME,
    SHORTEST_MISHEARD,
    likeness,
    likeness_by_class,
)
from pipeline.language.name_forms import (
    agent_forms,
    name_letters,
    other_names,
    spoken_names,
    without_title,
)
from pipeline.language.name_words import (
    calls_though_everyday,
    is_agent_word,
    is_everyday,
    is_person_word,
)
from pipeline.language.vocative import (
    MAX_UTTERANCE_CHARS,
    is_called,
    is_clearly_called,
    is_last_in_question,
    plain_words,
)
from pipeline.ports import Persona, Speaker

_SPELT: Final = "[A-Za-z0-9\u00c0-\u024f\u0370-\u04ff]"
_WORD: Final = re.compile(
    rf"(?<!\w){_SPELT}(?:(?:[ -]{_SPELT}){{2,}}|(?:, {_SPELT}){{2,}}|(?:\. {_SPELT}){{2,}}\.?)"
    rf"(?![\w'’])|(?:[^\W\d_]\.){{3,}}|{KATAKANA_WORD}"
    r"|[぀-ゟ一-鿿々]+|[^\W_぀-ヿ一-鿿々]+(?:['’][^\W_]+)*"
)
"""A word, or initials ("J.A.R.V.I.S.", "K-I-T-T", "R 2 D 2", "J, A, R, V, I, S"). Japanese has no
spaces: there a word ends where the script changes ("Jarvisやめて")."""
_POSSESSIVE: Final = re.compile(r"['’]s$")
_SHORTEST_LIKE: Final = 4
"""Shorter names must be spelt exactly: too many words are like "Al"."""
_LONGEST_GAP: Final = 3
_MOST_PARTS: Final = 6
"""Words of a name that count."""
_AFTER: Final = 100
"""Characters after a possessive that are searched for the thing owned, or for a question."""
_RESPELT: Final = 0.95
_IN_A_CALL: Final = 0.14
"""The threshold is lower by this where almost only a name can stand."""
_AT_THE_END: Final = 0.08
"""The threshold is lower by this at the end of a question that is whole without the name."""
_FURTHEST: Final = 0.28
"""A word whose likeness lies below the threshold by more than this is no name anywhere."""
_PARTS_WORDS: Final = re.compile(r"[,;:!?…]")
_JOINS_NAMES: Final = re.compile(r"\s*(?:,\s*)?(?:(?:and|or|und|oder)\s+|&\s*)?", re.IGNORECASE)
"""What stands between two names that are called together ("Jarvis and Sage, what ...")."""
_GREETED: Final = re.compile(
    r"\W*(?P<greeting>[^\W\d_]+),? (?P<name>[^\W\d_]{2,})\s*(?P<after>[^\s\w]|$)?"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a text. ``start`` and ``end`` are character positions there."""

    name: str
    heard: str
    start: int
    end: int
    likeness: float
    called: bool
    """Whether the utterance speaks to it; otherwise it speaks about it."""


class NameFinder:
    """Finds a fixed set of names. ``names`` maps each to its forms: the name and its aliases."""

    def __init__(
        self,
        names: Mapping[str, Iterable[str]],
        threshold: float = 0.90,
        greeted: Iterable[str] = (),
    ) -> None:
        """``greeted`` are the names that are also found when misheard together with a greeting."""
        self._threshold = threshold
        greeted = frozenset(greeted)
        self._forms = [
            (name, plain, len(parts))
            for name, forms in names.items()
            for form in forms
            if (plain := name_letters("".join(parts := _parts(form))))
        ]
        self._longest = max((parts for _, _, parts in self._forms), default=0) + 1
        self._greetings = [
            (name, form)
            for name, form, parts in self._forms
            if name in greeted and parts == 1 and len(form) >= _SHORTEST_LIKE
        ]

    def find(self, text: str, language: Language) -> list[Mention]:
        """Every mention, in the order of the text. Of overlapping ones the most alike stays."""
        return without_overlaps(self.candidates(text, language))

    def candidates(self, text: str, language: Language) -> list[Mention]:
        """Every run of words that is like a name. Candidates may overlap."""
        words = list(_WORD.finditer(text, 0, MAX_UTTERANCE_CHARS))
        found: list[Mention] = []
        for length in range(1, self._longest + 1):
            forms = [(name, form) for name, form, parts in self._forms if length <= parts + 1]
            for first in range(len(words) - length + 1):
                run = words[first : first + length]
                if _is_parted(text, run, language) or (heard := _heard_as_name(run)) is None:
                    continue
                for name, form in forms:
                    alike = self._likeness(heard, form, language)
                    if alike < self._threshold:
                        alike = self._likeness_in_call(heard, form, alike, text, run, language)
                    if alike == 1.0 or (alike and not _is_other_word(text, run, language)):
                        found.append(_mention(name, text, run, alike, language))
        if self._threshold < 1.0:
            garbled = garbled_greetings(text, words, self._greetings, self._threshold, language)
            found += [
                Mention(name, text[start:end], start, end, alike, called=True)
                for name, start, end, alike in garbled
            ]
        return found

    def _likeness_in_call(
        self,
        heard: str,
        form: str,
        plain: float,
        text: str,
        run: Sequence[re.Match[str]],
        language: Language,
    ) -> float:
        """The likeness where it reaches a lower threshold that applies there; otherwise 0.

        ``plain`` is the likeness anywhere. A threshold of 1.0 has no lower one.
        """
        if self._threshold >= 1.0 or plain < self._threshold - _FURTHEST:
            return 0.0
        start, end = run[0].start(), run[-1].end()
        alike = max(plain, likeness_by_class(heard, form))
        if alike >= self._threshold - _IN_A_CALL and (
            # "Job is, can you hear me?"
            (len(run) == 1 or (start == 0 and len(form) >= SHORTEST_MISHEARD))
            and is_clearly_called(text, start, end, language)
        ):
            return alike
        at_end = (
            len(run) == 1
            and plain >= self._threshold - _AT_THE_END
            and len(form) >= SHORTEST_MISHEARD
            and abs(len(heard) - len(form)) <= 1
            and is_last_in_question(text, start, end, language)
        )
        return plain if at_end else 0.0

    def _likeness(self, heard: str, form: str, language: Language) -> float:
        if heard == form:
            return 1.0
        if is_katakana(heard):
            return _RESPELT if spells(heard, form) else 0.0
        if len(form) < _SHORTEST_LIKE or abs(len(heard) - len(form)) > _LONGEST_GAP:
            return 0.0
        respelt = heard
        for letters, sound in language.respelt.items():
            respelt = respelt.replace(letters, sound)
        # A respelt word never counts as an exact match.
        return max(likeness(heard, form), min(likeness(respelt, form), _RESPELT))


def _parts(form: str) -> list[str]:
    """The first words of a name: "C-3PO" has two."""
    return [part[0] for part in islice(_WORD.finditer(form[:LONGEST_NAME]), _MOST_PARTS)]


def _heard_as_name(run: Sequence[re.Match[str]]) -> str | None:
    """The letters of adjacent words; None if there are more than any name has."""
    if run[-1].end() - run[0].start() > 2 * LONGEST_NAME:
        return None
    return name_letters(_POSSESSIVE.sub("", "".join(word[0] for word in run)))


def _is_other_word(text: str, run: Sequence[re.Match[str]], language: Language) -> bool:
    """Whether words that are only like a name are everyday words, in a place for them."""
    start, end = run[0].start(), run[-1].end()
    if not is_everyday(text[start:end], language):
        return False
    return not calls_though_everyday(text, start, end, language)


def _is_parted(text: str, run: Sequence[re.Match[str]], language: Language) -> bool:
    """Whether a mark keeps words from being one name: "No, va bene", but not "Mr. Butler"."""
    return any(
        _PARTS_WORDS.search(text, one.end(), other.start())
        or (text[one.end()] == "." and one[0][1:] and one[0].lower() not in language.abbreviations)
        for one, other in pairwise(run)
    )


def without_overlaps(candidates: Iterable[Mention]) -> list[Mention]:
    """The most alike of each group of overlapping mentions, in the order of the text.

    Of equal ones the longest stays if they are exact, because "Nova Pro" is not Nova, else the
    shortest.
    """

    def rank(mention: Mention) -> tuple[float, int]:
        length = mention.end - mention.start
        return -mention.likeness, -length if mention.likeness == 1.0 else length

    taken = bytearray(MAX_UTTERANCE_CHARS)
    chosen: list[Mention] = []
    for mention in sorted(candidates, key=rank):
        if not any(taken[mention.start : mention.end]):
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
            chosen.append(mention)
    return sorted(chosen, key=lambda mention: mention.start)


def _nothing_owned(rest: str, language: Language) -> bool:
    """Whether no thing owned follows a possessive, as in the misheard "Jarvis's, what ..."."""
    return rest.lstrip().startswith(",") or not language.question_words.isdisjoint(
        plain_words(rest)[:1]
    )


def _mention(
    name: str, text: str, run: Sequence[re.Match[str]], likeness: float, language: Language
) -> Mention:
    start, end = run[0].start(), run[-1].end()
    marked = bool(_POSSESSIVE.search(run[-1][0])) or text[end : end + 1] in ("'", "’")
    possessive = marked and not _nothing_owned(text[end : end + _AFTER].lstrip("'’"), language)
    called = not possessive and is_called(text, start, end, language)
    return Mention(name, text[start:end], start, end, likeness, called)


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who is named. Agents are given by id, people by the name as it was transcribed."""

    agent: Mention | None = None
    """Where the room's current agent is called."""
    about: bool = False
    """The current agent is talked about, and not called."""
    about_other: bool = False
    """Another agent is talked about, and none is called."""
    other_agent: str | None = None
    """Another agent of the room that is called."""
    person: str | None = None
    """A person in the room who is called."""
    stranger: str | None = None
    """A called name that belongs to no participant: another assistant, "mum"."""


class KnownNames:
    """The names that a speaker may call in a room: its agents', and other people's."""

    def __init__(
        self,
        agent: str = "",
        agents: Iterable[Persona] = (),
        people: Iterable[Speaker] = (),
        threshold: float = 0.90,
    ) -> None:
        """``agent`` is the id of the current one among ``agents``; ``people`` are those besides
        the speaker. ``threshold`` is the least likeness (0..1) that a mention needs."""
        self.agent = agent
        self._agents = {
            persona.agent: _forms_of(persona.name, persona.agent, *persona.aliases)
            for persona in agents
        }
        self._bare = {name_letters(without_title(persona.name)) for persona in agents}
        # The prefix keeps a person from replacing an agent of the same name.
        self._people = {f"#{person.id}": spoken_names(person.name) for person in people}
        self._people_forms = {form for forms in self._people.values() for form in forms}
        self._finder = NameFinder({**self._agents, **self._people}, threshold, self._agents)

    @property
    def has_other_agents(self) -> bool:
        """Whether an agent besides the current one can be called."""
        return any(agent != self.agent for agent in self._agents)

    def candidates(self, text: str, language: Language) -> list[Mention]:
        """Every run of words that is like one of the names; they may overlap.

        A word that is also a member's name counts only where the member is called.
        """
        found = self._finder.candidates(text, language)
        cased = text[:MAX_UTTERANCE_CHARS] != text[:MAX_UTTERANCE_CHARS].lower()
        named = [each for each in found if not self._is_word(each, text, language, cased)]
        return self._with_joined(text, named, language)

    def _is_word(self, mention: Mention, text: str, language: Language, cased: bool) -> bool:
        """Whether what is like a name is used as a word, in a text with capitals if ``cased``."""
        start, end, exact = mention.start, mention.end, mention.likeness == 1.0
        if mention.name in self._people:
            return is_person_word(text, start, end, language, cased=cased, exact=exact)
        bare = name_letters(mention.heard) in self._bare
        return is_agent_word(text, start, end, language, cased=cased, bare=bare)

    def _with_joined(self, text: str, found: list[Mention], language: Language) -> list[Mention]:
        """The mentions, with two agents called if both together are: "Jarvis and Sage, ..."."""
        together: set[Mention] = set()
        for first, second in pairwise(self.of_agents(found)):
            between = text[first.end : second.start]
            if (
                first.name != second.name
                and first.called != second.called
                and _JOINS_NAMES.fullmatch(between)
                and is_called(text, first.start, second.end, language)
            ):
                together |= {first, second}
        return [replace(each, called=True) if each in together else each for each in found]

    def of_agents(self, candidates: Iterable[Mention]) -> list[Mention]:
        """The mentions of agents, in the order of the text."""
        return without_overlaps(each for each in candidates if each.name in self._agents)

    def mentions(self, text: str, candidates: Sequence[Mention], language: Language) -> Mentions:
        """Who is called in ``text``, and who is talked about."""
        found = without_overlaps(candidates)
        called = [mention for mention in found if mention.called]
        ours = [mention for mention in found if mention.name == self.agent]
        # If a person and another agent share a name, the person is more likely the addressee.
        theirs = [
            mention
            for mention in found
            if mention.name in self._agents
            and mention not in ours
            and not self._is_persons(mention)
        ]
        calls_other = next((mention.name for mention in theirs if mention.called), None)
        return Mentions(
            agent=next((mention for mention in ours if mention.called), None),
            about=bool(ours) and not any(mention.called for mention in ours),
            about_other=bool(theirs) and calls_other is None,
            other_agent=calls_other,
            person=next(
                (
                    mention.heard
                    for mention in called
                    if mention.name in self._people
                    or (mention not in ours and self._is_persons(mention))
                ),
                None,
            ),
            stranger=None if called else _machine(text, language) or _stranger(text, language),
        )

    def _is_persons(self, mention: Mention) -> bool:
        return mention.heard.casefold() in self._people_forms


def _forms_of(*names: str) -> tuple[str, ...]:
    """All forms of an agent's names; each name itself is one of them."""
    return tuple(
        dict.fromkeys(
            form for name in names for form in (name, *agent_forms(name), *other_names(name))
        )
    )


def without(text: str, mentions: Iterable[Mention]) -> str:
    """The text without some mentions: "Jarvis, stop." to ", stop.". None may overlap another."""
    kept, at = [], 0
    for mention in sorted(mentions, key=lambda each: each.start):
        kept.append(text[at : mention.start])
        at = mention.end
    return "".join((*kept, text[at:]))


_MACHINES: Final = NameFinder({name: [name] for name in MACHINES}, 1.0)


def _machine(text: str, language: Language) -> str | None:
    """Another assistant that is called."""
    called = (mention for mention in _MACHINES.find(text, language) if mention.called)
    return next((mention.heard for mention in called), None)


def _stranger(text: str, language: Language) -> str | None:
    """A person who is greeted and not in the room: "Hi Sue, it's me", "hey mum"."""
    match = _GREETED.match(text)
    if match is None or match["greeting"].lower() not in language.hello:
        return None
    name = match["name"].lower()
    if name in language.kin:
        return match["name"]
    no_name = COMMON_WORDS | language.fillers | language.we | language.crowd
    stands_apart = match["after"] in (",", "!", ".", "")
    is_name = match["name"].istitle() and name not in no_name
    return match["name"] if is_name and stands_apart else None
