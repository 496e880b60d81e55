"""Voice commands: words that act at once, without the agent. Pure functions of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final, TypeAlias

from pipeline.language.clause import bare_forms
from pipeline.language.lexicons import LANGUAGES, Language
from pipeline.language.lexicons.control import CONTROL
from pipeline.language.mentions import Mention, without
from pipeline.language.stop_words import Silence, may_ask_silence, silence_asked
from pipeline.language.vocative import MAX_UTTERANCE_CHARS, plain_words


class CommandKind(Enum):
    """What a command asks for; the value is the reason that users read."""

    STOP = "asks for silence"
    WAIT = "asks the agent to wait"
    LOUDER = "asks for more volume"
    QUIETER = "asks for less volume"
    REPEAT = "asks to hear it again"
    CONTINUE = "asks for the rest"
    DECLINE = "does not want the rest"
    RELAY = "passes a question on"
    SWITCH_AGENT = "asks for another agent"


INTERRUPTING: Final = frozenset(
    (
        CommandKind.STOP,
        CommandKind.WAIT,
        CommandKind.REPEAT,
        CommandKind.RELAY,
        CommandKind.SWITCH_AGENT,
    )
)
"""Commands that end the current reply; the others let it continue."""

AgentMentions: TypeAlias = Callable[[Language], Sequence[Mention]]

_SILENCES: Final = {Silence.STOP: CommandKind.STOP, Silence.WAIT: CommandKind.WAIT}
_WITH_LISTS: Final = {known.code: known for known in LANGUAGES}
_RELAYED: Final = ("to ", "zu ")
_OPENING_WORDS: Final = 4
_MOST_MENTIONS: Final = 8
"""Names that are checked for a command about an agent: only called names stand before it."""


@dataclass(frozen=True, slots=True)
class VoiceCommand:
    """A command that was given. ``named`` tells whether an agent's name was in it."""

    kind: CommandKind
    named: bool
    agent: str | None = None
    """The id of the agent that RELAY and SWITCH_AGENT are about."""
    request: str = ""
    """What RELAY asks."""


def command_in(text: str, language: Language, agents_named: AgentMentions) -> VoiceCommand | None:
    """The command that ``text`` is as a whole; None for anything else.

    The other languages' phrases count as well: a word or two are too few to tell the language.
    ``agents_named`` finds the agents' names in ``text`` as a language spells and calls them.
    """
    text = text[:MAX_UTTERANCE_CHARS]
    silence = _silence(text, language, agents_named)
    if silence is not None:
        return silence
    said = frozenset(plain_words(text))
    for known in _languages(language):
        if _has_all_words_of_one(said | _bare(text, known), _command_phrases(known)):
            mentions = agents_named(known)
            command = _about_agent(text, mentions, known) or _about_reply(text, mentions, known)
            if command is not None:
                return command
    return None


def answer_to_offer(
    text: str, language: Language, agents_named: AgentMentions
) -> VoiceCommand | None:
    """What ``text`` answers to "Shall I go on?": CONTINUE, DECLINE, or None for neither."""
    text = text[:MAX_UTTERANCE_CHARS]
    said = frozenset(plain_words(text))
    for known in _languages(language):
        if not _has_all_words_of_one(said, (known.accepting_phrases, known.declining_phrases)):
            continue
        mentions = agents_named(known)
        answer = " ".join(plain_words(without(text, mentions)))
        if answer in known.accepting_phrases:
            return VoiceCommand(CommandKind.CONTINUE, bool(mentions))
        if answer in known.declining_phrases:
            return VoiceCommand(CommandKind.DECLINE, bool(mentions))
    return None


def _languages(first: Language) -> Iterator[Language]:
    yield first
    yield from (each for each in LANGUAGES if each is not first)


def _command_phrases(known: Language) -> tuple[frozenset[str], ...]:
    return (
        known.louder_phrases,
        known.quieter_phrases,
        known.repeat_phrases,
        known.continue_phrases,
        known.switch_phrases,
        known.relays,
    )


def _has_all_words_of_one(said: frozenset[str], phrases: Iterable[frozenset[str]]) -> bool:
    """Whether all words of a phrase were said; names need not be found otherwise."""
    return any(words <= said for each in phrases for words in _word_sets(each))


