"""Expected names that the decoder wrote as other words: "Novers" for Nova, "which to say each".

A prompt with the names makes Whisper write them right, but it also adds full stops at pauses inside
a sentence, and changes other words. So the text is decoded without a prompt, and only the words
that the prompted text replaces with a name, and that sound like it, are taken from that.

Behind a name at the start, the prompt also tells a call from a subject. Unprompted, "Jarvis, order
coffee" becomes "Jarvis ordered coffee". With the prompt, Whisper base set a comma behind the name
of 23 of 41 calls in Kokoro's voices, 9 more than without, and behind none of 8 subjects.

Before a name that is heard, the words of a command are taken from the prompted text too: "As Sage
who won" becomes "Ask Sage who won", if the prompted text has that and both sound alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper_decoder import Decoding
from pipeline.inference.whisper_vocabulary import WhisperVocabulary
from pipeline.language.lexicons import language as lexicon
from pipeline.language.likeness import likeness
from pipeline.language.vocative import is_called

_CALLS: Final = ("Hey {}, are you there?", "{}, what do you think?")
_GREETING: Final = "hey"
_SENTENCE_S: Final = 1.5
_MOST_AGENTS: Final = 8
_MOST_PEOPLE: Final = 12
_LONGEST_NAME: Final = 40
_ALIKE: Final = 0.5
"""Likeness of what is written to what replaces it; the decoder has heard it as the name already."""
_WORTH_TRYING: Final = 0.65
"""Likeness to a name from which the text is decoded again with the names."""
_SURE: Final = 0.9
"""Words of which the decoder is as sure as this are no misheard name. Of 500 lines in eight voices,
262 had words that sound like a name; in all but one of the 42 that the names mended, the decoder
was less sure."""
_OPENING_WORDS: Final = 3
"""The words at the start among which a name is called, or the subject of a statement."""
_LONGEST_AUXILIARY: Final = 4
"""Letters of "does"; shorter words with an s at the end are no verbs in the third person."""
_COMMAND_ALIKE: Final = 0.55
"""Likeness of the words before a name to those of the command that replaces them."""
_LONGEST_TEXT: Final = 2000
"""Characters, more than a window of 30 s has; a longer text is left as it is."""
_WORD: Final = re.compile(r"(?P<before>\W*)(?P<core>.*?)(?P<behind>\W*)", re.DOTALL)


def name_sentences(names: ExpectedNames) -> list[str]:
    """A text that has the names in it, for a prompt; empty without names.

    Each agent is called in a sentence of its own, two at least; the people are in one sentence
    behind them.
    """
    agents = [name[:_LONGEST_NAME] for name in names.agents[:_MOST_AGENTS]]
    people = [name[:_LONGEST_NAME] for name in names.people[:_MOST_PEOPLE]]
    called = agents * 2 if len(agents) == 1 else agents
    sentences = [_CALLS[index % 2].format(name) for index, name in enumerate(called)]
    if people:
        *others, last = people
        listed = f"{', '.join(others)} and {last}" if others else last
        sentences.append(f"{listed} {'are' if others else 'is'} here too.")
    if len(sentences) == 1:
        sentences.insert(0, "Hello everyone.")
    return sentences


def name_prompt(names: ExpectedNames, vocabulary: WhisperVocabulary) -> list[int]:
    """Tokens of a text before that has the names in it, with timestamps.

    Without timestamps in the prompt, Whisper writes none in its answer either.
    """
    sentences = name_sentences(names)
    tokens: list[int] = []
    for index, sentence in enumerate(sentences):
        begin, end = index * _SENTENCE_S, (index + 1) * _SENTENCE_S
        tokens += [vocabulary.timestamp(begin), *vocabulary.encode(f" {sentence}")]
        tokens.append(vocabulary.timestamp(end))
    return vocabulary.as_previous_text(tokens)


def may_hold_a_name(text: str, names: ExpectedNames, sureness: Sequence[float] = ()) -> bool:
    """Whether some words sound a little like a name that is not written there.

    ``sureness`` is how sure the decoder is of each word, 0..1; empty where that is not known.
    """
    words = [word.core for word in _words(text[:_LONGEST_TEXT])]
    sure = sureness if len(sureness) == len(words) else [0.0] * len(words)
    written = " ".join(words)
    runs = {
        "".join(words[at : at + size])
        for size in (1, 2)
        for at in range(len(words))
        if min(sure[at : at + size]) < _SURE
    }
    # "Malta, Jarvis" may become "multi-javis".
    runs |= {
        part
        for word, how_sure in zip(words, sure, strict=True)
        if how_sure < _SURE and "-" in word
        for part in word.split("-")
    }
    expected = (name[:_LONGEST_NAME] for name in names.all)
    missing = [_letters(name) for name in expected if name not in written]
    return any(
        likeness(_letters(run), name) >= _WORTH_TRYING for name in missing if name for run in runs
    )


def may_open_with_a_call(text: str, names: ExpectedNames, language: str) -> bool:
    """Whether only a prompted text can tell if an agent is called among the first words.

    An agent's name is there without a comma behind it, and the words around it do not show a call
    or a command to pass something on; or the verb behind it may be an imperative in another form.
    """
    agents, known = _words_of(names.agents), lexicon(language)
    text = text[:_LONGEST_TEXT]
    opening = _words(text)[: _OPENING_WORDS + 1]
    for at, (place, (word, behind)) in enumerate(
        zip(re.finditer(r"\S+", text), pairwise(opening), strict=False)
    ):
        if word.plain not in agents or word.behind not in ("", ","):
            continue
        if _may_be_past(behind) or (not word.behind and _may_be_third_person(behind)):
            return True
        if word.behind:
            continue
        start = place.start() + len(word.before)
        lead = " ".join(each.plain for each in opening[:at])
        if lead not in known.relays | known.switch_phrases and not is_called(
            text, start, start + len(word.core), known
        ):
            return True
    return False


def repaired(decoding: Decoding, prompted: str, names: ExpectedNames, language: str) -> Decoding:
    """The decoding with the names, the call and the command that ``prompted`` has."""

    def mended(text: str) -> str:
        text = with_call(with_names(text, prompted, names), prompted, names)
        return with_command(text, prompted, names, language)

    return replace(decoding, text=mended(decoding.text), closed_text=mended(decoding.closed_text))


def with_call(text: str, prompted: str, names: ExpectedNames) -> str:
    """``text`` with the comma that ``prompted`` has behind an agent's name among the first words,
    and with the verb behind it as ``prompted`` has it, if the text has another form of that."""
    if max(len(text), len(prompted)) > _LONGEST_TEXT:
        return text
    agents = _words_of(names.agents)
    words, others = _words(text), _words(prompted)
    for at in range(min(_OPENING_WORDS, len(words) - 1, len(others) - 1)):
        mine, theirs = words[at], others[at]
        if mine.plain != theirs.plain and theirs.plain != _GREETING:
            break
        if mine.plain != theirs.plain or mine.plain not in agents:
            continue
        if mine.behind not in ("", ","):
            break
        verb, other = words[at + 1], others[at + 1]
        called = theirs.behind == ","
        if _is_form_of(verb.plain, other.plain):
            words[at + 1] = replace(verb, core=other.core)
            called = True
        if called:
            words[at] = replace(mine, behind=",")
        break
    return " ".join(word.text for word in words)


def with_command(text: str, prompted: str, names: ExpectedNames, language: str) -> str:
    """``text`` that begins with the command that ``prompted`` has before an agent's name."""
    if max(len(text), len(prompted)) > _LONGEST_TEXT:
        return text
    agents = _words_of(names.agents)
    words, others = _words(text), _words(prompted)
    at, there = _first_of(agents, words), _first_of(agents, others)
    if not at or not there or words[at].plain != others[there].plain:
        return text
    before, command = words[:at], others[:there]
    known, lead = lexicon(language), " ".join(word.plain for word in command)
    if any(word.behind for word in command) or lead not in known.relays | known.switch_phrases:
        return text
    if not _alike(before, command, _COMMAND_ALIKE):
        return text
    return " ".join(word.text for word in [*command, *words[at:]])


