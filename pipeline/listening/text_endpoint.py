"""What the words so far say about whether their speaker is done.

The turn model hears how something was said; the words tell what is missing. "Jarvis, what is the"
may end on a falling tone, and "What time is it?" on a rising one: in six synthetic voices (those of
models/fixture/training) the turn model gave the first up to 0.93 and the second down to 0.04 after
200 ms of silence.
"""

from __future__ import annotations

from enum import Enum, auto

from pipeline.language.dialogue_act import DialogueAct, Minor, form_of
from pipeline.language.lexicons import Language, language
from pipeline.language.mentions import without
from pipeline.language.names import NameFinder
from pipeline.language.vocative import LONGEST_SAID, plain_words
from pipeline.language.voice_commands import Order, command_in

_TRAILS_OFF = (",", "...", "…", "-", "–", "—", ":")
_CLOSES = (".", "?", "!")
_SHORTEST_REQUEST = 2
_SHORTEST_QUESTION = 3
_LONGEST_ENDING = 4


class Completeness(Enum):
    """How the words end."""

    OPEN = auto()
    """Something must follow."""
    UNSURE = auto()
    """They ask and request nothing, or there are none in what was heard: more may come or not."""
    UNKNOWN = auto()
    """It is not known what they are, or the rules do not know their language."""
    WHOLE = auto()
    """A whole question, request or answer."""
    COMMAND = auto()
    """Nothing but a control word."""


def ending_of(text: str, spoken: str | None, names: NameFinder) -> Completeness:
    """How ``text`` ends, in the language with the ISO code ``spoken``; ``names`` are the agents'.

    A whole sentence has the closing mark that speech to text gives it: the transcriber, which
    knows more of language than these rules, is itself a witness.
    """
    text = text[-LONGEST_SAID:]
    command = command_in(text, spoken, names)
    if command is not None and command.order is not Order.ASK:
        return Completeness.COMMAND
    known = language(spoken)
    called = (mention for mention in names.find(text, known) if mention.called)
    said = without(text, called).strip(" \"'”’")
    words = plain_words(said)
    if said.endswith(_TRAILS_OFF) or _is_open(words, "?" in said[-1:], known):
        return Completeness.OPEN
    whole = not _breaks_off(words, known) and _is_whole(
        said, form_of(said, known), _content(words, known)
    )
    if whole:
        return Completeness.WHOLE
    return Completeness.UNSURE if known.question_words else Completeness.UNKNOWN


def _is_open(words: tuple[str, ...], asks: bool, known: Language) -> bool:
    if not words:
        return False
    if words[-1] in known.open_words or " ".join(words) in known.request_phrases - known.answers:
        return True
    if any(
        " ".join(words[-count:]) in known.open_phrases for count in range(1, _LONGEST_ENDING + 1)
    ):
        return True
    if asks or words[-1] not in known.seldom_last:
        return False
    content = _content(words, known)
    before = words[-2] if len(words) > 1 else ""
    lone_question = len(content) > 2 and content[0] in known.question_words
    return not lone_question and before not in known.pronouns | known.you


def _breaks_off(words: tuple[str, ...], known: Language) -> bool:
    """Whether a question ends in a word that more follows on, as a rule.

    Speech to text closes with a mark also what was broken off: "what is the name of?". Behind a
    pronoun or a form in -ing such a word may well be the last: "who are you talking to?".
    """
    if len(words) < 2 or words[-1] not in known.question_breaks:
        return False
    before = words[-2]
    return not (
        before in known.pronouns | known.you | known.determiners
        or before.endswith(known.before_gap)
    )


def _is_whole(said: str, form: DialogueAct, content: tuple[str, ...]) -> bool:
    if form.minor is not None:
        return form.minor is Minor.ANSWER
    if form.thanks:
        return True
    if not said.endswith(_CLOSES):
        return False
    if said.endswith("?"):
        return bool(content)
    if form.request:
        return len(content) >= _SHORTEST_REQUEST
    return form.question and len(content) >= _SHORTEST_QUESTION


def _content(words: tuple[str, ...], known: Language) -> tuple[str, ...]:
    """The words from the first that means something."""
    for position, word in enumerate(words):
        if word not in known.fillers:
            return words[position:]
    return ()