@cache
def _word_sets(phrases: frozenset[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(phrase.split()) for phrase in phrases)


def _silence(text: str, language: Language, agents_named: AgentMentions) -> VoiceCommand | None:
    """STOP or WAIT, in any of the languages that have control words."""
    said = plain_words(text)
    for code in sorted(CONTROL, key=lambda code: code != language.code):
        if not may_ask_silence(said, CONTROL[code]):
            continue
        known = _WITH_LISTS.get(code, language)
        mentions = agents_named(known)
        if any(_is_told_to(text[: each.start], known) for each in mentions):
            # "You can tell Jarvis to wait" is said to a person.
            return None
        # "Shut up, man" may be for a person, "Jarvis, shut up, man" is not.
        ignored = known.peer_terms | CONTROL[code].titles if mentions else frozenset()
        asked = silence_asked(without(text, mentions), CONTROL[code], ignored)
        if asked is not None:
            return VoiceCommand(_SILENCES[asked], bool(mentions))
    return None


def _is_told_to(before: str, known: Language) -> bool:
    """Whether ``before`` ends in a verb that has the name behind it as its object: "tell"."""
    return not known.relays.isdisjoint(plain_words(before)[-1:])


def _about_reply(text: str, mentions: Sequence[Mention], known: Language) -> VoiceCommand | None:
    kinds = (
        (CommandKind.LOUDER, known.louder_phrases),
        (CommandKind.QUIETER, known.quieter_phrases),
        (CommandKind.REPEAT, known.repeat_phrases),
        (CommandKind.CONTINUE, known.continue_phrases),
    )
    # What is like a name may be a word of the phrase: "Sag das noch einmal", with an agent Sage.
    for named, words in ((True, plain_words(without(text, mentions))), (False, plain_words(text))):
        for kind, phrases in kinds:
            if any(_is_phrase(words, phrase, known.polite_words) for phrase in phrases):
                return VoiceCommand(kind, named and bool(mentions))
    return None


def _is_phrase(words: Sequence[str], phrase: str, polite: frozenset[str]) -> bool:
    """Whether the words are those of the phrase, with only polite ones before, between and after
    them: "sag das bitte noch mal" is "sag das noch mal"."""
    expected = phrase.split()
    at = 0
    for word in words:
        if at < len(expected) and word == expected[at]:
            at += 1
        elif word not in polite:
            return False
    return at == len(expected)


def _about_agent(text: str, mentions: Sequence[Mention], known: Language) -> VoiceCommand | None:
    early = mentions[:_MOST_MENTIONS]
    for mention in early:
        called = [each for each in early if each.called and each.end <= mention.start]
        before = plain_words(without(text[: mention.start], called))
        if not called and not known.you.isdisjoint(before[:1]):
            # "You can tell Jarvis to wait" suggests it to a person.
            continue
        lead = " ".join(_core(before, known))
        after = text[mention.end :]
        if lead in known.switch_phrases and not _core(plain_words(after), known):
            return VoiceCommand(CommandKind.SWITCH_AGENT, True, mention.name)
        request = _request(text[mention.end :], known)
        if request and (lead in known.relays or _relays_as_told(text, mention, early, known)):
            return VoiceCommand(CommandKind.RELAY, True, mention.name, request)
    return None


def _relays_as_told(text: str, mention: Mention, names: Sequence[Mention], known: Language) -> bool:
    """Whether speech to text wrote a relay as something told: "Jarvis asked Sage who won".

    Only an agent's name may stand before the verb, and what is asked must follow.
    """
    before = without(text[: mention.start], [each for each in names if each.end <= mention.start])
    verb, asked = _core(plain_words(before), known), plain_words(text[mention.end :])
    if len(verb) != 1 or not asked or asked[0] not in known.question_words | known.indirect:
        return False
    return not known.relays.isdisjoint(_bare_of(verb[0], known))


def _bare(text: str, known: Language) -> frozenset[str]:
    """What the verb among the first words can be."""
    opening = plain_words(text)[:_OPENING_WORDS]
    return frozenset(form for word in opening for form in _bare_of(word, known))


def _bare_of(word: str, known: Language) -> frozenset[str]:
    return bare_forms(word, known) | {word.removesuffix("s")}


def _request(after: str, known: Language) -> str:
    """The request to relay: " to tell me a story." is "Tell me a story."."""
    words = plain_words(after)
    if (
        after.startswith(",")
        and words[:1]
        and words[0] not in known.question_words | known.indirect
    ):
        return ""  # "Ask Sage, I have no idea": a new sentence
    after = after.strip(" ,")
    for word in _RELAYED:
        after = after.removeprefix(word)
    return after[:1].upper() + after[1:] if plain_words(after) else ""


def _core(words: tuple[str, ...], known: Language) -> tuple[str, ...]:
    """The words without polite ones: "please speak a little louder" is "speak louder"."""
    return tuple(word for word in words if word not in known.polite_words)