def with_names(text: str, prompted: str, names: ExpectedNames) -> str:
    """``text`` with the names that ``prompted`` has in place of words that sound like them."""
    if max(len(text), len(prompted)) > _LONGEST_TEXT:
        return text
    heard, other = _words(text), _words(prompted)
    known = _words_of(names.all)
    matcher = SequenceMatcher(
        None, [word.plain for word in heard], [word.plain for word in other], autojunk=False
    )
    words: list[_Word] = []
    for change, begin, end, first, last in matcher.get_opcodes():
        mine, theirs = heard[begin:end], other[first:last]
        named = any(word.plain in known for word in theirs)
        if change == "equal":
            words += [
                one if one.plain not in known else replace(one, core=two.core)
                for one, two in zip(mine, theirs, strict=True)
            ]
        elif named and mine and _alike(mine, theirs):
            # The marks at the end are those of the text.
            words += [*theirs[:-1], replace(theirs[-1], behind=mine[-1].behind)]
        else:
            words += mine
    return " ".join(word.text for word in words)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word with the marks around it."""

    before: str
    core: str
    behind: str

    @property
    def text(self) -> str:
        return self.before + self.core + self.behind

    @property
    def plain(self) -> str:
        return self.core.casefold()


def _words(text: str) -> list[_Word]:
    matches = (_WORD.fullmatch(word) for word in text.split())
    return [_Word(match["before"], match["core"], match["behind"]) for match in matches if match]


def _words_of(names: Sequence[str]) -> set[str]:
    return {word for name in names for word in name[:_LONGEST_NAME].casefold().split()}


def _may_be_past(word: _Word) -> bool:
    return word.plain.endswith("ed")


def _may_be_third_person(word: _Word) -> bool:
    return len(word.plain) > _LONGEST_AUXILIARY and word.plain.isalpha() and word.plain[-1] == "s"


def _is_form_of(word: str, verb: str) -> bool:
    """Whether ``word`` is ``verb`` with the ending of a past form or a third person."""
    endings = ("d", "ed", f"{verb[-1:]}ed", "s")
    return len(verb) > 1 and any(word == verb + ending for ending in endings)


def _first_of(names: set[str], words: Sequence[_Word]) -> int | None:
    """The place of the first of the names among the opening words; None if none is there."""
    opening = words[: _OPENING_WORDS + 1]
    return next((at for at, word in enumerate(opening) if word.plain in names), None)


def _alike(mine: Sequence[_Word], theirs: Sequence[_Word], least: float = _ALIKE) -> bool:
    one, other = (_letters("".join(word.plain for word in words)) for words in (mine, theirs))
    return likeness(one, other) >= least


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
